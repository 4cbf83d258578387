# SPDX-License-Identifier: EUPL-1.2
"""Whatever the network does: nothing lost, nothing double, nothing read without consent.

The long run (more messages, a full day's backlog) is ``make bench ARGS=faults``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FrozenClock
from ingest.registry import connector_names
from store.database import Store
from tests.faults.weather import (
    ELSEWHERE,
    FAULTS,
    SOURCES,
    Toll,
    meets,
    outage,
    repeated,
    skewed,
    through,
)

CASES = [(s, f) for s in SOURCES for f in FAULTS if meets(SOURCES[s], f)]
#: Sources that can give something twice.
REPEATING = [name for name in SOURCES if name not in {"mastodon", "x", "x-stream"}]
#: In the night in which the clock is put back: 2:57 in the Netherlands, for the first time.
_NIGHT = datetime(2026, 10, 25, 0, 57, tzinfo=UTC)


def assert_whole(toll: Toll) -> None:
    assert (toll.lost, toll.double, toll.without_consent) == (0, 0, 0), toll


def test_every_connector_goes_through_the_weather_or_says_where_it_does() -> None:
    assert {source.connector for source in SOURCES.values()} | ELSEWHERE == set(connector_names())


@pytest.mark.parametrize(("name", "fault"), CASES, ids=[f"{s}-{f}" for s, f in CASES])
async def test_bad_weather_loses_nothing_and_doubles_nothing(
    name: str, fault: str, sqlite_store: Store, clock: FrozenClock
) -> None:
    toll = await through(name, fault, sqlite_store, clock)
    assert_whole(toll)
    # Who is asked to wait a second does so; the back-off alone is far shorter here.
    assert fault != "429" or toll.gap > 0.9


@pytest.mark.parametrize("name", SOURCES)
async def test_a_day_out_of_reach_is_made_up_for(
    name: str, sqlite_store: Store, clock: FrozenClock
) -> None:
    assert_whole(await outage(name, sqlite_store, clock, messages=130))


@pytest.mark.parametrize("name", REPEATING)
async def test_what_comes_twice_in_another_order_is_there_once(
    name: str, sqlite_store: Store, clock: FrozenClock
) -> None:
    assert_whole(await repeated(name, sqlite_store, clock))


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("name", SOURCES)
async def test_a_source_whose_clock_is_an_hour_off_loses_nothing(
    name: str, hours: int, sqlite_store: Store, clock: FrozenClock
) -> None:
    intake = await skewed(name, sqlite_store, clock, by=timedelta(hours=hours))
    assert sorted(intake.numbers.elements()) == list(range(6))
    assert intake.forbidden == 0
    # Nothing was written after it came in, whatever its source says.
    assert all(m.sent_at <= m.received_at for m in intake.stored)


@pytest.mark.parametrize("name", SOURCES)
async def test_in_the_night_that_the_clock_is_put_back_every_message_keeps_its_moment(
    name: str, sqlite_store: Store
) -> None:
    clock = FrozenClock(_NIGHT)
    intake = await skewed(name, sqlite_store, clock, by=timedelta())
    sent = [m.sent_at for m in intake.stored if "nummer" in m.text]
    assert sent == sorted(sent)
    # An hour that was read twice or left out would show here; some sources tell of a minute ago,
    # Mastodon of eight.
    assert all(
        timedelta() <= m.received_at - m.sent_at < timedelta(minutes=15) for m in intake.stored
    )
