# SPDX-License-Identifier: EUPL-1.2
"""Records of researchers: which are good, and what the error of a bad one says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from core import errors
from core.message import Message, Origin
from ingest.limits import MOST_BYTES
from ingest.record import message_of

GOOD: dict[str, Any] = {
    "id": "1",
    "text": "Bank op straat",
    "chat": "noord",
    "sent_at": "2026-11-21T20:15:00+01:00",
    "sender": "anna",
}


def test_a_record_becomes_a_message() -> None:
    assert message_of({**GOOD, "reply_to": "0", "source": "report"}, "jsonl") == Message(
        source="jsonl",
        chat="noord",
        external_id="1",
        sender="anna",
        sent_at=datetime.fromisoformat("2026-11-21T20:15:00+01:00"),
        text="Bank op straat",
        origin=Origin.REPORT,
        reply_to="0",
    )


@pytest.mark.parametrize("empty", [{}, {"reply_to": None, "source": None}, {"reply_to": ""}])
def test_optional_fields_may_be_left_out_or_empty(empty: dict[str, Any]) -> None:
    made = message_of({**GOOD, **empty}, "jsonl")
    assert made.reply_to is None
    assert made.origin is Origin.CHAT


def test_ids_may_be_numbers_and_unknown_fields_are_left_alone() -> None:
    made = message_of({**GOOD, "id": 7, "chat": 8, "sender": 9, "label": "afval"}, "jsonl")
    assert (made.external_id, made.chat, made.sender) == ("7", "8", "9")


@pytest.mark.parametrize("moment", ["2026-11-21T20:15:00Z", "2026-11-21 20:15:00+00:00"])
def test_a_moment_is_iso_8601_with_a_zone(moment: str) -> None:
    assert message_of({**GOOD, "sent_at": moment}, "jsonl").sent_at.tzinfo


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"text": None}, "'text' ontbreekt"),
        ({"text": 5}, "'text' moet tekst zijn"),
        ({"text": "é" * MOST_BYTES}, "64 kB"),
        ({"id": None}, "'id' ontbreekt"),
        ({"id": ""}, "'id' moet"),
        ({"id": True}, "'id' moet"),
        ({"id": "x" * 201}, "200 tekens"),
        ({"id": ["KANARIE"]}, "'id' moet"),
        ({"chat": "a\x00"}, "'chat' moet"),
        ({"sender": {}}, "'sender' moet"),
        ({"sent_at": "gisteren"}, "2026-11-21T20:15:00"),
        ({"sent_at": "2026-11-21T20:15:00"}, "zone"),
        ({"sent_at": "2026-11-21"}, "zone"),
        ({"sent_at": 1700000000}, "zone"),
        ({"source": "KANARIE"}, "chat, public, report"),
        ({"source": 5}, "chat, public, report"),
        ({"reply_to": "a\nb"}, "'reply_to' moet"),
    ],
)
def test_a_bad_field_is_named_with_what_is_accepted(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(errors.BadInput) as caught:
        message_of({**GOOD, "text": "KANARIE", **wrong}, "jsonl")
    assert says in str(caught.value)
    assert "KANARIE" not in str(caught.value)
