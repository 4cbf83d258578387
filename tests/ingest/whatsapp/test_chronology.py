# SPDX-License-Identifier: EUPL-1.2
"""Moments that break the order of time are found, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.whatsapp.chronology import strangers

DAY = 1440


def test_time_that_goes_on_has_no_strangers() -> None:
    assert strangers([1, 1, 5, 900, 900]) == set()
    assert strangers([]) == set()


def test_an_hour_back_is_no_stranger() -> None:
    assert strangers([100, 160, 100, 130, 170]) == set()


def test_a_quoted_date_in_the_future_is_a_stranger() -> None:
    assert strangers([0, 5, 3 * DAY, 6, 10]) == {2}


def test_quoted_dates_from_the_past_are_strangers() -> None:
    assert strangers([10 * DAY, 10 * DAY + 1, 5, 6, 10 * DAY + 2, 11 * DAY]) == {2, 3}


@given(st.lists(st.integers(0, 10**6)).map(sorted))
def test_a_chat_in_order_has_no_strangers(minutes: list[int]) -> None:
    assert strangers(minutes) == set()


@given(st.lists(st.integers(0, 10**6), min_size=2).map(sorted), st.data())
def test_one_date_far_out_of_order_is_the_only_stranger(
    minutes: list[int], data: st.DataObject
) -> None:
    position = data.draw(st.integers(1, len(minutes) - 1))
    odd = data.draw(st.sampled_from([minutes[0] - DAY, minutes[-1] + DAY]))
    quoted = [*minutes[:position], odd, *minutes[position:]]
    found = strangers(quoted)
    # With one moment behind it nobody can say which of the two is odd.
    assert len(found) <= 1
    if position < len(minutes) - 1:
        assert found == {position}


@given(st.lists(st.integers(0, 10**5), max_size=60))
def test_what_is_left_goes_back_an_hour_at_most(minutes: list[int]) -> None:
    odd = strangers(minutes)
    kept = [minute for position, minute in enumerate(minutes) if position not in odd]
    latest = 0
    for minute in kept:
        assert minute >= latest - 2 * 61
        latest = max(latest, minute)
