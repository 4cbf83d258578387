# SPDX-License-Identifier: EUPL-1.2
"""Waiting gets longer, never ends up endless, and honours what the receiver asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.backoff import Backoff

#: The machine may be busy; how long an example takes says nothing here.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

BACKOFF = Backoff()


@pytest.mark.parametrize(
    ("attempts", "longest"),
    [(1, 2), (2, 4), (3, 8), (9, 512), (10, 600), (12, 600), (10_000, 600)],
)
def test_the_longest_wait_doubles_until_ten_minutes(attempts: int, longest: float) -> None:
    assert BACKOFF.wait(attempts, lambda: 1.0) == timedelta(seconds=longest)


@unhurried
@given(st.integers(0, 100_000), st.floats(0, 1, exclude_max=True))
def test_the_jitter_is_full(attempts: int, chance: float) -> None:
    whole = BACKOFF.wait(attempts, lambda: 1.0)
    wait = BACKOFF.wait(attempts, lambda: chance)
    assert timedelta(0) <= wait <= whole
    assert wait == pytest.approx(whole * chance, abs=timedelta(milliseconds=1))


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(120.0, 120), (0.0, 2), (1e12, 6 * 3600)],
)
def test_what_the_receiver_asks_is_honoured_within_reason(asked: float, seconds: float) -> None:
    assert BACKOFF.wait(1, lambda: 1.0, asked=asked) == timedelta(seconds=seconds)


def test_a_person_is_told_within_half_an_hour() -> None:
    tries = range(1, BACKOFF.tries)
    mean = sum((BACKOFF.wait(n, lambda: 0.5) for n in tries), timedelta())
    assert timedelta(minutes=10) < mean < timedelta(minutes=30)


def test_the_tries_are_counted() -> None:
    assert not BACKOFF.spent(BACKOFF.tries - 1)
    assert BACKOFF.spent(BACKOFF.tries)
