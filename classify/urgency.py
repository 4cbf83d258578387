# SPDX-License-Identifier: EUPL-1.2
"""How fast somebody should look at a signal."""

from __future__ import annotations

from collections.abc import Mapping

from classify.decide import Costs
from classify.head import Floats, Head
from core.label import Urgency


def chances(head: Head, row: Floats) -> dict[Urgency, float]:
    """Return the probability of each urgency from one row of the head's probabilities."""
    return {Urgency(name): float(p) for name, p in zip(head.classes, row, strict=True)}


def choose(probabilities: Mapping[Urgency, float], costs: Costs) -> Urgency:
    """Return the urgency; ``spoed`` already where missing it would cost more."""
    if probabilities.get(Urgency.SPOED, 0.0) > 1.0 / (1.0 + costs.missed_spoed):
        return Urgency.SPOED
    rest = (Urgency.ACTUEEL, Urgency.NIET_URGENT)
    return max(rest, key=lambda urgency: probabilities.get(urgency, 0.0))
