# SPDX-License-Identifier: EUPL-1.2
"""The word lists of ``data/classify``: names, neutral words, spellings, emoji."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from core.resources import folder

#: The one code that stands for a name, an origin, a skin colour or a religion.
WHO = "xwie"


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """What the classifier knows of words before it has learnt anything."""

    #: First names that are nothing else.
    names: frozenset[str]
    #: First names that are also a word: only with a capital, inside a sentence.
    ambiguous: frozenset[str]
    #: Word → the code that replaces it: origin, religion, gender.
    neutral: Mapping[str, str]
    #: Colours that are skin only right before one of ``people``.
    skin: frozenset[str]
    people: frozenset[str]
    spelling: Mapping[str, str] = field(default_factory=dict)
    emoji: Mapping[str, str] = field(default_factory=dict)


def fold(word: str) -> str:
    """Return ``word`` in lower case without accents: ``Café`` is ``cafe``."""
    lower = word.lower().replace("ı", "i").replace("ł", "l").replace("ø", "o")
    if lower.isascii():
        return lower
    letters = unicodedata.normalize("NFKD", lower)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    # Letters of mathematics and the like only now have a lower case.
    return plain.lower()


def load_lexicon(path: Path) -> Lexicon:
    """Read the word lists in ``path``."""
    ambiguous = _names(path / "ambiguous-names.txt")
    neutral = _toml(path / "neutral.toml")
    spelling = _toml(path / "spelling.toml")
    return Lexicon(
        names=_names(path / "first-names.txt") - ambiguous,
        ambiguous=ambiguous,
        neutral=_neutral(neutral),
        skin=_words(neutral["skin"]["words"]),
        people=_words(neutral["skin"]["people"]),
        spelling={fold(key): value for key, value in spelling["words"].items()},
        emoji=dict(spelling["emoji"]),
    )


@cache
def shipped_lexicon() -> Lexicon:
    """Return the word lists that come with the product."""
    return load_lexicon(folder("data") / "classify")


def _neutral(table: Mapping[str, Any]) -> dict[str, str]:
    codes = dict.fromkeys(_words(table["origin"]["words"]), WHO)
    for number, row in enumerate(table["gender"]["pairs"]):
        codes.update(dict.fromkeys(_words(row), f"xmens{number}"))
    return codes


def _names(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return _words(" ".join(line for line in lines if not line.startswith("#")))


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
