# SPDX-License-Identifier: EUPL-1.2
"""On which line of a TOML file a rule and its keys stand."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[\[\s*(?P<name>[\w-]+)\s*\]\]")
_OTHER_HEADER = re.compile(r"^\s*\[")
_KEY = re.compile(r"""^\s*["']?(?P<key>[\w-]+)["']?\s*=""")
_FENCE = re.compile(r'"""|' + "'''")


class Lines:
    """Finds ``[[rule]]`` headers and the keys below them; the values are tomllib's business."""

    def __init__(self, text: str, array: str) -> None:
        self._headers: list[int] = []
        self._keys: list[dict[str, int]] = []
        self._read(text, array)

    @property
    def tables(self) -> int:
        """How many headers there are."""
        return len(self._headers)

    def of(self, table: int, key: str | None = None) -> int | None:
        """Return the line of a key, else of its header; None when neither is written out."""
        if table >= len(self._headers):
            return None
        return self._keys[table].get(key or "", self._headers[table])

    def _read(self, text: str, array: str) -> None:
        inside = fenced = False
        for number, line in enumerate(text.splitlines(), start=1):
            # A line inside a multi-line string may look like anything.
            if fenced:
                fenced = len(_FENCE.findall(line)) % 2 == 0
                continue
            if line.lstrip().startswith("#"):
                continue
            header = _HEADER.match(line)
            if header or (_OTHER_HEADER.match(line) and not line.rstrip().endswith(",")):
                inside = header is not None and header["name"] == array
                if inside:
                    self._headers.append(number)
                    self._keys.append({})
            elif inside and (key := _KEY.match(line)):
                self._keys[-1].setdefault(key["key"], number)
            fenced = len(_FENCE.findall(line)) % 2 == 1
