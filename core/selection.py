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
from core.verdict import MASKS

#: Longest search text, in characters, and most words that count.
LONGEST_SEARCH = 80
MOST_WORDS = 8

_WORD = re.compile(r"[^\W_]+")
#: Nobody wrote these words: ``[naam]`` stands for one that must not be found.
_MASK = re.compile("|".join(re.escape(mask) for mask in MASKS.values()))


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
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def words_of(text: str) -> tuple[str, ...]:
    """Return the distinct folded words of ``text``, in order."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))


class Search:
    """Looks for texts in which each wanted word begins some word: ``bank`` finds bankstel."""

    def __init__(self, wanted: tuple[str, ...]) -> None:
        self._wanted = wanted
        self._begins = [re.compile(rf"(?<![^\W_]){re.escape(word)}") for word in wanted]

    def finds(self, text: str) -> bool:
        """Whether ``text`` speaks of all of it."""
        folded = fold(_MASK.sub(" ", text) if "[" in text else text)
        # Most texts lack a word altogether, which is far cheaper to see than where words begin.
        if not all(word in folded for word in self._wanted):
            return False
        return all(begins.search(folded) for begins in self._begins)
