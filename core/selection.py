# SPDX-License-Identifier: EUPL-1.2
"""Which signals somebody wants to see together: what the address of a list says."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.label import Category, Urgency
from core.message import Origin

#: Longest search text, in characters, and most words that count.
LONGEST_SEARCH = 80
MOST_WORDS = 8

_WORD = re.compile(r"[^\W_]+")


class Standing(StrEnum):
    """Where the signals of a list stand."""

    OPEN = "open"
    DECIDED = "afgehandeld"
    ALL = "alle"


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """An empty set of anything means: any."""

    standing: Standing = Standing.OPEN
    categories: frozenset[Category] = frozenset()
    urgencies: frozenset[Urgency] = frozenset()
    #: Keys of the municipality's areas.
    areas: frozenset[str] = frozenset()
    origins: frozenset[Origin] = frozenset()
    #: Received at or after this moment.
    since: datetime | None = None
    #: Folded words that must all begin a word of the text; see ``words_of``.
    words: tuple[str, ...] = field(default=(), repr=False)


def fold(text: str) -> str:
    """Return ``text`` in small letters and without accents, so that café finds cafe."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def words_of(text: str) -> tuple[str, ...]:
    """Return the distinct folded words of ``text``, in order."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))


def speaks_of(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether each wanted word begins some word of ``text``: ``bank`` finds bankstel."""
    folded = fold(text)
    # Most texts lack a word altogether, which is far cheaper to see than where words begin.
    if not all(word in folded for word in wanted):
        return False
    found = _WORD.findall(folded)
    return all(any(word.startswith(want) for word in found) for want in wanted)
