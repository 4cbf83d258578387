# SPDX-License-Identifier: EUPL-1.2
"""Agreement figures: worked by hand, symmetric, and 1 when everybody says the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.agreement import (
    cohen_kappa,
    gwet_ac2,
    krippendorff_alpha,
    linear,
    percent_agreement,
    same,
)

SCALE = ("a", "b", "c", "d")
answers = st.sampled_from(SCALE)
pairs = st.lists(st.tuples(answers, answers), min_size=1, max_size=40)
items = st.lists(st.lists(answers, max_size=5), min_size=1, max_size=30)


def table(*rows: tuple[str, str, int]) -> list[tuple[str, str]]:
    return [(one, other) for one, other, times in rows for _ in range(times)]


def coded(*coders: str) -> list[str]:
    """Turn a row per coder into items; a dot is a gap."""
    return ["".join(column).replace(".", "") for column in zip(*coders, strict=True)]


def test_kappa_by_hand() -> None:
    # 50 items: 35 equal, po = 0.7; the first says yes to 25, the second to 30: pe = 0.5.
    found = table(("j", "j", 20), ("j", "n", 5), ("n", "j", 10), ("n", "n", 15))
    assert percent_agreement(found) == pytest.approx(0.7)
    assert cohen_kappa(found) == pytest.approx(0.4)


def test_kappa_below_chance_is_negative() -> None:
    # Never equal, both say each half of the time: (0 - 0.5) / 0.5.
    assert cohen_kappa(table(("j", "n", 5), ("n", "j", 5))) == pytest.approx(-1)


def test_alpha_by_hand_for_two() -> None:
    # 10 items, 4 differ: 8 differing pairs of 20 values, 14 times 0 and 6 times 1.
    # alpha = 1 - 19 * 8 / (2 * 14 * 6).
    found = coded("0100000010", "1110010000")
    assert krippendorff_alpha(found) == pytest.approx(float(1 - Fraction(19 * 8, 168)))
    assert krippendorff_alpha(found) == pytest.approx(0.095, abs=5e-4)


def test_alpha_by_hand_for_four_with_gaps() -> None:
    # Krippendorff's own example with four observers and twelve units; he gives 0.743.
    found = coded("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    assert krippendorff_alpha(found) == pytest.approx(0.743, abs=5e-4)


def test_gwet_by_hand() -> None:
    # pa = 118 / 125; pi(j) = (123 + 120) / 250 = 0.972; pe = 2 * 0.972 * 0.028.
    found = table(("j", "j", 118), ("j", "n", 5), ("n", "j", 2))
    expected = (0.944 - 0.054432) / (1 - 0.054432)
    assert gwet_ac2(found, ("j", "n")) == pytest.approx(expected)
    # Kappa calls the same answers chance: the paradox that AC2 was made for.
    assert cohen_kappa(found) == pytest.approx(-0.0234, abs=5e-4)


def test_gwet_with_linear_weights_by_hand() -> None:
    # Three steps; two items equal, one a step apart: pa = (1 + 1 + 0.5) / 3. Answers: l l, m m,
    # m h, so pi = (1/3, 1/2, 1/6); Tw = 3 + 4 * 0.5 = 5; pe = 5 / 6 * (2/9 + 1/4 + 5/36).
    found = [("l", "l"), ("m", "m"), ("m", "h")]
    agreed = Fraction(5, 6)
    chance = Fraction(5, 6) * (Fraction(2, 9) + Fraction(1, 4) + Fraction(5, 36))
    expected = float((agreed - chance) / (1 - chance))
    assert gwet_ac2(found, ("l", "m", "h"), linear(("l", "m", "h"))) == pytest.approx(expected)


def test_nothing_can_be_said_without_two_answers() -> None:
    alone = [["a"], [], ["b"]]
    assert percent_agreement(alone) is None
    assert krippendorff_alpha(alone) is None
    assert gwet_ac2(alone, SCALE) is None
    assert cohen_kappa([]) is None


@given(st.lists(answers, min_size=1, max_size=20), st.integers(2, 4))
def test_equal_answers_give_one(said: list[str], people: int) -> None:
    everybody = [[answer] * people for answer in said]
    assert percent_agreement(everybody) == 1
    assert krippendorff_alpha(everybody) == pytest.approx(1)
    assert gwet_ac2(everybody, SCALE) == pytest.approx(1)
    assert gwet_ac2(everybody, SCALE, linear(SCALE)) == pytest.approx(1)
    assert cohen_kappa([(answer, answer) for answer in said]) == pytest.approx(1)


@given(pairs)
def test_who_comes_first_does_not_matter(found: list[tuple[str, str]]) -> None:
    turned = [(other, one) for one, other in found]
    assert cohen_kappa(found) == pytest.approx(cohen_kappa(turned))
    assert krippendorff_alpha(found) == pytest.approx(krippendorff_alpha(turned))
    assert gwet_ac2(found, SCALE) == pytest.approx(gwet_ac2(turned, SCALE))


@given(items)
def test_no_figure_is_above_one_and_the_share_is_a_share(found: list[list[str]]) -> None:
    share = percent_agreement(found)
    assume(share is not None)
    assert 0 <= share <= 1  # type: ignore[operator]
    for figure in (krippendorff_alpha(found), gwet_ac2(found, SCALE)):
        assert figure is not None
        assert figure <= 1 + 1e-9


@given(items, st.permutations(SCALE))
def test_other_names_for_the_answers_change_nothing(
    found: list[list[str]], names: list[str]
) -> None:
    renamed = [[names[SCALE.index(answer)] for answer in item] for item in found]
    assert krippendorff_alpha(renamed) == pytest.approx(krippendorff_alpha(found))
    assert gwet_ac2(renamed, SCALE) == pytest.approx(gwet_ac2(found, SCALE))


@given(pairs)
def test_alpha_of_two_nears_kappa_with_shared_habits(found: list[tuple[str, str]]) -> None:
    # For two people alpha is Scott's pi with a correction of (1 - pi) / 2n for few items.
    n = len(found)
    pooled = [answer for pair in found for answer in pair]
    chance = sum((pooled.count(answer) / (2 * n)) ** 2 for answer in set(pooled))
    assume(chance < 1)
    share = sum(same(*pair) for pair in found) / n
    pi = (share - chance) / (1 - chance)
    assert krippendorff_alpha(found) == pytest.approx(pi + (1 - pi) / (2 * n))
