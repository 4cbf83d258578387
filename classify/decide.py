# SPDX-License-Identifier: EUPL-1.2
"""From probabilities to a decision, by what each mistake costs; a tenant can change the costs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import errors
from core.label import SIGNAL_CATEGORIES, Category


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a mistake costs; only the ratio counts."""

    missed: float
    false_alarm: float

    @property
    def threshold(self) -> float:
        """Return the probability from which reporting is cheaper than keeping silent."""
        return self.false_alarm / (self.false_alarm + self.missed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Costs:
    """All costs, and when a person should look."""

    categories: Mapping[Category, Cost]
    #: A missed ``spoed`` against a needless one.
    missed_spoed: float = 4.0
    #: How much a sure ``spoed`` lowers the threshold, 0 to 1.
    spoed_lowers: float = 0.5
    #: Certainty of the category under which a person looks.
    review_below: float = 0.5
    #: Distance to the threshold within which a person looks.
    review_margin: float = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The category that is reported, and whether the model was sure."""

    category: Category
    review: bool


def load_costs(path: Path) -> Costs:
    """Read ``thresholds.toml``; raise ``ConfigurationError`` that names what is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _costs(table)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"key {error} is missing" if isinstance(error, KeyError) else str(error)
        raise errors.ConfigurationError(f"{path}: {said}") from error


def choose(probabilities: Mapping[Category, float], spoed: float, costs: Costs) -> Choice:
    """Return the likeliest signal where that is cheaper than silence, else ``geen``."""
    best = max(SIGNAL_CATEGORIES, key=lambda c: probabilities[c])
    signal = 1.0 - probabilities[Category.GEEN]
    threshold = costs.categories[best].threshold * (1.0 - costs.spoed_lowers * spoed)
    near = abs(signal - threshold) < costs.review_margin
    if signal <= threshold:
        return Choice(category=Category.GEEN, review=near)
    certain = probabilities[best] >= costs.review_below
    return Choice(category=best, review=near or not certain)


def _costs(table: Mapping[str, Any]) -> Costs:
    rows = table["costs"]
    unknown = set(rows) - {category.value for category in SIGNAL_CATEGORIES}
    if unknown:
        known = ", ".join(category.value for category in SIGNAL_CATEGORIES)
        raise ValueError(f"costs: {', '.join(sorted(unknown))} is no signal category ({known})")
    categories: dict[Category, Cost] = {
        category: _cost(rows[category.value]) for category in SIGNAL_CATEGORIES
    }
    urgency, review = table.get("urgency", {}), table.get("review", {})
    return Costs(
        categories=categories,
        missed_spoed=_positive("missed_spoed", urgency.get("missed_spoed", 4.0)),
        spoed_lowers=_share("spoed_lowers", urgency.get("spoed_lowers", 0.5)),
        review_below=_share("below", review.get("below", 0.5)),
        review_margin=_share("margin", review.get("margin", 0.1)),
    )


def _cost(row: Mapping[str, Any]) -> Cost:
    return Cost(
        missed=_positive("missed", row["missed"]),
        false_alarm=_positive("false_alarm", row["false_alarm"]),
    )


def _positive(name: str, value: Any) -> float:
    if not isinstance(value, int | float) or not 0 < value < 1e6:
        raise ValueError(f"{name} must be a number above 0")
    return float(value)


def _share(name: str, value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{name} must be between 0 and 1")
    return float(value)
