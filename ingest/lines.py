# SPDX-License-Identifier: EUPL-1.2
"""The lines of a file in bounded memory, whatever its encoding and however long a line is."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core import errors
from ingest.limits import MOST_BYTES

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Bytes that are looked at to see whether this is text at all.
_TASTE = 4096
#: Python's stand-in for a byte that is no UTF-8.
_INVALID = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One line without its end."""

    number: int
    text: str
    #: False when it holds bytes that are not in the file's encoding.
    valid: bool
    #: True when it was longer than is accepted; only its start is here.
    cut: bool


def read_lines(file: BinaryIO, *, most: int = MOST_BYTES) -> Iterator[Line]:
    """Give the lines of a file in UTF-8 or UTF-16; ``BadInput`` when it is no text."""
    encoding = _encoding(file)
    handling = "surrogateescape" if encoding == "utf-8" else "replace"
    reader = io.TextIOWrapper(file, encoding=encoding, errors=handling, newline="\n")
    try:
        yield from _lines(reader, most)
    finally:
        # The caller's file stays as it is; the wrapper would close it.
        if not file.closed:
            reader.detach()


def _lines(reader: io.TextIOWrapper, most: int) -> Iterator[Line]:
    number = 0
    while text := reader.readline(most + 1):
        number += 1
        cut = len(text) > most and not text.endswith("\n")
        if cut:
            _skip_rest(reader)
        valid = not _INVALID.search(text)
        yield Line(number, text.rstrip("\r\n"), valid, cut)


def _skip_rest(reader: io.TextIOWrapper) -> None:
    while part := reader.readline(MOST_BYTES):
        if part.endswith("\n"):
            return


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(_TASTE)
    file.seek(0)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            file.seek(len(mark))
            return encoding
    if b"\x00" in start:
        raise errors.BadInput(
            "Dit is geen tekstbestand. Wel goed: tekst in UTF-8, of in UTF-16 met een BOM."
        )
    return "utf-8"
