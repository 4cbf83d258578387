# SPDX-License-Identifier: EUPL-1.2
"""Answers go through the Graph API as documented, and never say what they should not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core import errors
from ingest.connector import Speaker
from ingest.connectors.whatsapp_cloud import WhatsAppCloud, connect
from tests.partners.graph_api import GraphApi, graph_api
from tests.samples.whatsapp_cloud import ANNA, OPTIONS, TOKEN, wamid

SEAL = connect("delft", OPTIONS).number.seal
CHAT = SEAL.chat(ANNA)


@pytest.fixture
async def api() -> AsyncIterator[GraphApi]:
    async with graph_api() as made:
        yield made


@pytest.fixture
async def whatsapp(api: GraphApi) -> AsyncIterator[WhatsAppCloud]:
    made = connect("delft", {**OPTIONS, "token": TOKEN, "graph": api.base_url})
    yield made
    await made.close()


async def test_the_resident_gets_it_as_an_answer(api: GraphApi, whatsapp: WhatsAppCloud) -> None:
    assert isinstance(whatsapp, Speaker)
    said = await whatsapp.say(CHAT, "Is er gevaar? Bel 112. 🔥", SEAL.message(wamid(ANNA, 3)))
    assert SEAL.wamid(said) == wamid(ANNA, 101)
    assert api.said == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": ANNA,
            "type": "text",
            "text": {"preview_url": False, "body": "Is er gevaar? Bel 112. 🔥"},
            "context": {"message_id": wamid(ANNA, 3)},
        }
    ]


async def test_an_answer_to_nothing_that_we_know_is_just_said(
    api: GraphApi, whatsapp: WhatsAppCloud
) -> None:
    await whatsapp.say(CHAT, "Hallo", "eerste-bericht")
    assert "context" not in api.said[0]


@pytest.mark.parametrize(
    ("status", "code", "headers", "kind", "wait"),
    [
        (400, 131047, {}, errors.TargetRefused, None),
        (400, 131026, {}, errors.TargetRefused, None),
        (401, 190, {}, errors.TargetRefused, None),
        (302, 0, {"location": "http://127.0.0.1:1/"}, errors.TargetRefused, None),
        (429, 130429, {"retry-after": "7"}, errors.TargetUnavailable, 7),
        (400, 131056, {}, errors.TargetUnavailable, None),
        (400, 80007, {}, errors.TargetUnavailable, None),
        (500, 131000, {}, errors.TargetUnavailable, None),
        (503, 131016, {"retry-after": "morgen"}, errors.TargetUnavailable, None),
    ],
)
async def test_an_error_says_whether_trying_again_helps(
    api: GraphApi,
    whatsapp: WhatsAppCloud,
    status: int,
    code: int,
    headers: dict[str, str],
    kind: type[Exception],
    wait: float | None,
) -> None:
    api.failure = (status, code, headers)
    with pytest.raises(kind) as failure:
        await whatsapp.say(CHAT, "kanarie")
    assert getattr(failure.value, "retry_after", None) == wait
    assert str(code) in str(failure.value)
    for secret in ("kanarie", ANNA, TOKEN):
        assert secret not in str(failure.value)
    api.failure = None
    assert await whatsapp.say(CHAT, "en toch")


@pytest.mark.parametrize("odd", ["", "geen json", "[]", '{"messages":[]}', "x" * 200_000])
async def test_an_odd_answer_is_no_reason_to_say_it_again(
    api: GraphApi, whatsapp: WhatsAppCloud, odd: str
) -> None:
    api.odd = odd
    assert await whatsapp.say(CHAT, "Hallo")
    assert len(api.said) == 1


@pytest.mark.parametrize(("chat", "text"), [(ANNA, "Hallo"), ("", "Hallo"), (CHAT, "x" * 4097)])
async def test_what_cannot_be_said_is_refused(
    api: GraphApi, whatsapp: WhatsAppCloud, chat: str, text: str
) -> None:
    with pytest.raises(errors.TargetRefused) as failure:
        await whatsapp.say(chat, text)
    assert ANNA not in str(failure.value)
    assert not api.said


async def test_meta_that_is_away_can_be_tried_again_later() -> None:
    away = connect("delft", {**OPTIONS, "token": TOKEN, "graph": "http://127.0.0.1:9"})
    with pytest.raises(errors.TargetUnavailable):
        await away.say(CHAT, "Hallo")
    await away.close()


async def test_without_a_token_it_only_listens() -> None:
    with pytest.raises(errors.TargetRefused, match="no token"):
        await connect("delft", OPTIONS).say(CHAT, "Hallo")
