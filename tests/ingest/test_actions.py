# SPDX-License-Identifier: EUPL-1.2
"""Known police actions: two shapes that are understood, asked for politely, kept as hashes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import errors
from core.action import Action, ActionKind
from core.clock import FrozenClock
from ingest.actions.payload import read
from ingest.actions.watching import LASTS, Watching, sources_of
from ingest.feed import FeedAway
from store.database import Store
from tests.partners.feed_server import FeedServer, feed_server, soon

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SALT = b"zout voor de toets"
ALERTS = [
    {
        "AlertId": 4411,
        "AlertLevel": 5,
        "SentAt": "2026-11-21T11:30:00+01:00",
        "Message": {
            "Title": "Burgernet Delft: uitkijken naar grijze bestelbus",
            "Description": "Een grijze bestelbus rijdt weg richting de Provincialeweg.",
            "Readmore_URL": "https://www.burgernet.example/actie/4411",
        },
    },
    {
        "AlertId": "a-9",
        "AlertLevel": 10,
        "Message": {"Title": "AMBER Alert", "Description": "Help zoeken naar een kind van 6 jaar."},
    },
]
MISSING = {
    "iterator": {"offset": 0, "last": True},
    "vermisten": [
        {
            "uid": "7d-12",
            "titel": "Vermist: meisje van 15 uit Gouda",
            "introductie": "<p>Sinds vrijdag is zij <b>vermist</b>.</p><script>x()</script>",
            "url": "https://www.politie.example/vermist/7d-12",
            "publicatiedatum": "2026-11-20 09:15:00",
        }
    ],
}


def body(payload: object) -> bytes:
    return json.dumps(payload).encode()


def test_alerts_of_burgernet_and_amber_are_told_apart() -> None:
    burgernet, amber = read("alerts", body(ALERTS), NOW)
    assert (burgernet.kind, amber.kind) == (ActionKind.BURGERNET, ActionKind.AMBER)
    assert burgernet.link == "https://www.burgernet.example/actie/4411"
    assert burgernet.published_at == datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
    assert "bestelbus rijdt weg" in burgernet.text
    assert amber.published_at == NOW


def test_missing_persons_are_read_without_markup_and_in_dutch_time() -> None:
    [missing] = read("vermist", body(MISSING), NOW)
    assert missing.kind is ActionKind.MISSING
    assert missing.text.endswith("Sinds vrijdag is zij vermist.")
    assert missing.published_at == datetime(2026, 11, 20, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "http://x.example/1", "https://a@b.example/1", "https://[", 7, None],
)
def test_a_link_that_is_not_safe_to_follow_is_left_out(link: object) -> None:
    message = {"Title": "Let op", "Readmore_URL": link}
    [told] = read("alerts", body([{"AlertId": 1, "Message": message}]), NOW)
    assert told.link == ""


@pytest.mark.parametrize("payload", [b"<html>", b"[1,2", b"{}", b'{"vermisten": 3}', b"null", b"3"])
@pytest.mark.parametrize("shape", ["alerts", "vermist"])
def test_another_shape_is_an_answer_that_cannot_be_used(shape: str, payload: bytes) -> None:
    with pytest.raises(FeedAway):
        read(shape, payload, NOW)


@pytest.mark.parametrize(
    "row", [None, 3, {}, {"Message": 4}, {"AlertId": 1, "Message": {"Title": "  "}}]
)
def test_a_row_that_is_no_action_is_left_out(row: object) -> None:
    assert read("alerts", body([row, *ALERTS]), NOW) == read("alerts", body(ALERTS), NOW)


@pytest.mark.parametrize(
    "table",
    [
        {"burgernet": "https://x.example"},
        {"burgernet": {"url": "https://x.example"}},
        {"burgernet": {"shape": "alerts"}},
        {"burgernet": {"url": "http://x.example", "shape": "alerts"}},
        {"burgernet": {"url": "https://x.example", "shape": "anders"}},
        {"burgernet": {"url": "https://x.example", "shape": "alerts", "sleutel": "GEHEIM"}},
    ],
)
def test_an_odd_source_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        sources_of(table)
    assert "burgernet" in str(caught.value)
    assert "GEHEIM" not in str(caught.value)


def test_without_a_source_nothing_is_asked() -> None:
    assert sources_of({}) == ()


@asynccontextmanager
async def watching(
    server: FeedServer, store: Store, clock: FrozenClock, *, every: float = 0.05
) -> AsyncIterator[None]:
    table = {"burgernet": {"url": server.url("/alerts"), "shape": "alerts", "poll_seconds": every}}
    sources = sources_of(table)
    stop = asyncio.Event()
    watch = Watching(tenant="delft", sources=sources, store=store, clock=clock, salt=SALT)
    run = asyncio.create_task(watch.run(stop))
    try:
        yield
    finally:
        stop.set()
        await run


def known(store: Store, clock: FrozenClock) -> list[Action]:
    with store.read() as work:
        return work.actions.current("delft", clock.now())


async def test_actions_are_known_as_long_as_their_source_tells_of_them_and_a_while_longer(
    sqlite_store: Store, clock: FrozenClock
) -> None:
    async with feed_server(alerts=body(ALERTS)) as server, watching(server, sqlite_store, clock):
        await soon(lambda: len(known(sqlite_store, clock)) == 2)
        clock.advance(timedelta(days=2))
        later = clock.now() + LASTS / 2
        await soon(lambda: all(a.ends_at > later for a in known(sqlite_store, clock)))
        server.pages["/alerts"] = body(ALERTS[:1])
        asked = len(server.asked)
        await soon(lambda: len(server.asked) > asked + 2)
        clock.advance(LASTS)
        await soon(lambda: len(known(sqlite_store, clock)) == 1)


async def test_no_word_of_an_action_reaches_the_disk(
    sqlite_store: Store, clock: FrozenClock, tmp_path: Any
) -> None:
    async with feed_server(alerts=body(ALERTS)) as server, watching(server, sqlite_store, clock):
        await soon(lambda: len(known(sqlite_store, clock)) == 2)
    sqlite_store.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"burgernet.example" in written
    assert not [word for word in (b"bestelbus", b"Provincialeweg", b"6 jaar") if word in written]


async def test_a_source_that_is_away_is_asked_again_later_and_not_quoted(
    sqlite_store: Store,
    clock: FrozenClock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.actions.watching._LONGEST", 0.05)
    with caplog.at_level(logging.INFO):
        async with (
            feed_server(alerts=b"<p>de bestelbus van Piet</p>") as server,
            watching(server, sqlite_store, clock),
        ):
            await soon(lambda: "another shape" in caplog.text)
            server.pages["/alerts"] = body(ALERTS)
            await soon(lambda: len(known(sqlite_store, clock)) == 2)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("ingest")]
    assert not [line for line in ours if "Piet" in line or "127.0.0.1" in line]
