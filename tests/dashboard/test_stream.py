# SPDX-License-Identifier: EUPL-1.2
"""Live updates: nothing lost, nothing of others, and a server that can stop."""

from __future__ import annotations

import os
import signal as signals
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from core.clock import FrozenClock
from core.label import Category
from dashboard.services import WebSettings
from store.database import Store
from tests.dashboard.serving import Served, wait_until
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]


class Screen:
    """Reads a stream, one event at a time."""

    def __init__(self, response: httpx.Response) -> None:
        self.headers = response.headers
        self._lines = response.iter_lines()

    def next(self) -> dict[str, str]:
        """Return the next event's fields."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line and "event" in fields:
                return fields
            name, _, value = line.partition(": ")
            fields[name] = value
        return {"event": "einde"}

    def until(self, kind: str) -> list[dict[str, str]]:
        """Return all events up to and with the first of ``kind``."""
        seen = [self.next()]
        while seen[-1]["event"] != kind:
            seen.append(self.next())
        return seen


@contextmanager
def watching(person: Visitor, after: int | None = None, last: str = "") -> Iterator[Screen]:
    path = "/stroom" if after is None else f"/stroom?na={after}"
    headers = {"Last-Event-ID": last} if last else {}
    with person.client.stream("GET", path, headers=headers, timeout=10) as response:
        assert response.status_code == 200
        yield Screen(response)


@pytest.fixture
def world(sqlite_store: Store, clock: FrozenClock) -> World:
    return World(sqlite_store, clock, settings=WebSettings(heartbeat=0.2, poll=0.2))


def newest(world: World) -> int:
    with world.store.read() as work:
        return work.events.last_id()


def test_a_new_signal_arrives_at_once(world: World, operator: Visitor) -> None:
    with watching(operator) as screen:
        screen.until("klaar")
        signal = world.signal()
        event = screen.until("signal.new")[-1]
    assert signal.id in event["data"]
    assert event["id"] == str(newest(world))


def test_the_stream_is_never_kept_or_buffered(operator: Visitor) -> None:
    with watching(operator) as screen:
        assert screen.headers["content-type"].startswith("text/event-stream")
        assert screen.headers["cache-control"] == "no-store"
        assert screen.headers["x-accel-buffering"] == "no"


def test_a_quiet_stream_beats_like_a_heart(operator: Visitor) -> None:
    with watching(operator) as screen:
        screen.until("klaar")
        assert screen.next()["event"] == "hart"


def test_what_was_missed_is_replayed_in_order(world: World, operator: Visitor) -> None:
    world.signal()
    seen = newest(world)
    missed = [world.signal().id for _ in range(5)]
    with watching(operator, last=str(seen)) as screen:
        events = screen.until("klaar")
    assert [e["data"].split('"ref": "')[1][:36] for e in events[:-1]] == missed
    assert events[-1]["id"] == str(newest(world))


def test_the_last_event_that_the_browser_names_beats_the_address(
    world: World, operator: Visitor
) -> None:
    for _ in range(3):
        world.signal()
    with watching(operator, after=0, last=str(newest(world) - 1)) as screen:
        assert len(screen.until("klaar")) == 2


def test_nothing_is_lost_between_replay_and_live(world: World, operator: Visitor) -> None:
    start = newest(world)
    made = [world.signal().id for _ in range(3)]
    with watching(operator, after=start) as screen:
        made += [world.signal().id for _ in range(20)]
        got: list[str] = []
        while len(got) < len(made):
            event = screen.next()
            if event["event"] == "signal.new":
                got.append(event["data"].split('"ref": "')[1][:36])
    assert got == made


def test_an_id_that_is_no_longer_known_asks_for_a_fresh_page(
    world: World, operator: Visitor
) -> None:
    for _ in range(3):
        world.signal()
    with world.store.write() as work:
        work.transaction.connection.exec_driver_sql("DELETE FROM events WHERE id <= 2")
    for after in (1, 10_000):
        with watching(operator, after=after) as screen:
            assert screen.next()["event"] == "ververs"


def test_other_queues_and_other_municipalities_stay_out(world: World, operator: Visitor) -> None:
    with watching(operator) as screen:
        screen.until("klaar")
        world.signal(category=Category.AFVAL)
        world.signal(group=world.group("Elders", tenant="elders"))
        mine = world.signal()
        assert mine.id in screen.until("signal.new")[-1]["data"]


def test_logging_out_ends_the_stream(
    world: World, operator: Visitor, visitor: Callable[[], Visitor]
) -> None:
    other = visitor()
    other.client.cookies.update(operator.client.cookies)
    other.csrf = operator.csrf
    with watching(operator) as screen:
        screen.until("klaar")
        assert other.post("/uitloggen").status_code == 303
        assert screen.until("einde")


def test_shutting_the_account_ends_the_stream_at_the_next_heartbeat(
    world: World, operator: Visitor
) -> None:
    with watching(operator) as screen:
        screen.until("klaar")
        with world.store.write() as work:
            account = work.accounts.by_name("agnes")
            assert account is not None
            work.accounts.disable(account.id)
        assert screen.until("einde")


def test_a_session_that_ended_hears_no_more_where_there_is_news_all_the_time(
    world: World, operator: Visitor
) -> None:
    with watching(operator) as screen:
        screen.until("klaar")
        with world.store.write() as work:
            account = work.accounts.by_name("agnes")
            assert account is not None
            work.accounts.disable(account.id)
        over = threading.Event()

        def talk() -> None:
            while not over.wait(0.05):
                with world.store.write() as work:
                    work.events.put(SLUG, "meldkamer", "signal.changed", "x", world.clock.now())

        talker = threading.Thread(target=talk)
        talker.start()
        try:
            seen = next(n for n in range(200) if screen.next()["event"] == "einde")
        finally:
            over.set()
            talker.join()
        assert seen < 100


def test_a_screen_that_went_away_is_forgotten(served: Served, operator: Visitor) -> None:
    with watching(operator) as screen:
        screen.until("klaar")
        assert served.app.state.hub.screens == 1
    wait_until(lambda: served.app.state.hub.screens == 0, "the screen is forgotten")


def test_sigterm_stops_a_server_with_open_streams_within_five_seconds(tmp_path: Path) -> None:
    program = Path(__file__).with_name("serve_alone.py")
    environment = {**os.environ, "PYTHONPATH": str(program.parents[2])}
    process = subprocess.Popen(
        [sys.executable, str(program), f"sqlite:///{tmp_path / 'd.db'}"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        with (
            httpx.Client(base_url=url, cookies={"session": token}) as client,
            client.stream("GET", "/stroom", timeout=10) as response,
        ):
            Screen(response).until("klaar")
            began = time.monotonic()
            process.send_signal(signals.SIGTERM)
            process.wait(timeout=20)
        assert time.monotonic() - began < 5
    finally:
        process.kill()
        process.communicate()
