# SPDX-License-Identifier: EUPL-1.2
"""Everything that is wrong with a file, told at once, in Dutch."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from pathlib import Path

from core import errors


class Mistakes:
    """Gathers mistakes with their lines; ``check`` raises when there are any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[tuple[int, str]] = []

    def add(self, line: int | None, text: str) -> None:
        """Note a mistake on a line; None: somewhere in the file."""
        if (line or 0, text) not in self._found:
            self._found.append((line or 0, text))

    def unknown(self, line: int | None, what: str, found: object, choices: Collection[str]) -> None:
        """Note a value that is none of the choices."""
        near = difflib.get_close_matches(str(found), choices, n=1, cutoff=0.7)
        hint = f" Bedoelt u '{near[0]}'?" if near else ""
        self.add(line, f"{what} '{found}' bestaat niet.{hint} Kies uit: {listed(choices)}.")

    def check(self) -> None:
        """Raise ``ConfigurationError`` with all mistakes in the order of the file."""
        if not self._found:
            return
        count = "1 fout" if len(self._found) == 1 else f"{len(self._found)} fouten"
        lines = [
            f"  regel {line}: {text}" if line else f"  {text}" for line, text in sorted(self._found)
        ]
        raise errors.ConfigurationError("\n".join([f"{self._path}: {count}", *lines]))


def listed(choices: Collection[str]) -> str:
    """Return the choices with commas; says so when there is none."""
    return ", ".join(choices) or "(er is er geen)"
