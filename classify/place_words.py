# SPDX-License-Identifier: EUPL-1.2
"""The words by which places are recognised, and what each word of a text can be."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from classify.lexicon import fold
from core.resources import folder

#: Words remembered at most, and the longest word that is looked into.
REMEMBERED = 50_000
LONGEST = 40
#: A word as places have them: "'s-Gravenweg", "V&D".
WORD = re.compile(r"['’]?[^\W_]+(?:[-'’&+][^\W_]+)*")
#: Ends of words that are rarely a place inside a compound.
_TOO_COMMON = frozenset({"bank", "loop", "brood", "bos"})


@dataclass(frozen=True)
class PlaceWords:
    """The words of ``data/classify/places.toml``."""

    endings: tuple[str, ...]
    capital: frozenset[str]
    never: frozenset[str]
    nouns: frozenset[str]
    chains: frozenset[str]
    before: frozenset[str]
    inside: frozenset[str]
    articles: frozenset[str]
    #: Names of towns and neighbourhoods, as tuples of words.
    areas: frozenset[tuple[str, ...]]
    area_endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """What one word can be."""

    form: str
    street: bool
    noun: bool
    area: bool


class Sorter:
    """Says of each word what it can be; remembers, as most words come back."""

    def __init__(self, words: PlaceWords) -> None:
        self.words = words
        self._memory: dict[str, Sort] = {}
        self._pieces: dict[str, bool] = {}
        self._begins = words.chains | {"albert"} | {name[0] for name in words.areas}

    def sort(self, word: str) -> Sort:
        """Return what ``word`` can be."""
        known = self._memory.get(word)
        if known is None:
            if len(self._memory) > REMEMBERED:
                self._memory.clear()
            known = self._memory[word] = self._sorted(word)
        return known

    def hints(self, text: str) -> bool:
        """Whether any word of ``text`` can begin a place, numbers and known names aside."""
        pieces = self._pieces
        for piece in text.split():
            known = pieces.get(piece)
            if known is None:
                known = any(self._begin(self.sort(word)) for word in WORD.findall(piece))
                if len(pieces) > REMEMBERED:
                    pieces.clear()
                if len(piece) <= LONGEST:
                    pieces[piece] = known
            if known:
                return True
        return False

    def _begin(self, sort: Sort) -> bool:
        return sort.street or sort.noun or sort.area or sort.form in self._begins

    def _sorted(self, word: str) -> Sort:
        form, words = fold(word), self.words
        if len(form) > LONGEST:
            return Sort(form, street=False, noun=False, area=False)
        capital = word[0].isupper()
        return Sort(
            form,
            street=_is_street(form, words, capital=capital),
            noun=_ends_in_noun(form, words),
            area=capital and len(word) > 7 and form.endswith(words.area_endings),
        )


@cache
def place_words() -> PlaceWords:
    """Return the place words that come with the product."""
    return load_place_words(folder("data") / "classify" / "places.toml")


def load_place_words(path: Path) -> PlaceWords:
    """Read ``places.toml``."""
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    street, landmark, area = table["street"], table["landmark"], table["neighbourhood"]
    names = area["names"].replace("\n", "").split("|")
    return PlaceWords(
        endings=tuple(sorted(street["endings"].split(), key=len, reverse=True)),
        capital=frozenset(street["capital"].split()),
        never=frozenset(street["never"].split()),
        nouns=frozenset(fold(w) for w in landmark["nouns"].split()),
        chains=frozenset(landmark["chains"].split()),
        before=frozenset(fold(w) for w in landmark["before"].split()),
        inside=frozenset(landmark["inside"].split()),
        articles=frozenset(landmark["articles"].split()),
        areas=frozenset(tuple(fold(name).split()) for name in names if name),
        area_endings=tuple(area["endings"].split()),
    )


def _is_street(form: str, words: PlaceWords, *, capital: bool) -> bool:
    if form in words.never or len(form) < 6:
        return False
    for ending in words.endings:
        if form.endswith(ending) and len(form) - len(ending) >= 3:
            return capital or ending not in words.capital
    return False


def _ends_in_noun(form: str, words: PlaceWords) -> bool:
    if form in words.nouns:
        return True
    if form in words.never or len(form) > LONGEST or form[-4:] in _TOO_COMMON:
        return False
    return any(form[cut:] in words.nouns for cut in range(3, len(form) - 3))
