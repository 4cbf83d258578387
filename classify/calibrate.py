# SPDX-License-Identifier: EUPL-1.2
"""From scores to probabilities that mean what they say, and to the mix of each kind of source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from classify.head import Floats, Head, softmax
from core.label import Category
from core.message import Origin

#: Share of ``geen`` that each kind of source is known to bring; None: no prior knowledge.
GEEN_SHARE: Mapping[Origin | None, float] = {
    Origin.CHAT: 0.80,
    Origin.PUBLIC: 0.95,
    Origin.REPORT: 0.05,
}

#: Keeps the offsets small where there are few messages.
_CALM = 1e-4


def calibrated(head: Head, scores: Floats, labels: Sequence[str]) -> Head:
    """Return ``head`` with scales and offsets learnt from scores of writers it did not see.

    Each expert of the head gets one scale, each class one offset: few enough numbers to be
    learnt from few messages.
    """
    size = len(head.classes)
    experts = scores.reshape(len(scores), -1, size)
    truth = np.eye(size)[[head.classes.index(label) for label in labels]]
    scales, shift = _fit_scales(experts, truth)
    mix = np.vstack([scale * np.eye(size) for scale in scales])
    return replace(head, mix=mix, shift=shift)


def _fit_scales(experts: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """Minimise the log loss of the scaled sum of experts."""
    from scipy.optimize import minimize

    count = experts.shape[1]

    def loss(numbers: Floats) -> tuple[float, Floats]:
        scales, shift = numbers[:count], numbers[count:]
        chances = softmax(np.einsum("nek,e->nk", experts, scales) + shift)
        error = (chances - truth) / len(truth)
        value = -np.mean(np.log(np.maximum(1e-12, (chances * truth).sum(axis=1))))
        slope = np.concatenate(
            [np.einsum("nek,nk->e", experts, error), error.sum(axis=0) + 2 * _CALM * shift]
        )
        return float(value + _CALM * (shift @ shift)), slope

    start = np.concatenate([np.ones(count), np.zeros(truth.shape[1])])
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return np.asarray(found[:count]), np.asarray(found[count:])


def origin_shift(origin: Origin | None, learnt_share: float) -> float:
    """Return what is added to the log odds of ``geen`` for a kind of source."""
    share = GEEN_SHARE.get(origin, learnt_share)
    return float(_log_odds(share) - _log_odds(learnt_share))


def shift_geen(logits: Floats, classes: Sequence[str], shifts: Sequence[float]) -> Floats:
    """Return ``logits`` with one shift per row on ``geen``."""
    moved = logits.copy()
    moved[:, list(classes).index(Category.GEEN.value)] += np.asarray(shifts)
    return moved


def reliability(confidence: Floats, right: Floats, bins: int = 10) -> list[dict[str, float]]:
    """Return per bin of certainty: how sure, how often right, how many."""
    edges = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        {
            "from": index / bins,
            "to": (index + 1) / bins,
            "count": int((edges == index).sum()),
            "confidence": float(confidence[edges == index].mean()),
            "accuracy": float(right[edges == index].mean()),
        }
        for index in range(bins)
        if (edges == index).any()
    ]


def expected_calibration_error(confidence: Floats, right: Floats, bins: int = 10) -> float:
    """Return the mean gap between how sure and how often right."""
    total = max(1, len(confidence))
    rows = reliability(confidence, right, bins)
    return sum(row["count"] * abs(row["confidence"] - row["accuracy"]) for row in rows) / total


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))
