# SPDX-License-Identifier: EUPL-1.2
"""Day, month and year are decided over the whole file."""

from __future__ import annotations

import pytest

from core import errors
from ingest.whatsapp.header import DateOrder
from tests.ingest.whatsapp.reading import read


def dates(*heads: str, order: DateOrder | None = None) -> list[str]:
    """Return the dates of an export with these heads."""
    entries, _ = read("".join(f"{head}Jan: dag {n}\n" for n, head in enumerate(heads)), order)
    return [entry.wall.date().isoformat() for entry in entries]


def test_a_later_line_decides_for_an_earlier_one() -> None:
    assert dates("03-04-2026 10:00 - ", "13-04-2026 10:00 - ") == ["2026-04-03", "2026-04-13"]
    assert dates("03/04/2026, 10:00 - ", "04/13/2026, 10:00 - ") == ["2026-03-04", "2026-04-13"]


def test_the_order_in_which_time_goes_on_wins() -> None:
    assert dates("[1/2/26, 10:00:00] ", "[2/2/26, 10:00:00] ", "[1/3/26, 10:00:00] ") == [
        "2026-02-01",
        "2026-02-02",
        "2026-03-01",
    ]
    assert dates("[1/2/26, 10:00:00] ", "[1/3/26, 10:00:00] ", "[2/1/26, 10:00:00] ") == [
        "2026-01-02",
        "2026-01-03",
        "2026-02-01",
    ]


def test_two_digits_for_the_year_can_stand_in_front() -> None:
    assert dates("26-03-31 10:00 - ", "26-04-01 10:00 - ") == ["2026-03-31", "2026-04-01"]


@pytest.mark.parametrize(
    "head", ["03-04-2026 10:00 - ", "[03/04/2026, 10:00:00] ", "3.4.26 10:00 - "]
)
def test_without_any_clue_it_is_the_dutch_order(head: str) -> None:
    assert dates(head) == ["2026-04-03"]


def test_slashes_with_am_and_pm_and_no_clue_ask_for_the_order() -> None:
    with pytest.raises(errors.BadInput, match="date_order=dmy"):
        dates("3/4/26, 10:00 AM - ")


def test_who_says_the_order_is_believed() -> None:
    assert dates("3/4/26, 10:00 AM - ", order=DateOrder.DMY) == ["2026-04-03"]
    assert dates("3/4/26, 10:00 AM - ", order=DateOrder.MDY) == ["2026-03-04"]


def test_a_year_in_front_leaves_nothing_to_choose() -> None:
    assert dates("2026/04/03, 10:00 - ", order=DateOrder.DMY) == ["2026-04-03"]


def test_a_line_with_an_impossible_date_belongs_to_the_message_before_it() -> None:
    export = (
        "30-01-2026 10:00 - Jan: dag\n31-02-2026 10:00 - Piet: dag\n01-03-2026 10:00 - Jan: x\n"
    )
    entries, _ = read(export)
    assert [e.words for e in entries] == ["dag\n31-02-2026 10:00 - Piet: dag", "x"]
