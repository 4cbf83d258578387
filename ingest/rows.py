# SPDX-License-Identifier: EUPL-1.2
"""The rows of a CSV file; one bad row never takes its neighbours along."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core import errors
from ingest.lines import Line
from ingest.record import OPTIONAL, REQUIRED

#: Longest row, in characters: a text of 64 KiB with every character a quote, and its neighbours.
MOST_ROW = 192 * 1024
DELIMITERS = ",;\t"

ACCEPTED = (
    f"De eerste regel noemt de kolommen: {', '.join(REQUIRED)} (en als u wilt "
    f"{', '.join(OPTIONAL)}), met een komma, puntkomma of tab ertussen."
)


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One row of the file, or what is wrong with it."""

    line: int
    #: Values by column name; empty when ``problem`` says why.
    values: dict[str, str]
    problem: str = ""


def read_rows(lines: Iterable[Line]) -> Iterator[Row]:
    """Give all rows behind the header; ``BadInput`` when the header is no good."""
    source = iter(lines)
    head = next((line for line in source if not _is_preamble(line)), None)
    if head is None:
        raise errors.BadInput(f"Dit bestand is leeg. {ACCEPTED}")
    delimiter = _delimiter(head)
    names = [name.strip().lower() for name in _split(head.text, delimiter) or []]
    if missing := [name for name in REQUIRED if name not in names]:
        raise errors.BadInput(f"De kolom '{missing[0]}' ontbreekt. {ACCEPTED}")
    if len(set(names)) != len(names):
        raise errors.BadInput(f"Een kolom staat er twee keer. {ACCEPTED}")
    yield from _rows(_Pages(source), names, delimiter)


def _is_preamble(line: Line) -> bool:
    """Whether this is an empty line, or the ``sep=;`` that Excel likes to see."""
    return not line.text.strip() or line.text.lower().startswith("sep=")


def _delimiter(head: Line) -> str:
    def known(delimiter: str) -> int:
        names = {name.strip().lower() for name in _split(head.text, delimiter) or []}
        return len(names & {*REQUIRED, *OPTIONAL})

    return max(DELIMITERS, key=known)


def _rows(pages: _Pages, names: list[str], delimiter: str) -> Iterator[Row]:
    while (first := pages.take()) is not None:
        # Spreadsheets leave rows of delimiters behind.
        if not first.text.strip(f"{delimiter} "):
            continue
        if problem := _unreadable(first):
            yield Row(first.number, {}, problem)
            continue
        values = _complete(first, pages, len(names), delimiter)
        if values is None:
            yield Row(
                first.number,
                {},
                f"deze regel heeft geen {len(names)} kolommen, of een aanhalingsteken te weinig",
            )
        else:
            yield Row(first.number, dict(zip(names, values, strict=True)))


def _unreadable(line: Line) -> str:
    if line.cut:
        return "deze regel is te lang; een bericht mag tot 64 kB zijn"
    return "" if line.valid else "deze regel bevat tekens die geen UTF-8 zijn"


def _complete(first: Line, pages: _Pages, columns: int, delimiter: str) -> list[str] | None:
    """Return the values of the row that begins here; None, and only its first line is used up."""
    text = first.text
    values = _split(text, delimiter)
    # Only a quote that is still open can mean that the row goes on.
    if values is None and text.count('"') % 2:
        text = _until_closed(text, pages)
        values = _split(text, delimiter)
    if values is None or len(values) != columns:
        pages.put_back()
        return None
    pages.keep()
    return values


def _until_closed(text: str, pages: _Pages) -> str:
    """Return the text with the lines that follow, up to the one that closes the quote."""
    lines, size = [text], len(text)
    while size <= MOST_ROW:
        following = pages.peek()
        if following is None or not following.valid or following.cut:
            break
        lines.append(following.text)
        size += len(following.text) + 1
        if following.text.count('"') % 2:
            break
    return "\n".join(lines)


def _split(text: str, delimiter: str) -> list[str] | None:
    """Return the values of exactly one row; None when it is broken or not at its end."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


class _Pages:
    """Lines that can be looked at and put back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._ahead: deque[Line] = deque()
        self._looked = 0

    def take(self) -> Line | None:
        """Return the next line and use it up."""
        if self._ahead:
            return self._ahead.popleft()
        return next(self._lines, None)

    def peek(self) -> Line | None:
        """Return the next line that was not looked at yet."""
        if self._looked == len(self._ahead):
            line = next(self._lines, None)
            if line is None:
                return None
            self._ahead.append(line)
        self._looked += 1
        return self._ahead[self._looked - 1]

    def keep(self) -> None:
        """Use up what was looked at."""
        for _ in range(self._looked):
            self._ahead.popleft()
        self._looked = 0

    def put_back(self) -> None:
        """Look at the same lines again."""
        self._looked = 0
