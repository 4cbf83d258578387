# SPDX-License-Identifier: EUPL-1.2
"""Messages that lean on earlier ones."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from classify.context import carry_on, leans
from core.label import Category

CATEGORIES = list(Category)


def chances(category: Category, share: float) -> NDArray[np.float64]:
    row = np.full(len(CATEGORIES), (1 - share) / (len(CATEGORIES) - 1))
    row[CATEGORIES.index(category)] = share
    return row


def top(row: NDArray[np.float64]) -> Category:
    return CATEGORIES[int(row.argmax())]


@pytest.mark.parametrize(
    "text",
    ["hij loopt nu richting de Lidl", "zwarte jas, capuchon", "ze staan er nog steeds"],
)
def test_it_leans(text: str) -> None:
    assert leans(text) > 0


@pytest.mark.parametrize(
    "text", ["", "dank je wel!", "sterkte", "wat erg zeg", "Wie gaat er mee?", "x" * 500]
)
def test_it_stands_alone(text: str) -> None:
    assert leans(text) == 0


def test_the_last_sure_signal_is_carried_on() -> None:
    earlier = np.array([chances(Category.INBRAAK, 0.9), chances(Category.GEEN, 0.9)])
    mixed = carry_on(chances(Category.GEEN, 0.8), earlier, 0.8)
    assert top(mixed) is Category.INBRAAK
    assert mixed.sum() == pytest.approx(1.0)


def test_of_two_incidents_the_latest_counts() -> None:
    earlier = np.array([chances(Category.INBRAAK, 0.9), chances(Category.AFVAL, 0.9)])
    assert top(carry_on(chances(Category.GEEN, 0.6), earlier, 0.8)) is Category.AFVAL


def test_a_sure_signal_keeps_its_own_category() -> None:
    earlier = chances(Category.INBRAAK, 0.9)[None, :]
    assert top(carry_on(chances(Category.AFVAL, 0.95), earlier, 0.8)) is Category.AFVAL


def test_small_talk_before_it_changes_nothing() -> None:
    own = chances(Category.GEEN, 0.7)
    assert (carry_on(own, chances(Category.GEEN, 0.9)[None, :], 0.8) == own).all()
