# SPDX-License-Identifier: EUPL-1.2
"""Bluesky's Jetstream from a real socket on this machine: nothing lost, people left alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core import errors
from core.message import Change
from ingest.connectors.bluesky import Bluesky, connect
from tests.ingest.house import Intake
from tests.ingest.orders_desk import Desk, reading
from tests.partners.feed_server import soon
from tests.partners.jetstream import START, Jetstream, jetstream


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.connectors.bluesky.LOOK", 0.1)
    monkeypatch.setattr("ingest.bluesky.hearing.LOOK", 0.1)
    monkeypatch.setattr("ingest.bluesky.hearing._PAUSE", 0.05)


@pytest.fixture
def desk(intake: Intake) -> Desk:
    return Desk(intake, "bluesky")


@pytest.fixture
async def server() -> AsyncIterator[Jetstream]:
    async with jetstream() as served:
        yield served


def made(server: Jetstream, desk: Desk) -> Bluesky:
    feed = connect("delft", server.options)
    feed.obey(desk.running)
    return feed


def texts(intake: Intake) -> list[str]:
    return [admitted.text for admitted in intake.stored]


async def test_without_an_order_there_is_no_connection(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    server.write("Vuurwerk")
    async with reading(made(server, desk), intake):
        await asyncio.sleep(0.4)
    assert (server.cursors, server.asked) == ([], [])


async def test_only_posts_about_the_topic_are_handed_over_and_asked_about(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    desk.give()
    server.write("Lekker weer", "did:plc:ander")
    server.write("Vuurwerk!")
    server.write("Kijk uit", tags=["wateroverlast"])
    async with reading(made(server, desk), intake):
        await soon(lambda: len(intake.stored) == 2)
    assert texts(intake) == ["Vuurwerk!", "Kijk uit #wateroverlast"]
    # Of who wrote about something else nothing is asked, and of who did it is asked once.
    assert server.asked == ["did:plc:sanne"]
    assert server.paths == {"/xrpc/app.bsky.actor.getProfile"}
    assert server.queries[0]["wantedCollections"] == ["app.bsky.feed.post"]
    assert "wantedDids" not in server.queries[0]


async def test_an_event_that_is_too_large_does_not_hold_up_what_follows(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    desk.give()
    server.write("Vuurwerk " + "x" * 300_000)
    server.write("Vuurwerk bij de brug")
    async with reading(made(server, desk), intake):
        await soon(lambda: intake.stored)
    assert texts(intake) == ["Vuurwerk bij de brug"]


async def test_a_stream_that_is_cut_all_the_time_loses_and_doubles_nothing(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    desk.give()
    server.cut_after = 70
    for number in range(200):
        server.write(f"{number} vuurwerk")
    async with reading(made(server, desk), intake):
        await soon(lambda: len(intake.stored) >= 200, 20)
    assert texts(intake) == [f"{number} vuurwerk" for number in range(200)]
    assert len(server.cursors) >= 3


async def test_a_next_run_listens_from_five_seconds_before_the_cursor(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    began = desk.give().begins
    for number in range(10):
        server.write(f"{number} vuurwerk")
    feed = made(server, desk)
    async with reading(feed, intake):
        await soon(lambda: len(intake.stored) == 10)
    assert server.cursors == [int(began.timestamp() * 1_000_000)]
    for number in range(10, 20):
        server.write(f"{number} vuurwerk")
    async with reading(made(server, desk), intake):
        await soon(lambda: len(intake.stored) == 20)
    assert server.cursors[1] == START + 4 * 1_000_000
    assert texts(intake) == [f"{number} vuurwerk" for number in range(20)]


async def test_the_cursor_moves_on_while_nothing_is_found(
    server: Jetstream, desk: Desk, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.bluesky.hand._ADVANCE", 0.0)
    desk.give()
    for number in range(5):
        server.write(f"{number} iets anders")
    feed = made(server, desk)
    async with reading(feed, intake):
        await soon(lambda: intake.cursor(feed) == str(START + 4 * 1_000_000))
    assert intake.messages == []


async def test_a_deleted_post_is_forgotten(server: Jetstream, desk: Desk, intake: Intake) -> None:
    desk.give()
    post = server.write("Vuurwerk!")
    other = server.write("Iets anders")
    async with reading(made(server, desk), intake):
        await soon(lambda: intake.stored)
        server.delete(other)
        server.delete(post)
        await soon(lambda: intake.messages[-1].change is Change.DELETE)
    new, gone = intake.messages
    assert gone.external_id == new.external_id


async def test_a_writer_who_leaves_is_forgotten(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    desk.give()
    for text in ("1 vuurwerk", "2 vuurwerk"):
        server.write(text, "did:plc:bram")
    server.write("3 vuurwerk")
    async with reading(made(server, desk), intake):
        await soon(lambda: len(intake.stored) == 3)
        server.close_account("did:plc:bram")
        await soon(lambda: len(intake.messages) == 5)
    ids = [m.external_id for m in intake.messages]
    assert set(ids[3:]) == set(ids[:2])


async def test_who_wants_to_be_left_alone_is(server: Jetstream, desk: Desk, intake: Intake) -> None:
    desk.give()
    server.alone.add("did:plc:stil")
    labels = {
        "$type": "com.atproto.label.defs#selfLabels",
        "values": [{"val": "!no-unauthenticated"}],
    }
    server.write("1 vuurwerk", "did:plc:stil")
    server.write("2 vuurwerk", labels=labels)
    server.write("3 vuurwerk")
    feed = made(server, desk)
    async with reading(feed, intake):
        await soon(lambda: intake.stored)
    assert [m.text for m in intake.messages] == ["3 vuurwerk"]
    assert feed.tally["not-public"] == 2


async def test_while_nobody_can_say_who_wants_that_nothing_is_read_and_nothing_lost(
    server: Jetstream, desk: Desk, intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    desk.give()
    server.appview_status = 503
    server.write("Vuurwerk bij Sanne")
    feed = made(server, desk)
    with caplog.at_level(logging.INFO):
        async with reading(feed, intake):
            await soon(lambda: feed.tally["failures"] > 1)
            assert intake.messages == []
            server.appview_status = 200
            await soon(lambda: intake.stored)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("ingest")]
    assert ours
    assert not [line for line in ours if "anne" in line]


async def test_odd_frames_are_counted_and_stop_nothing(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    desk.give()
    odd: list[Any] = ["geen json", "[]", "{}", '{"did": 1, "time_us": 3}', '{"time_us": "x"}']
    server.events += odd
    server.write("")["commit"]["record"]["text"] = None
    server.write("Vuurwerk!", createdAt="gisteren")
    feed = made(server, desk)
    async with reading(feed, intake):
        await soon(lambda: intake.stored)
    assert feed.tally["malformed"] >= 4


async def test_what_was_written_before_the_order_is_not_even_looked_up(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    desk.give()
    server.write("Oud vuurwerk", createdAt="2020-01-01T00:00:00Z")
    server.write("Vuurwerk van nu", "did:plc:bram")
    async with reading(made(server, desk), intake):
        await soon(lambda: intake.stored)
    assert [m.text for m in intake.messages] == ["Vuurwerk van nu"]
    assert server.asked == ["did:plc:bram"]


async def test_the_end_of_an_order_ends_the_listening(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    desk.give()
    server.write("Vuurwerk!")
    async with reading(made(server, desk), intake):
        await soon(lambda: intake.stored)
        intake.house.clock.advance(timedelta(days=4))
        await asyncio.sleep(0.4)
        server.write("Te laat vuurwerk")
        await asyncio.sleep(0.3)
    assert len(intake.messages) == 1
    assert len(server.cursors) == 1


async def test_what_submit_raises_ends_the_run(
    server: Jetstream, desk: Desk, intake: Intake
) -> None:
    desk.give()
    server.write("Vuurwerk!")

    async def refuse(_batch: Any) -> Any:
        raise ConnectionError("the store is away")

    with pytest.raises(ConnectionError):
        await made(server, desk).run(refuse, asyncio.Event())


@pytest.mark.parametrize(
    "changed",
    [
        {"jetstream": None},
        {"jetstream": "ws://jetstream.example"},
        {"jetstream": "wss://jan:geheim@jetstream.example"},
        {"appview": "http://appview.example"},
        {"dids": ["did:plc:jan"]},
    ],
    ids=str,
)
def test_an_odd_option_is_refused(changed: dict[str, Any]) -> None:
    options = {"jetstream": "wss://j.example", "appview": "https://a.example"}
    with pytest.raises(errors.ConfigurationError) as caught:
        connect("delft", options | changed)
    assert "geheim" not in str(caught.value)
    assert "plc:jan" not in str(caught.value)
