# SPDX-License-Identifier: EUPL-1.2
"""What the bot says in Telegram, and what its errors mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core import errors
from ingest.connectors.telegram import connect
from ingest.telegram.speaker import parts
from tests.ingest.telegram_bot import (
    ADMIN,
    GROUP,
    OWNER,
    made,
)
from tests.partners.telegram_api import TOKEN, TelegramApi, telegram_api


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    async with telegram_api() as running:
        running.group(GROUP, creator=OWNER, administrator=ADMIN)
        yield running


# Speaking


async def test_it_says_plain_text_in_answer_to_a_message(api: TelegramApi) -> None:
    connector = made(api)
    said = await connector.say(str(GROUP), "Is er *nu* gevaar? <b>Bel 112.</b>", "7")
    await connector.close()
    (message,) = api.sent
    assert said == str(message["message_id"])
    assert message["text"] == "Is er *nu* gevaar? <b>Bel 112.</b>"
    assert "parse_mode" not in message["asked"]
    assert message["asked"]["reply_parameters"]["message_id"] == 7


async def test_a_short_wait_is_slept_out_and_the_words_are_said(api: TelegramApi) -> None:
    api.fail("sendMessage", 429, parameters={"retry_after": 1})
    connector = made(api)
    await connector.say(str(GROUP), "hallo")
    await connector.close()
    assert len(api.sent) == 1


async def test_a_chat_that_moved_hears_it_in_its_new_place(api: TelegramApi) -> None:
    api.group(-1009)
    api.chats[GROUP].moved_to = -1009
    connector = made(api)
    await connector.say(str(GROUP), "hallo", "7")
    await connector.close()
    assert api.sent[0]["chat"]["id"] == -1009


@pytest.mark.parametrize(
    ("status", "more", "kind", "wait"),
    [
        (403, {}, errors.TargetRefused, None),
        (400, {}, errors.TargetRefused, None),
        (500, {}, errors.TargetUnavailable, None),
        (502, {}, errors.TargetUnavailable, None),
        (429, {"parameters": {"retry_after": 300}}, errors.TargetUnavailable, 300),
        (401, {}, errors.TargetUnavailable, None),
    ],
)
async def test_an_error_says_whether_trying_again_helps(
    api: TelegramApi, status: int, more: Any, kind: type[Exception], wait: float | None
) -> None:
    api.fail("sendMessage", status, **more)
    connector = made(api)
    with pytest.raises(kind) as failure:
        await connector.say(str(GROUP), "hallo")
    await connector.close()
    assert getattr(failure.value, "retry_after", None) == wait
    assert failure.value.__cause__ is None


async def test_a_cut_while_speaking_can_be_tried_again(api: TelegramApi) -> None:
    api.cut("sendMessage")
    connector = made(api)
    with pytest.raises(errors.TargetUnavailable):
        await connector.say(str(GROUP), "hallo")
    await connector.say(str(GROUP), "hallo")
    await connector.close()


async def test_a_chat_without_a_number_is_refused() -> None:
    with pytest.raises(errors.TargetRefused):
        await connect("delft", {"token": TOKEN}).say("geen-nummer", "hallo")


def test_long_words_are_cut_between_lines_and_nothing_is_lost() -> None:
    text = "\n".join(f"regel {number} 🔥" for number in range(900))
    said = list(parts(text))
    assert all(len(part.encode("utf-16-le")) <= 8192 for part in said)
    assert "\n".join(said) == text
