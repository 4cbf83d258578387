# SPDX-License-Identifier: EUPL-1.2
"""JSONL and CSV of researchers: bad lines are named, everything else is read."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from core import errors
from ingest.connectors import csv_file, jsonl
from tests.ingest.house import Intake, read_all

GOOD: dict[str, Any] = {
    "id": "1",
    "text": "Bank op straat",
    "chat": "noord",
    "sent_at": "2026-11-21T10:15:00+01:00",
    "sender": "anna",
}


def line(number: int, **changed: Any) -> bytes:
    return json.dumps({**GOOD, "id": number, **changed}).encode() + b"\n"


@pytest.mark.parametrize(
    "bad",
    [
        b"KANARIE\n",
        b"[1, 2]\n",
        b'"KANARIE"\n',
        b'{"id": 2, "text": "KANARIE"\n',
        line(2, text="KANARIE", sent_at="gisteren"),
        b'{"text": "KANARIE \xe9"}\n',
        b"[" * 100_000 + b"\n",
        b'{"text": "KANARIE' + b"a" * 50_000_000 + b'"}\n',
        line(2, text="KANARIE" * 20_000),
    ],
    ids=lambda bad: f"{len(bad)} bytes",
)
async def test_a_bad_line_is_named_and_its_neighbours_are_read(intake: Intake, bad: bytes) -> None:
    made = jsonl.connect("delft", {"file": io.BytesIO(line(1) + bad + line(3))})
    await read_all(made, intake)
    assert [m.external_id for m in intake.messages] == ["1", "3"]
    [problem] = made.problems.first
    assert problem.line == 2
    assert problem.what
    assert "KANARIE" not in str(problem)


async def test_escaped_characters_at_the_limit_fit_in_a_line(intake: Intake) -> None:
    text = "é" * (32 * 1024)
    made = jsonl.connect("delft", {"file": io.BytesIO(line(1, text=text))})
    await read_all(made, intake)
    assert intake.messages[0].text == text


async def test_empty_lines_are_no_problem(intake: Intake) -> None:
    made = jsonl.connect("delft", {"file": io.BytesIO(b"\n \n" + line(1) + b"\r\n")})
    await read_all(made, intake)
    assert len(intake.messages) == 1
    assert made.problems.total == 0


async def test_a_second_run_counts_its_own_problems(intake: Intake) -> None:
    made = jsonl.connect("delft", {"file": io.BytesIO(b"x\n" + line(1))})
    await read_all(made, intake)
    await read_all(made, intake)
    assert made.problems.total == 1


async def test_bad_rows_of_a_table_are_named_and_the_others_are_read(intake: Intake) -> None:
    table = (
        "id;chat;sender;sent_at;text\n"
        "1;n;a;2026-11-21T10:15:00+01:00;een\n"
        "2;n;a;gisteren;KANARIE\n"
        "3;n;a;KANARIE\n"
        "4;n;a;2026-11-21T10:15:00+01:00;vier\n"
    )
    made = csv_file.connect("delft", {"file": io.BytesIO(table.encode())})
    await read_all(made, intake)
    assert [m.external_id for m in intake.messages] == ["1", "4"]
    assert [problem.line for problem in made.problems.first] == [3, 4]
    assert "KANARIE" not in str([str(problem) for problem in made.problems.first])


async def test_a_table_without_a_header_hands_over_nothing(intake: Intake) -> None:
    made = csv_file.connect("delft", {"file": io.BytesIO(b"1;n;a\n")})
    with pytest.raises(errors.BadInput, match="eerste regel noemt de kolommen"):
        await read_all(made, intake)
    assert intake.batches == []
