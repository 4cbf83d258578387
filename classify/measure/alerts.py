# SPDX-License-Identifier: EUPL-1.2
"""What mistakes cost, with the costs that a municipality stated."""

from __future__ import annotations

from collections.abc import Sequence

from classify.corpus import Example
from classify.decide import Costs
from core.label import Category, Urgency
from core.verdict import Verdict


def alert_score(examples: Sequence[Example], verdicts: Sequence[Verdict], costs: Costs) -> float:
    """Return which share of the cost of staying silent is saved; 1 is perfect, 0 is silence.

    Below 0 the false alarms cost more than the signals are worth. A signal that is flagged under
    another category is not missed; a missed ``spoed`` weighs ``missed_spoed`` times.
    """
    silence = sum(_missed(example, costs) for example in examples)
    if not silence:
        return 0.0
    spent = sum(_cost(e, v, costs) for e, v in zip(examples, verdicts, strict=True))
    return 1.0 - spent / silence


def _cost(example: Example, verdict: Verdict, costs: Costs) -> float:
    if example.category is Category.GEEN:
        return costs.categories[verdict.category].false_alarm if verdict.is_signal else 0.0
    return 0.0 if verdict.is_signal else _missed(example, costs)


def _missed(example: Example, costs: Costs) -> float:
    if example.category is Category.GEEN:
        return 0.0
    weight = costs.missed_spoed if example.urgency is Urgency.SPOED else 1.0
    return weight * costs.categories[example.category].missed
