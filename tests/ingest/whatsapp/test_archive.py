# SPDX-License-Identifier: EUPL-1.2
"""A zip is read inside, never unpacked, and cannot blow up."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from core import errors
from ingest.whatsapp import archive
from ingest.whatsapp.archive import open_chat
from tests.ingest.whatsapp.reading import words

CHAT = "21-11-2026 10:00 - Jan: dag\n"


def zipped(entries: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "_chat.txt",
        "WhatsApp-chat met Buurt Noord.txt",
        "WhatsApp Chat with Buurt.txt",
        "map/_chat.txt",
        "../../_chat.txt",
        "buurt.txt",
    ],
)
def test_the_chat_in_a_zip_is_found(name: str) -> None:
    assert words(zipped({name: CHAT, "IMG-1.jpg": b"\xff\xd8"})) == ["dag"]


def test_a_text_file_that_somebody_shared_is_not_the_chat() -> None:
    assert words(zipped({"notulen.txt": "x", "_chat.txt": CHAT, "__MACOSX/._chat.txt": "y"})) == [
        "dag"
    ]


@pytest.mark.parametrize(
    ("entries", "found"),
    [({"foto.jpg": b""}, "geen chat"), ({"a.txt": CHAT, "b.txt": CHAT}, "2 tekstbestanden")],
)
def test_a_zip_without_exactly_one_chat_is_refused(
    entries: dict[str, str | bytes], found: str
) -> None:
    with pytest.raises(errors.BadInput, match=found):
        words(zipped(entries))


def test_nothing_is_unpacked_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = tmp_path / "export.zip"
    path.write_bytes(zipped({"../uit.txt": CHAT}))
    with open_chat(path) as chat:
        assert chat.read() == CHAT.encode()
    assert [p.name for p in tmp_path.iterdir()] == ["export.zip"]
    assert not (tmp_path.parent / "uit.txt").exists()


def test_a_zip_bomb_is_refused_before_it_is_read() -> None:
    bomb = zipped({"_chat.txt": b"a" * 20_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(errors.TooLarge, match="100 keer"):
        words(bomb)


def test_a_chat_that_lies_about_its_size_is_refused() -> None:
    raw = bytearray(zipped({"_chat.txt": CHAT * 50_000}))
    # The sizes in the table of contents: 24 bytes behind its mark.
    at = raw.rfind(b"PK\x01\x02")
    struct.pack_into("<I", raw, at + 24, 100)
    with pytest.raises(errors.BadInput, match="beschadigd"):
        words(bytes(raw))


def test_a_chat_of_more_than_100_mb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_TEXT", 1000)
    with pytest.raises(errors.TooLarge, match="te groot"):
        words(zipped({"_chat.txt": CHAT * 100}))
    with pytest.raises(errors.TooLarge, match="te groot"):
        words(CHAT * 100)


def test_too_many_files_are_refused_without_listing_them() -> None:
    many = zipped({f"{n}.jpg": b"" for n in range(archive.MOST_ENTRIES + 1)})
    with pytest.raises(errors.TooLarge, match="te veel bestanden"):
        words(many)


def test_a_table_of_contents_that_hides_its_size_is_refused() -> None:
    raw = bytearray(zipped({"_chat.txt": CHAT}))
    at = raw.rfind(b"PK\x05\x06")
    struct.pack_into("<I", raw, at + 12, 900_000_000)
    with pytest.raises(errors.TooLarge):
        words(bytes(raw))
    locator = b"PK\x06\x07" + bytes(16)
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 10**9, 10**9, 0)
    hidden = bytes(raw[:at]) + record + locator + zipped({})
    with pytest.raises(errors.TooLarge):
        words(hidden)


@pytest.mark.parametrize("cut", [30, 60, -10, -40])
def test_a_broken_zip_is_refused(cut: int) -> None:
    whole = zipped({"_chat.txt": CHAT * 20})
    with pytest.raises(errors.BadInput):
        words(whole[:cut])


def test_a_flipped_byte_is_noticed_before_anything_is_handed_over() -> None:
    raw = bytearray(zipped({"_chat.txt": CHAT * 20}, zipfile.ZIP_STORED))
    raw[60] ^= 0x01
    with pytest.raises(errors.BadInput, match="beschadigd"):
        words(bytes(raw))


def test_a_password_is_refused_with_advice() -> None:
    raw = bytearray(zipped({"_chat.txt": CHAT}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(mark) + offset] |= 1
    with pytest.raises(errors.BadInput, match="wachtwoord"):
        words(bytes(raw))


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(errors.BadInput, match=r"weg\.txt"), open_chat(tmp_path / "weg.txt"):
        pass


def test_an_upload_stays_open_and_can_be_read_again() -> None:
    upload = io.BytesIO(zipped({"_chat.txt": CHAT}))
    for _ in range(2):
        with open_chat(upload) as chat:
            assert chat.read() == CHAT.encode()
    assert not upload.closed
