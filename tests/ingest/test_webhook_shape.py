# SPDX-License-Identifier: EUPL-1.2
"""Bodies that are too large, too odd or no JSON at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from core.clock import FrozenClock
from tests.ingest.knocking import ADDRESS, NOW, Client, Collected, assert_problem, serving
from tests.samples.webhook import (
    SECRET,
    body_of,
    command,
    message,
    signed,
)


@pytest.fixture
def line() -> Collected:
    return Collected()


@pytest.fixture
async def door(line: Collected, clock: FrozenClock) -> AsyncIterator[Client]:
    async with serving(line.submit, clock) as client:
        yield client


# Size and shape


async def test_a_large_body_is_refused_before_it_is_sent(door: Client) -> None:
    answer = await door.raw(
        f"POST {ADDRESS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "webhook-id: a\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,a\r\n"
        "Content-Length: 52428800\r\n\r\n".encode()
    )
    assert b" 413 " in answer.split(b"\r\n", 1)[0]
    assert b"1048576" in answer


async def test_a_large_chunked_body_is_cut_off(door: Client, line: Collected) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 200:
            sent += 1
            yield b"x" * 65536
            await asyncio.sleep(0)

    headers = signed(b"", NOW)
    try:
        answer = await door.http.post(ADDRESS, content=endless(), headers=headers)
        assert answer.status_code == 413
    except (httpx.WriteError, httpx.ReadError):
        # The server hung up while we were still sending.
        pass
    assert line.items == []
    assert sent < 200


async def test_a_body_that_does_not_arrive_is_not_waited_for(
    line: Collected, clock: FrozenClock
) -> None:
    async with serving(line.submit, clock, patience=0.2) as client:
        answer = await client.raw(
            f"POST {ADDRESS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            "webhook-id: a\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,a\r\n"
            "Content-Length: 100\r\n\r\n{".encode()
        )
    assert b" 408 " in answer.split(b"\r\n", 1)[0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"  ", 400),
        (b"{", 400),
        (b"geen json", 400),
        (b'{"type":"message.created"} {}', 400),
        (b"\xff\xfe{}", 400),
        (b"\xef\xbb\xbf{}", 400),
        (b'{"type": NaN}', 400),
        (b'[{"type": Infinity}]', 400),
        (b"[" * 200_000, 400),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
        (b"[]", 422),
        (b"[1]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"type": "message.read"}', 422),
    ],
)
async def test_what_is_no_event_is_explained(
    door: Client, line: Collected, body: bytes, status: int
) -> None:
    assert_problem(await door.send(body), status)
    assert line.items == []


async def test_more_than_a_hundred_events_are_refused(door: Client, line: Collected) -> None:
    assert_problem(await door.send([message(f"m{n}") for n in range(101)]), 422, "100")
    assert (await door.send([message(f"m{n}") for n in range(100)])).status_code == 202
    assert len(line.items) == 100


ODD: list[tuple[Any, str]] = [
    (message(sent_at="2026-11-21T13:00:00"), "message.sent_at"),
    (message(sent_at="gisteren"), "message.sent_at"),
    (message(sent_at=1795262400), "message.sent_at"),
    (message(sent_at="1970-01-01T00:00:00Z"), "message.sent_at"),
    (message(sent_at="2026-11-22T13:00:00Z"), "message.sent_at"),
    (message(sent_at="9999-12-31T23:59:59-23:59"), "message.sent_at"),
    (message(sent_at="0001-01-01T00:00:00+23:59"), "message.sent_at"),
    (message(id=""), "message.id"),
    (message(id="x" * 121), "message.id"),
    (message(id="a\nb"), "message.id"),
    (message(id=5), "message.id"),  # type: ignore[arg-type]
    (message(text=None), "message.text"),  # type: ignore[arg-type]
    (message(text="x" * 70_000), "message.text"),
    (command("toestemming", "burgemeester"), "command.role"),
    (command("ontplof"), "command.name"),
    ({"type": "message.created", "group": {"id": "g"}}, "message"),
    ({"type": "message.geheim-woord"}, "type"),
    ("geheim-woord", ""),
]


@pytest.mark.parametrize(("odd", "where"), ODD)
async def test_an_odd_event_is_named_and_the_rest_of_the_list_comes_through(
    door: Client, line: Collected, odd: Any, where: str
) -> None:
    answer = await door.send([message("ervoor"), odd, message("erna")])
    assert answer.status_code == 202, answer.text
    (rejected,) = answer.json()["rejected"]
    assert (rejected["index"], rejected["field"]) == (1, where)
    assert rejected["reason"] != rejected["reden"]
    assert [item.external_id for item in line.items] == ["ervoor", "erna"]
    alone = assert_problem(await door.send(odd), 422)
    assert alone["rejected"][0]["field"] == where
    for said in (answer.text, str(alone)):
        assert "geheim-woord" not in said
        assert "burgemeester" not in said


async def test_the_same_key_twice_is_refused(door: Client, line: Collected) -> None:
    whole = body_of(message())
    twice = whole.replace(b'"id": "m1"', b'"id": "m1", "id": "m2"')
    assert_problem(await door.send(twice), 422, "same key twice")
    assert line.items == []


async def test_nothing_of_the_request_is_in_answers_or_logs(
    door: Client, line: Collected, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # Our own side of the wire, httpx, is not the server's.
    line.failure = RuntimeError("kanarie-1")
    answers = [
        await door.send(message(text="kanarie-1")),
        await door.send(message(text="kanarie-1", sent_at="kanarie-2")),
        await door.send(body_of(message(text="kanarie-1"))[:-1]),
        await door.send(message(text="kanarie-1"), webhook_id="kanarie-3"),
    ]
    said = caplog.text + "".join(answer.text for answer in answers)
    assert "kanarie" not in said
    assert SECRET not in said
    assert "RuntimeError" in caplog.text
