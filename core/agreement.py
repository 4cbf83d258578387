# SPDX-License-Identifier: EUPL-1.2
"""How far people who label the same items agree, beyond what chance would bring.

An item is what its labellers answered, in any order; an item with one answer says nothing about
agreement. All figures are 1 when every answer is equal; None where nothing can be said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product

Answers = Sequence[str]
#: How much of an agreement two answers are: 1 for the same, 0 for wholly different.
Weight = Callable[[str, str], float]


def same(one: str, other: str) -> float:
    """Count only equal answers as agreement."""
    return float(one == other)


def linear(scale: Sequence[str]) -> Weight:
    """Return weights for answers in an order: neighbours agree more than the two ends do."""
    steps = max(1, len(scale) - 1)
    place = {answer: at for at, answer in enumerate(scale)}
    return lambda one, other: 1 - abs(place[one] - place[other]) / steps


def percent_agreement(items: Sequence[Answers]) -> float | None:
    """Return the mean share of equal pairs of answers, over the items with two or more."""
    shares = [_equal_pairs(item) for item in items if len(item) > 1]
    return sum(shares) / len(shares) if shares else None


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return kappa of two people who both answered every item.

    ``(po - pe) / (1 - pe)``; ``po`` is the share of equal answers, ``pe`` what the two people's
    own habits would give. Source: J. Cohen, "A coefficient of agreement for nominal scales",
    Educational and Psychological Measurement 20 (1960). Two people who both gave one and the
    same answer throughout agree fully: 1.
    """
    if not pairs:
        return None
    total = len(pairs)
    observed = sum(one == other for one, other in pairs) / total
    first, second = (Counter(answers) for answers in zip(*pairs, strict=True))
    chance = sum(first[answer] * second[answer] for answer in first) / total**2
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)


def krippendorff_alpha(items: Sequence[Answers]) -> float | None:
    """Return alpha for nominal answers; any number of people, gaps allowed.

    ``1 - Do / De`` over the coincidence matrix, in which every item with ``m`` answers gives each
    ordered pair of them a weight of ``1 / (m - 1)``. Source: K. Krippendorff, "Content Analysis"
    (2004), chapter 11. Without any variety in the answers there is no ``De``: 1.
    """
    paired = [item for item in items if len(item) > 1]
    totals = Counter(answer for item in paired for answer in item)
    n = sum(totals.values())
    if not n:
        return None
    differing = sum(len(item) * (1 - _equal_pairs(item)) for item in paired)
    expected = n * n - sum(count * count for count in totals.values())
    return 1.0 if not expected else 1 - (n - 1) * differing / expected


def gwet_ac2(items: Sequence[Answers], scale: Sequence[str], weight: Weight = same) -> float | None:
    """Return AC2, which stays near the share of agreement when one answer is very common.

    ``(pa - pe) / (1 - pe)`` with ``pe = Tw / (q (q - 1)) * sum(pi_k (1 - pi_k))``; ``scale`` are
    the ``q`` possible answers, ``Tw`` the sum of all weights, ``pi_k`` the mean share of answer k.
    With the weights of ``same`` it is AC1. Source: K. L. Gwet, "Handbook of Inter-Rater
    Reliability" (4th edition, 2014), chapters 4 and 5.
    """
    paired = [item for item in items if len(item) > 1]
    if not paired or len(scale) < 2:
        return None
    agreed = sum(_weighted_pairs(item, weight) for item in paired) / len(paired)
    answered = [item for item in items if item]
    shares = [sum(item.count(k) / len(item) for item in answered) / len(answered) for k in scale]
    weights = sum(weight(one, other) for one, other in product(scale, repeat=2))
    q = len(scale)
    chance = weights / (q * (q - 1)) * sum(share * (1 - share) for share in shares)
    return (agreed - chance) / (1 - chance)


def _equal_pairs(item: Answers) -> float:
    """Return the share of equal ordered pairs among the answers to one item."""
    return _weighted_pairs(item, same)


def _weighted_pairs(item: Answers, weight: Weight) -> float:
    counts = Counter(item)
    total = sum(
        counts[one] * (counts[other] * weight(one, other)) for one, other in product(counts, counts)
    )
    return (total - len(item)) / (len(item) * (len(item) - 1))
