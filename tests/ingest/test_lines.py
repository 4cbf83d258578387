# SPDX-License-Identifier: EUPL-1.2
"""Lines of a file: any length, any of the accepted encodings, bounded memory."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import errors
from ingest.lines import Line, read_lines

plain = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"))


def lines(raw: bytes, most: int = 100) -> list[Line]:
    return list(read_lines(io.BytesIO(raw), most=most))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@given(texts=st.lists(plain.filter(lambda text: text[:1] != "\ufeff"), max_size=5))
def test_lines_come_back_as_they_were_written(encoding: str, end: str, texts: list[str]) -> None:
    raw = "".join(text + end for text in texts).encode(encoding)
    found = lines(raw, most=10_000)
    assert [line.text for line in found] == texts
    assert [line.number for line in found] == list(range(1, len(texts) + 1))
    assert all(line.valid and not line.cut for line in found)


def test_a_line_separator_of_another_kind_does_not_split() -> None:
    assert [line.text for line in lines("a\u2028b\x0bc\x85d\re\n".encode())] == [
        "a\u2028b\x0bc\x85d\re"
    ]


def test_a_long_line_is_cut_and_the_next_one_whole() -> None:
    first, second = lines(b"a" * 350 + b"\nb\n")
    assert first.cut
    assert len(first.text) == 101
    assert (second.text, second.number, second.cut) == ("b", 2, False)


def test_a_line_of_exactly_the_limit_is_whole() -> None:
    assert [line.cut for line in lines(b"a" * 100 + b"\n" + b"b" * 100)] == [False, False]


def test_a_line_without_end_is_read() -> None:
    assert [line.text for line in lines(b"a\nb")] == ["a", "b"]


def test_bytes_that_are_no_utf8_mark_their_own_line_only() -> None:
    assert [line.valid for line in lines(b"a\n\xe9\nc\n")] == [True, False, True]


def test_binary_data_is_refused_with_what_is_accepted() -> None:
    with pytest.raises(errors.BadInput, match="UTF-8"):
        lines(b"PNG\x00\x01")


def test_a_huge_line_takes_little_memory() -> None:
    file = io.BytesIO(b"a" * 30_000_000 + b"\nb\n")
    tracemalloc.start()
    found = sum(1 for _ in read_lines(file))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == 2
    assert peak < 3_000_000


def test_the_file_stays_open() -> None:
    file = io.BytesIO(b"a\n")
    list(read_lines(file))
    assert not file.closed
