# SPDX-License-Identifier: EUPL-1.2
"""Files that are handed over: opened at their start, named by what they hold."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from core import errors
from ingest import inputfile
from ingest.inputfile import digest, opened


def test_a_path_and_an_upload_of_the_same_bytes_have_one_name(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_bytes(b"dag")
    assert digest(path, "noord") == digest(io.BytesIO(b"dag"), "noord")


def test_other_bytes_or_another_chat_give_another_name() -> None:
    names = {digest(io.BytesIO(raw), chat) for raw in (b"dag", b"doei") for chat in ("a", "b")}
    assert len(names) == 4


@pytest.mark.parametrize("at", [0, 99, 4095])
def test_a_large_file_is_named_by_its_start_and_end(
    at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputfile, "_PART", 100)
    monkeypatch.setattr(inputfile, "_LARGE", 1000)
    raw = bytearray(4096)
    before = digest(io.BytesIO(raw))
    raw[at] = 1
    assert digest(io.BytesIO(raw)) != before


def test_an_upload_is_given_at_its_start_and_stays_open() -> None:
    upload = io.BytesIO(b"dag")
    upload.read()
    with opened(upload) as file:
        assert file.read() == b"dag"
    assert not upload.closed


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(errors.BadInput, match=tmp_path.name), opened(tmp_path):
        pass
