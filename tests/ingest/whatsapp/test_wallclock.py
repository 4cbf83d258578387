# SPDX-License-Identifier: EUPL-1.2
"""Dutch wall-clock time becomes a moment, also in the night that an hour comes twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import AMSTERDAM
from ingest.whatsapp.wallclock import WallClock

#: The day before the night in which an hour comes twice.
_NIGHT = datetime.fromisoformat("2026-10-24T00:00:00")


def moments(*walls: str) -> list[str]:
    clock = WallClock(AMSTERDAM)
    return [f"{clock.moment(datetime.fromisoformat(wall)):%H:%M}" for wall in walls]


@pytest.mark.parametrize(
    ("wall", "utc"),
    [("2026-01-15T12:00:00", "11:00"), ("2026-07-15T12:00:00", "10:00")],
)
def test_winter_and_summer_time_are_told_apart(wall: str, utc: str) -> None:
    assert moments(wall) == [utc]


def test_the_hour_that_comes_twice_follows_the_order_of_the_chat() -> None:
    walls = ("01:59", "02:10", "02:50", "02:05", "02:55", "03:01")
    assert moments(*(f"2026-10-25T{wall}:00" for wall in walls)) == [
        "23:59",
        "00:10",
        "00:50",
        "01:05",
        "01:55",
        "02:01",
    ]


def test_a_message_a_minute_out_of_order_does_not_turn_the_clock() -> None:
    walls = ("02:10", "02:09", "02:11")
    assert moments(*(f"2026-10-25T{w}:00" for w in walls)) == ["00:10", "00:09", "00:11"]


def test_the_hour_that_does_not_exist_is_an_hour_later() -> None:
    assert moments("2026-03-29T02:30:00") == ["01:30"]


@given(st.lists(st.integers(0, 172_800).map(lambda s: _NIGHT + timedelta(seconds=s)), max_size=30))
def test_every_moment_reads_on_the_wall_as_it_was_written(walls: list[datetime]) -> None:
    clock = WallClock(AMSTERDAM)
    for wall in walls:
        moment = clock.moment(wall)
        assert moment.tzinfo is UTC
        assert moment.astimezone(AMSTERDAM).replace(tzinfo=None) == wall
