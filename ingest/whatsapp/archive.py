# SPDX-License-Identifier: EUPL-1.2
"""The chat inside what WhatsApp exports: a text file, or a zip that is never unpacked to disk."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from core import errors
from ingest.inputfile import InputFile, opened

#: Largest chat, in bytes, after unpacking.
MOST_TEXT = 100 * 1024 * 1024
#: Largest zip: photos may be in it, they are never read.
MOST_ZIP = 4 * 1024 * 1024 * 1024
#: Most files in a zip, and most bytes of its table of contents.
MOST_ENTRIES = 20_000
_MOST_CONTENTS = 8 * 1024 * 1024
#: A chat gets ten times smaller in a zip; a zip bomb a thousand times.
MOST_RATIO = 100
#: Too small to be a bomb, whatever its ratio.
_HARMLESS = 1024 * 1024

ACCEPTED = "Wel goed: het .txt- of .zip-bestand dat WhatsApp zelf maakt met 'Chat exporteren'."
_CHAT = re.compile(r"_chat\.txt|WhatsApp[ -]chat\b.*\.txt", re.IGNORECASE)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error)


@contextmanager
def open_chat(source: InputFile) -> Iterator[BinaryIO]:
    """Open the text of an export for reading from its start; ``BadInput`` says what is wrong."""
    with opened(source) as file:
        if not _is_zip(file):
            _check_size(_size(file), MOST_TEXT)
            yield file
            return
        _check_size(_size(file), MOST_ZIP)
        _check_contents(file)
        try:
            with zipfile.ZipFile(file) as archive, archive.open(_chat(archive)) as chat:
                yield cast("BinaryIO", chat)
        except _BROKEN as error:
            raise errors.BadInput(
                f"Dit zip-bestand is beschadigd. Maak een nieuwe export. {ACCEPTED}"
            ) from error


def _is_zip(file: BinaryIO) -> bool:
    start = file.read(4)
    file.seek(0)
    return start in (b"PK\x03\x04", b"PK\x05\x06")


def _size(file: BinaryIO) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise errors.TooLarge(
            f"Dit bestand is te groot: {size // 1024**2} MB. Het mag tot {most // 1024**2} MB zijn."
        )


def _check_contents(file: BinaryIO) -> None:
    """Refuse an endless table of contents before ``zipfile`` reads it into memory."""
    size = _size(file)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise errors.BadInput(f"Dit zip-bestand is beschadigd. Maak een nieuwe export. {ACCEPTED}")
    entries, contents = struct.unpack("<HI", tail[at + 10 : at + 16])
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        # The numbers of a zip64, which zipfile believes first.
        entries, contents = struct.unpack("<QQ", tail[at - 44 : at - 28])
    if entries > MOST_ENTRIES or contents > _MOST_CONTENTS:
        raise errors.TooLarge(
            f"In dit zip-bestand zitten te veel bestanden. Het mogen er {MOST_ENTRIES} zijn. "
            "Exporteer de chat zonder media."
        )


def _chat(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    texts = [entry for entry in archive.infolist() if _is_text(entry)]
    chats = [entry for entry in texts if _CHAT.fullmatch(_name(entry))] or texts
    if len(chats) != 1:
        found = "geen chat" if not chats else f"{len(chats)} tekstbestanden"
        raise errors.BadInput(
            f"In dit zip-bestand zit {found}. Het moet er precies één zijn. {ACCEPTED}"
        )
    _check_entry(chats[0])
    return chats[0]


def _is_text(entry: zipfile.ZipInfo) -> bool:
    hidden = entry.filename.startswith("__MACOSX/") or _name(entry).startswith(".")
    return not entry.is_dir() and not hidden and _name(entry).lower().endswith(".txt")


def _name(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).name


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise errors.BadInput("Op dit zip-bestand zit een wachtwoord. Maak het zonder wachtwoord.")
    _check_size(entry.file_size, MOST_TEXT)
    if entry.file_size > max(_HARMLESS, entry.compress_size * MOST_RATIO):
        raise errors.TooLarge(
            f"De chat in dit zip-bestand wordt meer dan {MOST_RATIO} keer zo groot. Dat is "
            f"geen gewone export. {ACCEPTED}"
        )
