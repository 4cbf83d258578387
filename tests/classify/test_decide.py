# SPDX-License-Identifier: EUPL-1.2
"""Decisions follow what mistakes cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from classify import urgency
from classify.decide import Cost, Costs, choose, load_costs
from core import errors
from core.label import SIGNAL_CATEGORIES, Category, Urgency
from core.resources import folder

SHIPPED = folder("data") / "classify" / "thresholds.toml"


def costs(missed: float = 1.0, false_alarm: float = 1.0) -> Costs:
    cost = Cost(missed=missed, false_alarm=false_alarm)
    return Costs(categories=dict.fromkeys(SIGNAL_CATEGORIES, cost))


def chances(signal: float, category: Category = Category.GEWELD) -> dict[Category, float]:
    rest = dict.fromkeys(Category, 0.0)
    return rest | {category: signal, Category.GEEN: 1.0 - signal}


def test_a_likely_signal_is_reported() -> None:
    assert choose(chances(0.9), 0.0, costs()).category is Category.GEWELD


def test_an_unlikely_signal_is_not() -> None:
    assert choose(chances(0.2), 0.0, costs()).category is Category.GEEN


def test_where_missing_costs_more_less_is_needed() -> None:
    assert choose(chances(0.3), 0.0, costs(missed=4.0)).category is Category.GEWELD
    assert choose(chances(0.3), 0.0, costs(missed=1.0)).category is Category.GEEN


def test_a_possible_emergency_needs_less() -> None:
    assert choose(chances(0.4), 1.0, costs()).category is Category.GEWELD


def test_near_the_threshold_a_person_looks() -> None:
    assert choose(chances(0.53), 0.0, costs()).review
    assert not choose(chances(0.95), 0.0, costs()).review


def test_an_uncertain_kind_of_signal_is_looked_at() -> None:
    split = chances(0.45) | {Category.OVERLAST: 0.45, Category.GEEN: 0.10}
    assert choose(split, 0.0, costs()).review


def test_an_emergency_is_said_before_it_is_likely() -> None:
    spoed = {Urgency.SPOED: 0.3, Urgency.ACTUEEL: 0.4, Urgency.NIET_URGENT: 0.3}
    assert urgency.choose(spoed, costs()) is Urgency.SPOED
    quiet = {Urgency.SPOED: 0.05, Urgency.ACTUEEL: 0.4, Urgency.NIET_URGENT: 0.55}
    assert urgency.choose(quiet, costs()) is Urgency.NIET_URGENT


def test_the_shipped_costs_weigh_violence_above_litter() -> None:
    shipped = load_costs(SHIPPED).categories
    assert shipped[Category.GEWELD].threshold < shipped[Category.AFVAL].threshold


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[costs.afval]", "[costs.rommel]", "rommel is no signal category"),
        ("missed = 2.5", "missed = 0", "missed must be a number above 0"),
        ("below = 0.50", "below = 2", "below must be between 0 and 1"),
        ("[costs.afval]\nmissed = 1.0\n", "[costs.afval]\n", "'missed' is missing"),
        ("[review]", "[review", "thresholds.toml"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    file = tmp_path / "thresholds.toml"
    content = SHIPPED.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(errors.ConfigurationError, match=said):
        load_costs(file)
