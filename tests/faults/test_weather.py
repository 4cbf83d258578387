# SPDX-License-Identifier: EUPL-1.2
"""Whatever the network does: nothing lost, nothing double, nothing read without consent.

The long run (more messages, a full day's backlog) is ``make bench ARGS=faults``.
"""

from __future__ import annotations

import pytest

from core.clock import FrozenClock
from ingest.registry import connector_names
from store.database import Store
from tests.faults.weather import ELSEWHERE, FAULTS, SOURCES, Toll, meets, outage, repeated, through

CASES = [(s, f) for s in SOURCES for f in FAULTS if meets(SOURCES[s], f)]
#: Sources that can give something twice.
REPEATING = [name for name in SOURCES if name != "mastodon"]


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
