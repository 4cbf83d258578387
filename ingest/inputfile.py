# SPDX-License-Identifier: EUPL-1.2
"""A file that somebody hands over: on disk, or an upload that only exists in memory."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core import errors

_PART = 1024 * 1024
#: A file that is larger is named by its size, start and end.
_LARGE = 64 * _PART

#: An upload must be able to seek; it is read twice and never closed here.
InputFile = Path | BinaryIO


@contextmanager
def opened(source: InputFile) -> Iterator[BinaryIO]:
    """Give the file at its start; ``BadInput`` when it cannot be opened."""
    if not isinstance(source, Path):
        source.seek(0)
        yield source
        return
    try:
        file = source.open("rb")
    except OSError as error:
        raise errors.BadInput(
            f"Het bestand {source.name} is er niet, of we mogen het niet lezen."
        ) from error
    with file:
        yield file


def digest(source: InputFile, *about: str) -> str:
    """Return what names this very file, and ``about`` what it is, as the stream of a cursor."""
    whole = hashlib.sha256("\x1f".join(about).encode("utf-8", "surrogatepass"))
    with opened(source) as file:
        size = file.seek(0, io.SEEK_END)
        whole.update(f"\x1f{size}\x1f".encode())
        file.seek(0)
        if size > _LARGE:
            # A zip full of photos; its end holds the checksums of all that is in it.
            whole.update(file.read(_PART))
            file.seek(-_PART, io.SEEK_END)
        while block := file.read(_PART):
            whole.update(block)
    return whole.hexdigest()
