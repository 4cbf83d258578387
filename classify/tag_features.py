# SPDX-License-Identifier: EUPL-1.2
"""What the tagger sees of each token: the word, its neighbours, and what the rules found there."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from classify.lexicon import Lexicon, fold
from classify.place_words import Sorter, place_words
from core.verdict import Span

#: Characters of a text that are tagged, and of a word that are looked at.
LONGEST_TEXT, LONGEST = 65_536, 40
#: A word with its hyphens and apostrophes, or one sign.
_TOKEN = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*|[^\w\s]|_")
#: Neighbours at these distances are seen; the letters of the first and last only as a whole.
AROUND = (-2, -1, 0, 1, 2)
#: Beyond the ends of a text.
EDGE = "#"
_AGAIN = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign of a text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """What a word is by itself."""

    #: All that can be said of it.
    traits: tuple[str, ...]
    #: One word for what it can be, to be seen together with its neighbours.
    kind: str
    #: Its letters, without capitals and accents; of a known name nothing.
    form: str


def tokens(text: str) -> list[Token]:
    """Cut a text into words and signs; what is beyond ``LONGEST_TEXT`` stays unread."""
    found = _TOKEN.finditer(text, 0, LONGEST_TEXT)
    return [Token(m.group(), m.start(), m.end()) for m in found]


class WordViewer:
    """Looks at one word: its letters, its shape and the lists that it is in."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._sorter = Sorter(place_words())
        self._lexicon = lexicon

    def view(self, word: str) -> View:
        """Return what can be said of ``word``; a known name is never told by its letters."""
        word = word[:LONGEST]
        form = fold(word)
        outline = shape(word)
        lists = self._lists(word, form)
        found = ["s:" + outline, *lists]
        if "name" in lists:
            return View(tuple(found), "name", "")
        found.append("w:" + form)
        if form[:1].isalpha():
            found += [f"e:{form[-n:]}" for n in range(2, min(len(form), 7))]
            found += [f"b:{form[:n]}" for n in (3, 5) if n < len(form)]
        return View(tuple(found), _kind(form, lists, outline), form)

    def _lists(self, word: str, form: str) -> list[str]:
        sort, words = self._sorter.sort(word), self._sorter.words
        known = {
            "street": sort.street,
            "chain": form in words.chains,
            "noun": sort.noun,
            "area": sort.area or (form,) in words.areas,
            "before": form in words.before,
            "inside": form in words.inside,
            "article": form in words.articles,
            "name": form in self._lexicon.names,
            "ambiguous": form in self._lexicon.ambiguous,
        }
        return [name for name, holds in known.items() if holds]


def together(
    views: Sequence[View], rules: Sequence[str], words: Sequence[Token], at: int
) -> tuple[str, ...]:
    """Return what is seen of several tokens at once around the token ``at``."""
    last = len(views) - 1
    one, two = (views[at - 1] if at else _OUT), (views[at - 2] if at > 1 else _OUT)
    here = views[at].kind
    after, later = views[at + 1] if at < last else _OUT, views[at + 2] if at < last - 1 else _OUT
    rule = rules[at]
    close = EDGE if not at else "+" if words[at - 1].end == words[at].start else " "
    return (
        f"a{one.kind}|{here}{close}",
        f"b{here}|{after.kind}",
        f"c{two.kind}|{one.kind}|{here}",
        f"d{one.kind}|{here}|{after.kind}",
        f"e{here}|{after.kind}|{later.kind}",
        f"f{rule}|{here}",
        f"g{rules[at - 1] if at else EDGE}|{rule}|{rules[at + 1] if at < last else EDGE}",
        f"h{one.form}|{here}",
        f"i{here}|{after.form}",
        f"j{two.form}|{one.form}",
    )


def ruled(words: Sequence[Token], spans: Sequence[tuple[Span, str]]) -> list[str]:
    """Return ``O`` for each token, or ``B-`` or ``I-`` and the kind of the span that it is in."""
    said = ["O"] * len(words)
    starts = [token.start for token in words]
    for span, kind in spans:
        first = max(0, bisect_right(starts, span.start) - 1)
        inside = [
            i for i in range(first, bisect_left(starts, span.end)) if words[i].end > span.start
        ]
        for i in inside:
            said[i] = f"{'B' if i == inside[0] else 'I'}-{kind}"
    return said


def shape(word: str) -> str:
    """Return the outline of a word: ``Kerkstraat`` is ``Xx``, ``2548`` is ``9999``."""
    marks = "".join(
        "9" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c for c in word
    )
    return marks if marks.isdigit() and len(marks) < 6 else _AGAIN.sub(r"\1", marks)[:8]


def _kind(form: str, lists: Sequence[str], outline: str) -> str:
    if not form[:1].isalnum():
        return form
    if form[0].isdigit():
        return "number"
    if "before" in lists or "inside" in lists or "article" in lists:
        return form
    return next((name for name in ("street", "chain", "noun", "area") if name in lists), outline)


_OUT = View((EDGE,), EDGE, EDGE)
