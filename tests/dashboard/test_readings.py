# SPDX-License-Identifier: EUPL-1.2
"""Small counts on the group page stay hidden, also for who adds up and subtracts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from dashboard.readings import Count, Kind, Reading, exact, keeps_silent, reading, rough
from store.counters import CounterRow

_DAYS = ("2026-11-18", "2026-11-19", "2026-11-20")
_WHATS = ("empty", "opted-out", "private")
_TODAY = "2026-11-21"


def row(day: str, what: str, n: int, kind: str = "dropped") -> CounterRow:
    return CounterRow(group="g", day=day, kind=kind, what=what, n=n)


def dropped(told: Reading) -> dict[str, str]:
    return {kind.what: str(kind.count) for kind in told.kinds["dropped"]}


def test_a_count_is_shown_exactly_from_five_on_and_none_as_none() -> None:
    assert [str(exact(n)) for n in (0, 1, 4, 5, 1234)] == [
        "0",
        "minder dan 5",
        "minder dan 5",
        "5",
        "1.234",
    ]


def test_a_rough_count_is_a_step() -> None:
    assert [str(rough(n)) for n in (0, 4, 5, 9, 10, 250)] == [
        "0",
        "minder dan 5",
        "5 tot en met 9",
        "5 tot en met 9",
        "10 tot en met 19",
        "200 tot en met 499",
    ]


def test_a_hidden_kind_cannot_be_subtracted_from_the_days() -> None:
    """Nine on the days and one kind in the step from five to nine would leave one to four."""
    told = reading([row(_DAYS[0], "empty", 5), row(_DAYS[0], "opted-out", 4)], _TODAY)
    assert str(told.days[0].dropped) == "9"
    # With 9 in all and 5 to 9 in the other step, it can be 1 to 4 only: nothing more is known.
    assert dropped(told) == {"empty": "5 tot en met 9", "opted-out": "minder dan 5"}
    told = reading([row(_DAYS[0], "empty", 9), row(_DAYS[0], "opted-out", 4)], _TODAY)
    # Here 13 minus at most 9 would tell that it is 4, so no kind is counted.
    assert dropped(told) == {"empty": "None", "opted-out": "None"}


def test_a_hidden_day_cannot_be_subtracted_from_the_kinds() -> None:
    rows = [row(_DAYS[0], "empty", 19), row(_DAYS[1], "empty", 1)]
    told = reading(rows, _TODAY)
    # 20 to 49 in all, 19 on one day: the other could be 1 to 4, and the step allows each.
    assert str(told.days[0].dropped) == "minder dan 5"
    assert dropped(told) == {"empty": "20 tot en met 49"}
    told = reading([row(_DAYS[0], "empty", 18), row(_DAYS[1], "empty", 2)], _TODAY)
    # 18 and 1 would not make 20, so the step would tell that it is not 1.
    assert dropped(told) == {"empty": "None"}


def test_messages_that_were_read_have_no_kinds_and_today_is_left_out() -> None:
    told = reading([row(_DAYS[0], "", 50, "read"), row(_TODAY, "", 60, "read")], _TODAY)
    assert [str(day.read) for day in told.days] == ["50"]
    assert not any(told.kinds.values())


def possible(counts: Sequence[Count], total: int) -> list[tuple[int, ...]]:
    ranges = [range(count.low, count.high + 1) for count in counts]
    return [values for values in product(*ranges) if sum(values) == total]


def learnt(mine: Sequence[Count], others: Sequence[Count]) -> list[set[int]]:
    """Try everything: which values can each of ``mine`` have, if both sums are equal?"""
    low = max(sum(c.low for c in mine), sum(c.low for c in others))
    high = min(sum(c.high for c in mine), sum(c.high for c in others))
    found: list[set[int]] = [set() for _ in mine]
    for total in range(low, high + 1):
        if possible(others, total):
            for values in possible(mine, total):
                for place, value in zip(found, values, strict=True):
                    place.add(value)
    return found


_CUBE = st.lists(st.integers(0, 12), min_size=9, max_size=9)


@given(_CUBE)
def test_trying_out_everything_tells_nothing_of_a_hidden_count(cells: list[int]) -> None:
    cube = zip(product(_DAYS, _WHATS), cells, strict=True)
    told = reading([row(day, what, n) for (day, what), n in cube if n], _TODAY)
    days = [day.dropped for day in told.days]
    kinds: tuple[Kind, ...] = told.kinds["dropped"]
    rough_counts = [kind.count for kind in kinds if kind.count is not None]
    if not rough_counts:
        return  # Without a second table there is nothing to subtract.
    for mine, others in ((days, rough_counts), (rough_counts, days)):
        for count, values in zip(mine, learnt(mine, others), strict=True):
            assert not count.hidden or values == {1, 2, 3, 4}


def test_steps_that_tell_too_much_are_found() -> None:
    """The property above would prove nothing if everything were always silent."""
    assert keeps_silent([exact(9)], [rough(5), exact(4)])
    assert not keeps_silent([exact(13)], [rough(9), exact(4)])
