# SPDX-License-Identifier: EUPL-1.2
"""What comes into a room is drawn the same way again, and shares come with their margins."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotation import Lane
from core.drawing import draw
from core.label import Category
from core.proportion import interval


@dataclass(frozen=True)
class Guess:
    said: Category
    margin: float


guesses = st.lists(st.builds(Guess, st.sampled_from(list(Category)), st.floats(0, 1)), max_size=40)


@given(guesses, st.sampled_from(list(Lane)), st.integers(0, 50), st.integers())
def test_a_draw_is_part_of_the_candidates_and_comes_out_the_same_again(
    candidates: list[Guess], lane: Lane, wanted: int, seed: int
) -> None:
    drawn = draw(candidates, lane, wanted, Random(seed))
    assert len(drawn) == min(wanted, len(candidates))
    assert {id(one) for one in drawn} <= {id(one) for one in candidates}
    assert drawn == draw(candidates, lane, wanted, Random(seed))


@given(guesses)
def test_doubt_comes_first(candidates: list[Guess]) -> None:
    margins = [one.margin for one in draw(candidates, Lane.DOUBT, 50, Random(1))]
    assert margins == sorted(margins)


def test_slices_take_turns() -> None:
    many = [Guess(Category.AFVAL, n / 10) for n in range(9)] + [Guess(Category.GEWELD, 0.5)]
    drawn = draw(many, Lane.SLICE, 2, Random(1))
    assert {one.said for one in drawn} == {Category.AFVAL, Category.GEWELD}


def test_the_interval_of_a_share_by_hand() -> None:
    # Eight of ten, z = 1.96: the middle is (0.8 + 0.19207) / 1.38415.
    low, high = interval(8, 10) or (0, 0)
    assert low == pytest.approx(0.4902, abs=1e-4)
    assert high == pytest.approx(0.9433, abs=1e-4)
    assert interval(0, 0) is None


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_stays_within_bounds(counted: tuple[int, int]) -> None:
    hits, total = counted
    low, high = interval(hits, total) or (1, 0)
    assert 0 <= low <= hits / total + 1e-9
    assert hits / total - 1e-9 <= high <= 1
