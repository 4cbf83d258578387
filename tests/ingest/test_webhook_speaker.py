# SPDX-License-Identifier: EUPL-1.2
"""What the bot says reaches the app, signed; checked by hand on the other side of a socket."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from core import errors
from core.clock import FrozenClock
from ingest.connectors.webhook import WebhookConnector, connect
from tests.samples.webhook import OLD_SECRET, SECRET


@dataclass
class App:
    """The app's side: keeps what it got, answers as it is told."""

    url: str = ""
    status: int = 200
    body: str = '{"id": "a-17"}'
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.read()))
        return web.Response(status=self.status, text=self.body, headers=self.headers)


@pytest.fixture
async def app() -> AsyncIterator[App]:
    partner = App()
    site = web.Application()
    site.router.add_post("/zeg", partner.answer)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    partner.url = f"http://127.0.0.1:{runner.addresses[0][1]}/zeg"
    yield partner
    await runner.cleanup()


@pytest.fixture
async def connector(app: App, clock: FrozenClock) -> AsyncIterator[WebhookConnector]:
    table = {"secrets": [SECRET], "callback": app.url, "callback_secret": OLD_SECRET}
    made = connect("delft", {"senders": {"buurtapp": table}}, clock=clock)
    yield made
    await made.close()


async def test_the_app_gets_it_signed_and_its_id_comes_back(
    app: App, connector: WebhookConnector
) -> None:
    assert await connector.say("buurtapp/g1", "Is er gevaar? Bel 112. 🔥", "m1") == "a-17"
    headers, body = app.got[0]
    assert json.loads(body) == {
        "type": "message.say",
        "group": {"id": "g1"},
        "text": "Is er gevaar? Bel 112. 🔥",
        "reply_to": "m1",
    }
    key = base64.b64decode(OLD_SECRET.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == "1795262400"


async def test_a_repeat_under_the_same_key_is_the_same_delivery(
    app: App, connector: WebhookConnector
) -> None:
    for _ in range(2):
        await connector.say("buurtapp/g1", "hallo", key="antwoord-1")
    await connector.say("buurtapp/g1", "hallo")
    ids = [headers["webhook-id"] for headers, _ in app.got]
    assert ids[:2] == ["antwoord-1", "antwoord-1"]
    assert ids[2] != "antwoord-1"


@pytest.mark.parametrize("body", ["", "geen json", "[]", '{"id": 5}', '{"id": ""}', "x" * 200_000])
async def test_an_odd_answer_is_no_reason_to_say_it_again(
    app: App, connector: WebhookConnector, body: str
) -> None:
    app.body = body
    assert (await connector.say("buurtapp/g1", "hallo")).startswith("zeg_")


@pytest.mark.parametrize(
    ("status", "headers", "kind", "wait"),
    [
        (503, {"retry-after": "7"}, errors.TargetUnavailable, 7),
        (429, {}, errors.TargetUnavailable, None),
        (500, {"retry-after": "Wed, 21 Oct 2026"}, errors.TargetUnavailable, None),
        (302, {"location": "http://127.0.0.1:1/"}, errors.TargetRefused, None),
        (404, {}, errors.TargetRefused, None),
        (410, {}, errors.TargetRefused, None),
    ],
)
async def test_an_error_says_whether_trying_again_helps(
    app: App,
    connector: WebhookConnector,
    status: int,
    headers: dict[str, str],
    kind: type[Exception],
    wait: float | None,
) -> None:
    app.status, app.headers, app.body = status, headers, "kanarie"
    with pytest.raises(kind) as failure:
        await connector.say("buurtapp/g1", "hallo")
    assert getattr(failure.value, "retry_after", None) == wait
    assert "kanarie" not in str(failure.value)
    assert len(app.got) == 1


async def test_an_app_that_is_away_can_be_tried_again_later(clock: FrozenClock) -> None:
    table = {
        "secrets": [SECRET],
        "callback": "http://127.0.0.1:9/zeg",
        "callback_secret": OLD_SECRET,
    }
    away = connect("delft", {"senders": {"buurtapp": table}}, clock=clock)
    with pytest.raises(errors.TargetUnavailable):
        await away.say("buurtapp/g1", "hallo")
    await away.close()


@pytest.mark.parametrize("chat", ["onbekend/g1", "g1", ""])
async def test_an_unknown_app_is_refused(connector: WebhookConnector, chat: str) -> None:
    with pytest.raises(errors.TargetRefused):
        await connector.say(chat, "hallo")


async def test_neither_words_nor_secrets_are_logged(
    connector: WebhookConnector, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await connector.say("buurtapp/g1", "kanarie")
    said: Any = caplog.text + repr(connector.senders)
    assert "kanarie" not in said
    assert SECRET not in said
    assert OLD_SECRET not in said
