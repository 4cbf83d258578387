# SPDX-License-Identifier: EUPL-1.2
"""Words for moments, certainty and counts; nothing that can happen lacks a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from core.audit import Result, Tag
from core.consent import ConsentState
from core.label import Queue, Receiver, Urgency
from core.message import Origin
from core.signal import Act
from dashboard import words
from ingest.admission import Reason
from ingest.registry import connector_names

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (Tag, words.TAG),
        (Result, words.RESULT),
        (ConsentState, words.CONSENT),
        (Urgency, words.URGENCY),
        (Queue, words.QUEUE),
        (Receiver, words.RECEIVER),
        (Origin, words.ORIGIN),
        (Act, words.ACT),
        ([reason.value for reason in Reason], words.DROPPED),
        (connector_names(), words.SOURCE),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_everything_that_can_happen_has_a_dutch_word(
    kind: Iterable[str], table: Mapping[str, str]
) -> None:
    assert [member for member in kind if member not in table] == []


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (-5, "zojuist"),
        (0, "zojuist"),
        (59, "zojuist"),
        (60, "1 min geleden"),
        (3_599, "59 min geleden"),
        (3_600, "1 uur geleden"),
        (86_400, "1 dag geleden"),
        (200_000, "2 dagen geleden"),
    ],
)
def test_ages_are_said_as_people_say_them(ago: int, said: str) -> None:
    assert words.age(NOW - timedelta(seconds=ago), NOW) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "1%"), (0.004, "1%"), (0.876, "88%"), (1.0, "99%")]
)
def test_no_percentage_claims_to_be_sure(share: float, said: str) -> None:
    assert words.percent(share) == said


def test_certainty_never_rises_when_the_probability_falls() -> None:
    said = [words.certainty(p / 100) for p in range(100, -1, -1)]
    order = list(dict.fromkeys(said))
    assert order == [
        "vrijwel zeker",
        "zeer waarschijnlijk",
        "waarschijnlijk",
        "misschien",
        "onzeker",
    ]
    assert said == sorted(said, key=order.index)


def test_times_are_dutch_times() -> None:
    assert words.moment(NOW) == "21 nov 2026 13:00"
    assert words.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2 jul 2026 00:30"
    assert words.day(None) == "–"


@pytest.mark.parametrize(
    ("count", "exact", "sum_"),
    [(0, "0", "0"), (4, "minder dan 5", "minder dan 5"), (1234, "1.234", "ongeveer 1.235")],
)
def test_small_counts_are_hidden_and_sums_are_rounded(count: int, exact: str, sum_: str) -> None:
    assert (words.small(count), words.about(count)) == (exact, sum_)
