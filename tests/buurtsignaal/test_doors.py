# SPDX-License-Identifier: EUPL-1.2
"""Sources that come to us find their own door; everybody else gets the pages."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from buurtsignaal.connections import Connection, numbers, speaking
from buurtsignaal.front import Front
from buurtsignaal.server import doors_of
from core.clock import FrozenClock
from ingest.connectors.whatsapp_cloud import connect
from tests.ingest.knocking import Collected
from tests.samples.whatsapp_cloud import OPTIONS, body_of, change, notification, signed, text


async def _pages(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _connections() -> list[Connection]:
    return [Connection(tenant="delft", connector=connect("delft", OPTIONS))]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/intake/whatsapp/delft", 200),
        ("/intake/whatsapp/gouda", 404),
        ("/intake/webhook/delft/app", 404),
        ("/", 418),
    ],
)
async def test_each_address_has_its_door(path: str, status: int, clock: FrozenClock) -> None:
    line = Collected()
    front = Front(_pages, doors_of(_connections(), line.submit, clock))
    body = body_of(notification(change(text("Hallo"))))
    transport = httpx.ASGITransport(app=front)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        answer = await http.post(path, content=body, headers=signed(body))
    assert answer.status_code == status
    assert len(line.batches) == (status == 200)


def test_a_number_is_found_and_can_speak() -> None:
    found = _connections()
    assert [number.tenant for number in numbers(found)] == ["delft"]
    assert speaking(found) == {"whatsapp_cloud"}


@pytest.mark.parametrize("path", ["/intake/whatsapp/gouda", "/intake/webhook/delft/app"])
async def test_every_door_answers_with_the_headers_of_the_pages(
    path: str, clock: FrozenClock
) -> None:
    line = Collected()
    front = Front(_pages, doors_of(_connections(), line.submit, clock), secure=True)
    transport = httpx.ASGITransport(app=front)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        answer = await http.post(path, content=b"{}")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["strict-transport-security"]


@pytest.mark.parametrize(("begun", "status"), [(False, 500), (True, 200)])
async def test_what_goes_wrong_behind_a_door_is_told_without_its_words(
    begun: bool, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    words = "Jan woont op nummer 12"

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(words)

    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    front = Front(_pages, {"/intake/": broken})
    await front({"type": "http", "path": "/intake/x"}, None, send)
    assert said[0]["status"] == status
    assert "ValueError" in caplog.text
    assert words not in caplog.text
