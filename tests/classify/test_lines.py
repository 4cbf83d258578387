# SPDX-License-Identifier: EUPL-1.2
"""Lines of JSON in and out: a bad line says what is accepted, never what it said itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.lines import LONGEST, BadLine, Line, read_line, write_bad, write_line
from core.label import Category
from core.message import Origin
from core.verdict import Classifier, Question


def read(row: object) -> Line | BadLine | None:
    return read_line(json.dumps(row).encode(), 7)


def test_a_line_of_a_chat_comes_from_a_chat() -> None:
    line = read({"id": 1, "text": "hoi", "chat": "a"})
    assert isinstance(line, Line)
    assert line.origin is Origin.CHAT


def test_without_chat_or_source_nothing_is_known_of_the_kind_of_source() -> None:
    line = read({"id": "x", "text": "hoi"})
    assert isinstance(line, Line)
    assert line.origin is None


def test_the_source_that_is_said_counts() -> None:
    line = read({"id": "x", "text": "hoi", "chat": "a", "source": "public"})
    assert isinstance(line, Line)
    assert line.origin is Origin.PUBLIC


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"id": 1}, "text"),
        ({"text": "geheim"}, "id"),
        ({"id": 1, "text": 5}, "text"),
        ({"id": 1, "text": "geheim", "source": "krant"}, "source"),
        ({"id": 1, "text": "geheim", "sent_at": "gisteren"}, "sent_at"),
        ({"id": 1, "text": "geheim", "chat": 4}, "chat"),
        ([1, "geheim"], "the object"),
    ],
)
def test_a_bad_line_names_the_field_and_keeps_its_words_to_itself(row: object, field: str) -> None:
    bad = read(row)
    assert isinstance(bad, BadLine)
    assert bad.why.startswith(field)
    written = write_bad(bad).decode()
    assert "geheim" not in written
    assert "krant" not in written
    assert "line 7" in written


def test_a_line_that_is_no_json_is_named() -> None:
    for raw in (b"geheim {", b"\xff\xfe", b'{"id": 1, "text": "\xff"}'):
        bad = read_line(raw, 3)
        assert isinstance(bad, BadLine)
        assert "geheim" not in bad.why


def test_an_endless_line_is_refused() -> None:
    bad = read_line(b'{"id": 1, "text": "' + b"a" * LONGEST + b'"}', 1)
    assert isinstance(bad, BadLine)


def test_an_empty_line_is_nothing() -> None:
    assert read_line(b"  \n", 1) is None


def test_a_bad_line_keeps_its_id() -> None:
    bad = read({"id": "m-17", "text": None})
    assert isinstance(bad, BadLine)
    assert json.loads(write_bad(bad))["id"] == "m-17"


@given(raw=st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    read_line(raw, 1)


def test_an_answer_has_all_fields_and_its_spans_fit(classifier: Classifier) -> None:
    text = "Twee mannen voelen aan autodeuren in de Kerkstraat 12, bel Annemarie op 06-12345678 😳"
    line = Line(id=1, text=text, chat=None, sender=None, sent_at=None, origin=None)
    verdict = classifier.judge([Question(text=text, origin=None)])[0]
    row = json.loads(write_line(line, verdict, None))
    assert list(row) == [
        "id",
        "category",
        "probability",
        "probabilities",
        "subcategory",
        "urgency",
        "first_hand",
        "incident",
        "locations",
        "personal_data",
        "evidence",
        "without_evidence",
        "review",
        "model",
    ]
    assert set(row["probabilities"]) == {c.value for c in Category}
    assert sum(row["probabilities"].values()) == pytest.approx(1.0, abs=1e-4)
    spans = row["locations"] + row["personal_data"] + row["evidence"]
    assert spans
    assert all(text[s["start"] : s["end"]] == s["text"] for s in spans)
    assert {p["kind"] for p in row["personal_data"]} == {"name", "phone"}
