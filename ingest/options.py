# SPDX-License-Identifier: EUPL-1.2
"""The options of a connector, checked one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn

from core import errors
from ingest.inputfile import InputFile


class Options:
    """Says which option is missing or odd, and what is accepted."""

    def __init__(self, connector: str, given: Mapping[str, Any], known: Collection[str]) -> None:
        self._connector = connector
        self._given = given
        if odd := sorted(set(given) - set(known)):
            self._refuse(f"has no option '{odd[0]}'; there are: {', '.join(sorted(known))}")

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        value = self._given.get(name)
        if not isinstance(value, str) or not value.strip():
            self._refuse(f"needs the option '{name}' (a text)")
        return value

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """Return one of ``choices``, or None when the option is not given."""
        value = self._given.get(name)
        if value is not None and value not in choices:
            self._refuse(f"option '{name}' must be one of: {', '.join(choices)}")
        return value

    def file(self, name: str) -> InputFile:
        """Return a file that must be there: a path, or an open file that can seek."""
        value = self._given.get(name)
        if isinstance(value, (str, Path)):
            return Path(value)
        if value is None or not hasattr(value, "seek"):
            self._refuse(f"needs the option '{name}' (a path or an open binary file)")
        opened: InputFile = value
        return opened

    def _refuse(self, what: str) -> NoReturn:
        raise errors.ConfigurationError(f"connector {self._connector} {what}")
