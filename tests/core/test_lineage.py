# SPDX-License-Identifier: EUPL-1.2
"""Incidents grow, merge and split without losing what they know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core import lineage
from core.clues import Clues
from core.incident import IncidentState
from core.label import Category

T0 = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def clue(
    category: Category = Category.INBRAAK, *, minutes: int = 0, group: str = "a", word: int = 1
) -> Clues:
    return Clues(
        tenant="demo",
        group=group,
        category=category,
        sent_at=T0 + timedelta(minutes=minutes),
        places=frozenset({f"street:{word}"}),
        points=((52.0, 4.0 + word),),
        words=frozenset({word}),
    )


def test_an_incident_grows_in_time_groups_places_and_words() -> None:
    late, early = clue(minutes=5), clue(minutes=-5, group="b", word=2)
    incident = lineage.grown(lineage.opened(late, "i"), early)
    assert incident.opened_at == early.sent_at
    assert incident.last_at == late.sent_at
    assert incident.groups == {"a", "b"}
    assert incident.places == {"street:1", "street:2"}
    assert incident.points == ((52.0, 5.0), (52.0, 6.0))
    assert incident.words == {1, 2}
    assert incident.signals == 2


@pytest.mark.parametrize(
    ("first", "then", "category"),
    [
        (Category.VERDACHTE_SITUATIE, Category.INBRAAK, Category.INBRAAK),
        (Category.INBRAAK, Category.VERDACHTE_SITUATIE, Category.INBRAAK),
        (Category.OVERLAST, Category.GEWELD, Category.GEWELD),
        (Category.AFVAL, Category.WRAKKEN, Category.AFVAL),
    ],
)
def test_the_graver_category_names_the_incident(
    first: Category, then: Category, category: Category
) -> None:
    assert lineage.grown(lineage.opened(clue(first), "i"), clue(then)).category is category


def test_an_incident_remembers_no_more_than_it_needs() -> None:
    incident = lineage.opened(clue(), "i")
    for number in range(2, 400):
        incident = lineage.grown(incident, clue(word=number))
    assert len(incident.words) == lineage.MOST_WORDS
    assert len(incident.places) == len(incident.points) == lineage.MOST_PLACES
    assert incident.signals == 399


def test_a_merge_keeps_all_and_marks_the_other() -> None:
    into, gone = lineage.opened(clue(), "a"), lineage.opened(clue(group="b", word=2), "b")
    kept, old = lineage.merge(into, gone)
    assert kept.id == "a"
    assert kept.state is IncidentState.OPEN
    assert kept.signals == 2
    assert kept.groups == {"a", "b"}
    assert old == replace(gone, state=IncidentState.MERGED)


def test_incidents_of_two_municipalities_are_never_merged() -> None:
    one = lineage.opened(clue(), "a")
    with pytest.raises(ValueError, match="one municipality"):
        lineage.merge(one, replace(one, id="b", tenant="other"))
    with pytest.raises(ValueError, match="two incidents"):
        lineage.merge(one, one)


def test_a_split_gives_each_side_its_own_signals() -> None:
    here, there = clue(), clue(Category.AFVAL, minutes=3, group="b", word=2)
    whole = lineage.grown(lineage.opened(here, "i"), there)
    kept, new = lineage.split(whole, [here], [there], "new")
    assert kept == lineage.opened(here, "i")
    assert new == lineage.opened(there, "new")
    assert kept.signals + new.signals == whole.signals


def test_a_split_that_leaves_nothing_behind_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        lineage.split(lineage.opened(clue(), "i"), [], [clue()], "new")
