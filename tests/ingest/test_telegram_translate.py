# SPDX-License-Identifier: EUPL-1.2
"""Updates in the shape of the Bot API's documentation, and any other shape."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Update
from telegram.error import TelegramError

from core.message import Change, Command, Joined, Message, Role
from ingest.telegram.api import UpdatesRequest
from ingest.telegram.discretion import redact
from ingest.telegram.order import order_in
from ingest.telegram.translate import Private, Skipped, translate
from tests.partners.telegram_api import TOKEN

SAMPLE = Path(__file__).parent.parent / "samples" / "telegram.json"


def read(update: Any) -> Any:
    """Translate one update as it comes over the wire."""
    payload = json.dumps({"ok": True, "result": [update]}).encode()
    (sound,) = UpdatesRequest.parse_json_payload(payload)["result"]
    return translate(Update.de_json(sound, None), "BuurtBot")


def golden() -> list[dict[str, Any]]:
    whole: list[dict[str, Any]] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    return whole


def test_the_documented_shapes_are_read() -> None:
    joined, order, first, edit, caption, topic, stop = (read(update) for update in golden())
    assert isinstance(joined, Joined)
    assert joined.name == "Vogelbuurt"
    assert isinstance(order, Command)
    assert (order.name, order.argument, order.role) == ("toestemming", "30 dagen", Role.MEMBER)
    assert (first.external_id, first.sender, first.change) == ("12", "555000003", Change.NEW)
    assert (edit.external_id, edit.revision, edit.change) == ("12", "1795262430", Change.EDIT)
    assert edit.sent_at == first.sent_at
    assert (caption.text, caption.reply_to) == ("ze staan nu hier", "12")
    assert topic.reply_to is None
    assert (stop.name, stop.role) == ("stop", Role.ADMIN)


def test_an_edit_that_leaves_no_words_goes_on_so_that_the_earlier_ones_go() -> None:
    edit = golden()[3]
    edit["edited_message"]["text"] = " "
    item = read(edit)
    assert isinstance(item, Message)
    assert item.change is Change.EDIT
    assert read({"update_id": 1, "message": edit["edited_message"]}) is Skipped.NO_TEXT


def test_a_moving_location_is_no_message() -> None:
    edit = golden()[3]
    edit["edited_message"] |= {"text": "", "location": {"longitude": 4.3, "latitude": 52.0}}
    assert read(edit) is Skipped.NO_TEXT


def test_in_a_channel_nothing_is_read() -> None:
    for update in golden():
        for part in ("message", "edited_message", "my_chat_member"):
            if part in update:
                update[part]["chat"]["type"] = "channel"
        assert read(update) is Skipped.OTHER


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, part in inside:
        found.append((*path, key))
        if isinstance(part, (dict, list)):
            found += _paths(part, (*path, key))
    return found


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_one_field_holds_the_others_of_the_answer_come_through(data: Any) -> None:
    updates = golden()
    spoilt = data.draw(st.sampled_from(range(len(updates))))
    path = data.draw(st.sampled_from([p for p in _paths(updates[spoilt]) if p != ("update_id",)]))
    place = updates[spoilt]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = data.draw(anything)
    payload = json.dumps({"ok": True, "result": updates}).encode()
    sound = UpdatesRequest.parse_json_payload(payload)["result"]
    assert [update["update_id"] for update in sound] == [u["update_id"] for u in updates]
    for number, update in enumerate(Update.de_list(sound, None)):
        if number != spoilt:
            assert not isinstance(translate(update, "BuurtBot"), (Skipped, Private))


@settings(deadline=None)
@given(text=st.text(max_size=300))
def test_words_arrive_as_they_were_written(text: str) -> None:
    update = golden()[2]
    update["message"]["text"] = text
    item = read(update)
    if isinstance(item, Message):
        assert item.text == text
        assert item.sent_at.tzinfo is not None
        assert text not in repr(item) or len(text) < 16
    else:
        assert not text.strip() or text.startswith("/")


@given(text=st.text(max_size=60).filter(lambda text: not text.startswith("/")))
def test_only_a_slash_at_the_start_makes_a_command(text: str) -> None:
    assert order_in(text, "BuurtBot") is None


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("/stop", "stop", ""),
        ("/STOP nu", "stop", "nu"),
        ("/toestemming@buurtbot 6 weken", "toestemming", "6 weken"),
        ("/toestemming\n30 dagen", "toestemming", "30 dagen"),
        ("/verwijder", "verwijder", ""),
        ("/help", "help", ""),
    ],
)
def test_commands_are_read_as_people_type_them(text: str, name: str, argument: str) -> None:
    order = order_in(text, "BuurtBot")
    assert order is not None
    assert (order.name, order.argument, order.for_another) == (name, argument, False)


def test_translating_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for update in golden():
        read(update)
    read({"update_id": 1, "message": {"text": "kanarie"}})
    assert caplog.text == ""


@pytest.mark.parametrize(
    "payload",
    [b"", b"<html>", b"[]", b'{"ok": true}', b'{"ok": true, "result": 5}', b"[" * 100_000],
)
def test_an_answer_of_another_shape_is_an_error_that_quotes_nothing(payload: bytes) -> None:
    with pytest.raises(TelegramError) as refused:
        UpdatesRequest.parse_json_payload(payload)
    assert "html" not in str(refused.value)


def test_a_token_is_taken_out_of_any_text() -> None:
    said = redact(f'HTTP Request: POST https://api.telegram.org/bot{TOKEN}/getMe "HTTP/1.1 200 OK"')
    assert TOKEN.split(":")[1] not in said
    assert said.endswith('<token>/getMe "HTTP/1.1 200 OK"')
