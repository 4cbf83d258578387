# SPDX-License-Identifier: EUPL-1.2
"""What could not be used of a file: where and why, never what it said."""

from __future__ import annotations

from dataclasses import dataclass

#: This many are kept to be shown; the rest is only counted.
_SHOWN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One line or message that was left out."""

    #: Line of the file, from 1.
    line: int
    #: In Dutch: the reason, and what is accepted.
    what: str

    def __str__(self) -> str:
        return f"regel {self.line}: {self.what}"


class Problems:
    """The problems of one reading."""

    def __init__(self) -> None:
        self.total = 0
        self.first: list[Problem] = []

    def add(self, line: int, what: str) -> None:
        """Note one more."""
        self.total += 1
        if len(self.first) < _SHOWN:
            self.first.append(Problem(line=line, what=what))
