# SPDX-License-Identifier: EUPL-1.2
"""Whether one classifier is better than another on the same messages, or only luckier."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.evaluate import SAMPLES, confusion, macro_f1

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The first classifier against the second; a positive gain means that the first is better."""

    macro_f1: float
    other_macro_f1: float
    gain: float
    #: 95% interval of the gain, bootstrapped over the same messages for both.
    gain_interval: tuple[float, float]
    #: Messages that only the first, only the second had right.
    only_first: int
    only_second: int
    #: Two-sided exact McNemar test over those messages.
    mcnemar_p: float

    def figures(self) -> dict[str, Any]:
        """Return all as plain values."""
        return asdict(self)


def compare(gold: Ints, first: Ints, second: Ints, *, seed: int = 1) -> Comparison:
    """Compare two answers to the same messages; categories as numbers.

    Sources: Efron and Tibshirani, "An introduction to the bootstrap" (1993), paired; McNemar,
    "Note on the sampling error of the difference between correlated proportions" (1947), exact.
    """
    scores = (macro_f1(confusion(gold, first)), macro_f1(confusion(gold, second)))
    one, two = (first == gold), (second == gold)
    only_first, only_second = int((one & ~two).sum()), int((two & ~one).sum())
    return Comparison(
        macro_f1=scores[0],
        other_macro_f1=scores[1],
        gain=scores[0] - scores[1],
        gain_interval=_gain_interval(gold, first, second, seed),
        only_first=only_first,
        only_second=only_second,
        mcnemar_p=mcnemar(only_first, only_second),
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p-value: how odd is this split if both are equally good?"""
    total = only_first + only_second
    if not total:
        return 1.0
    tail = sum(comb(total, k) for k in range(min(only_first, only_second) + 1))
    # Whole numbers until the end: 0.5 ** total alone would be 0 for many messages.
    return min(1.0, 2 * tail / (1 << total))


def _gain_interval(
    gold: Ints, first: Ints, second: Ints, seed: int, samples: int = SAMPLES
) -> tuple[float, float]:
    if not len(gold):
        return 0.0, 0.0
    random = np.random.default_rng(seed)
    gains = []
    for _ in range(samples):
        rows = random.integers(0, len(gold), size=len(gold))
        one = macro_f1(confusion(gold[rows], first[rows]))
        gains.append(one - macro_f1(confusion(gold[rows], second[rows])))
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)
