# SPDX-License-Identifier: EUPL-1.2
"""Reads the keys of one rule; whatever is wrong becomes a mistake, never an exception."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import time
from enum import StrEnum
from typing import Any, TypeVar

from routing.lines import Lines
from routing.mistakes import Mistakes

E = TypeVar("E", bound=StrEnum)

_CLOCK = re.compile(r"^(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)$")


class Reader:
    """The table of one ``[[rule]]``."""

    def __init__(
        self, index: int, table: Mapping[str, Any], lines: Lines, mistakes: Mistakes
    ) -> None:
        self._index = index
        self._table = table
        self._lines = lines
        self._mistakes = mistakes

    def has(self, key: str) -> bool:
        """Whether the rule gives this key."""
        return key in self._table

    def line(self, key: str | None = None) -> int | None:
        """Return the line of the key, else of the rule."""
        return self._lines.of(self._index, key)

    def wrong(self, key: str | None, text: str) -> None:
        """Note that something is wrong with the key."""
        self._mistakes.add(self.line(key), text)

    def known(self, keys: Collection[str]) -> None:
        """Note each key that is none of these."""
        for key in self._table:
            if key not in keys:
                self._mistakes.unknown(self.line(key), "Sleutel", key, keys)

    def word(self, key: str) -> str | None:
        """Return one non-empty word or text."""
        value = self._table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, f"'{key}' moet een tekst zijn, bijvoorbeeld {key} = \"naam\".")
            return None
        return value

    def words(self, key: str) -> tuple[str, ...] | None:
        """Return a list of words; one word counts as a list of one."""
        value = self._table.get(key)
        if value is None:
            return None
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
            self.wrong(key, f"'{key}' moet een woord zijn of een lijst van woorden.")
            return None
        return tuple(dict.fromkeys(found))

    def some_of(
        self, key: str, choices: Collection[str] | None, what: str
    ) -> tuple[str, ...] | None:
        """Return words that are all among the choices; None as choices accepts any word."""
        found = self.words(key)
        if found is None:
            return None
        if not found and key != "targets":
            self.wrong(key, f"'{key}' is leeg; laat de sleutel weg of kies iets.")
        if choices is None:
            return found
        for word in found:
            if word not in choices:
                self._mistakes.unknown(self.line(key), what, word, choices)
        return tuple(word for word in found if word in choices)

    def members(
        self, key: str, kind: type[E], what: str, *, without: Collection[E] = ()
    ) -> frozenset[E]:
        """Return members of an enumeration by their slugs."""
        choices = [member.value for member in kind if member not in without]
        return frozenset(kind(word) for word in self.some_of(key, choices, what) or ())

    def fraction(self, key: str) -> float | None:
        """Return a number from 0 to 1."""
        value = self._table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.wrong(key, f"'{key}' moet een getal van 0 tot en met 1 zijn.")
            return None
        return float(value)

    def flag(self, key: str) -> bool | None:
        """Return true or false."""
        value = self._table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(key, f"'{key}' moet true of false zijn.")
        return None

    def clock(self, key: str) -> time | None:
        """Return a time of day, written as "22:00" or as TOML's own 22:00:00."""
        value = self._table.get(key)
        if value is None or isinstance(value, time):
            return value
        match = _CLOCK.match(value) if isinstance(value, str) else None
        if match is None:
            self.wrong(key, f"'{key}' moet een tijd zijn, bijvoorbeeld {key} = \"22:00\".")
            return None
        return time(int(match["hour"]), int(match["minute"]))
