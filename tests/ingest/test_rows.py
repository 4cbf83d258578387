# SPDX-License-Identifier: EUPL-1.2
"""Rows of a table: delimiters, quotes, and bad rows that stay alone."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import errors
from ingest.lines import read_lines
from ingest.rows import MOST_ROW, Row, read_rows

HEAD = "id,text,chat,sent_at,sender"
cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=20).map(
    lambda text: text.replace("\ufeff", "")
)


def filled(cells: list[str]) -> bool:
    """Whether a row has anything in it; a row of blanks is skipped."""
    return bool("".join(cells).strip(" "))


def rows(text: str | bytes) -> list[Row]:
    raw = text.encode() if isinstance(text, str) else text
    return list(read_rows(read_lines(io.BytesIO(raw), most=MOST_ROW)))


def texts(text: str) -> list[str]:
    return [row.problem or row.values["text"] for row in rows(text)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(st.lists(st.lists(cells, min_size=5, max_size=5).filter(filled), max_size=5))
def test_a_table_is_read_as_the_csv_module_wrote_it(delimiter: str, table: list[list[str]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerows([HEAD.split(","), *table])
    found = rows(buffer.getvalue())
    assert [list(row.values.values()) for row in found] == table
    assert not any(row.problem for row in found)


@pytest.mark.parametrize(
    "head",
    [
        "id,text,chat,sent_at,sender",
        "sep=;\nid;text;chat;sent_at;sender",
        "\n\nID;Text;Chat;Sent_At;Sender",
        "sender\tsent_at\tchat\ttext\tid",
        '"id";"text";"chat";"sent_at";"sender"',
        "id;text;chat;sent_at;sender;reply_to;source;iets anders",
    ],
)
def test_the_header_tells_the_delimiter_and_the_order(head: str) -> None:
    delimiter = next(sign for sign in ";\t," if sign in head.rsplit("\n", maxsplit=1)[-1])
    width = head.rsplit("\n", maxsplit=1)[-1].count(delimiter)
    [row] = rows(f"{head}\nx{delimiter * width}\n")
    assert {"id", "text", "chat", "sent_at", "sender"} <= set(row.values)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("", "leeg"),
        ("id,text,chat,sent_at", "'sender' ontbreekt"),
        ("naam|tekst", "'id' ontbreekt"),
        ("id,text,chat,sent_at,sender,id", "twee keer"),
    ],
)
def test_a_table_without_the_columns_is_refused_with_what_is_accepted(head: str, says: str) -> None:
    with pytest.raises(errors.BadInput, match=says) as caught:
        rows(f"{head}\n")
    assert "id, text, chat, sent_at, sender" in str(caught.value)


def test_a_text_over_several_lines_is_one_row() -> None:
    [one, two] = rows(f'{HEAD}\n1,"een\ntwee ""drie""",c,t,s\n2,x,c,t,s\n')
    assert one.values["text"] == 'een\ntwee "drie"'
    assert (one.line, two.line) == (2, 4)


@pytest.mark.parametrize(
    "bad",
    [
        "2,te,weinig",
        "2,een,kolom,te,veel,zes",
        '2,"nooit gesloten,c,t,s',
        '2,"a"b,c,t,s',
        "2,KANARIE",
    ],
)
def test_a_bad_row_is_named_and_its_neighbours_are_read(bad: str) -> None:
    found = rows(f"{HEAD}\n1,een,c,t,s\n{bad}\n3,drie,c,t,s\n4,vier,c,t,s\n")
    assert [row.values.get("text") for row in found] == ["een", None, "drie", "vier"]
    assert found[1].line == 3
    assert "5 kolommen" in found[1].problem
    assert "KANARIE" not in found[1].problem


@pytest.mark.parametrize("empty", ["", "   ", ",,,,", " , ,,,"])
def test_empty_rows_are_skipped(empty: str) -> None:
    assert texts(f"{HEAD}\n{empty}\n1,een,c,t,s\n") == ["een"]


def test_a_quote_inside_a_text_is_only_a_quote() -> None:
    assert texts(f'{HEAD}\n1,een 5" buis,c,t,s\n2,twee,c,t,s\n') == ['een 5" buis', "twee"]


def test_a_row_that_is_no_utf8_is_named_and_its_neighbours_are_read() -> None:
    found = rows(
        f"{HEAD}\n1,een,c,t,s\n2,caf@,c,t,s\n3,drie,c,t,s\n".encode().replace(b"@", b"\xe9")
    )
    assert [bool(row.problem) for row in found] == [False, True, False]


def test_a_row_that_is_too_long_is_named_and_its_neighbours_are_read() -> None:
    found = rows(f"{HEAD}\n1,{'a' * 5_000_000},c,t,s\n2,twee,c,t,s\n")
    assert [bool(row.problem) for row in found] == [True, False]


def test_one_quote_too_many_does_not_cost_the_rest_of_a_large_file() -> None:
    body = "".join(f"{n},tekst {n},c,t,s\n" for n in range(20_000))
    found = rows(f'{HEAD}\n0,"open,c,t,s\n{body}')
    assert len(found) == 20_001
    assert [row.line for row in found if row.problem] == [2]
