# SPDX-License-Identifier: EUPL-1.2
"""What a public feed may be searched for: words and hashtags about an event, never a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core import errors

#: Says whether a text names a person; lists of names live on a higher floor.
Identifies = Callable[[str], bool]

#: Most words or hashtags of one order, and most characters of one.
MOST_TERMS = 20
LONGEST_TERM = 40
SHORTEST_TERM = 3

_TERM = re.compile(r"#?[^\W_]+(?:[ '’-][^\W_]+)*")
_HASHTAG = re.compile(r"#[^\W_]+(?:_[^\W_]+)*")
#: ``JanJansen`` in a hashtag is read as two words.
_HUMP = re.compile(r"(?<=[a-zà-þ])(?=[A-ZÀ-Þ])|_")
#: What points at an account in any of the networks, whatever stands around it.
_ACCOUNT = re.compile(
    r"@|://|\bdid:|\b(?:from|to|user|author|account|van|door)\s*:|^u/|\.(?:social|com|net|org|nl)\b",
    re.IGNORECASE,
)
_ALLOWED = (
    f"use words or hashtags of {SHORTEST_TERM} to {LONGEST_TERM} letters or digits, "
    "such as 'vuurwerk' or '#wateroverlast'"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """The words of one order; a text is about it when it holds at least one of them."""

    #: As they were asked for: ``vuurwerk``, ``omgevallen boom``, ``#wateroverlast``.
    terms: tuple[str, ...]

    @property
    def hashtags(self) -> tuple[str, ...]:
        """Return what can be asked of a network as a hashtag: every term of one word."""
        words = (term.removeprefix("#").casefold() for term in self.terms)
        return tuple(dict.fromkeys(word for word in words if _TAG.fullmatch(word)))

    def matches(self, text: str) -> bool:
        """Whether one of the terms stands in the text as whole words, in any case."""
        return any(_pattern(term).search(text) for term in self.terms)


_TAG = re.compile(r"[^\W_]+(?:_[^\W_]+)*")


def check_topic(topic: Topic, identifies: Identifies) -> None:
    """Raise ``BadInput`` unless every term is about a matter.

    The message never repeats a term: what was refused may be somebody's name.
    """
    if not 0 < len(topic.terms) <= MOST_TERMS:
        raise errors.BadInput(f"an order has 1 to {MOST_TERMS} words or hashtags")
    for number, term in enumerate(topic.terms, start=1):
        _check(number, term, identifies)


def _check(number: int, term: str, identifies: Identifies) -> None:
    if _ACCOUNT.search(term):
        raise errors.BadInput(
            f"term {number} points at an account; an order never follows a person. {_ALLOWED}"
        )
    if not (_TERM.fullmatch(term) or _HASHTAG.fullmatch(term)) or term.isdigit():
        raise errors.BadInput(f"term {number} cannot be searched for; {_ALLOWED}")
    if not SHORTEST_TERM <= len(term.removeprefix("#")) <= LONGEST_TERM:
        raise errors.BadInput(f"term {number} is too short or too long; {_ALLOWED}")
    if any(identifies(reading) for reading in _readings(term)):
        raise errors.BadInput(
            f"term {number} names a person or something of a person; an order is about a matter. "
            f"{_ALLOWED}"
        )


def _readings(term: str) -> tuple[str, ...]:
    """Return a term as people may mean it: a hashtag of two words, a name without capitals."""
    words = " ".join(_HUMP.sub(" ", term.removeprefix("#")).split())
    several = " " in words or "-" in words
    # A name says more in the middle of a sentence, where a capital means something.
    return (words, f"bij {words}", *((words.title(), f"bij {words.title()}") if several else ()))


def _pattern(term: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in term.split())
    # ``vuurwerk`` is found in ``#vuurwerk`` too; ``#vuurwerk`` in the hashtag only.
    before = r"(?<!\w)" if term.startswith("#") else r"(?<![^\W_])"
    return re.compile(rf"{before}{words}(?![^\W_])", re.IGNORECASE)
