# SPDX-License-Identifier: EUPL-1.2
"""From scores to probabilities that mean what they say, and to the mix of each kind of source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from classify.head import Floats, Head, softmax
from core.label import Category
from core.message import Origin

#: Share of ``geen`` that each kind of source is known to bring; None: no prior knowledge.
GEEN_SHARE: Mapping[Origin, float] = {
    Origin.CHAT: 0.80,
    Origin.PUBLIC: 0.95,
    Origin.REPORT: 0.05,
}
#: Added to the log odds of ``geen`` for each kind of source; None is the unknown source.
Offsets = Mapping[Origin | None, float]
#: A kind of source needs so many signals and so many others to get an offset of its own.
FEWEST = 60

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
    scales, shift = fit_scales(experts, truth)
    mix = np.vstack([scale * np.eye(size) for scale in scales])
    return replace(head, mix=mix, shift=shift)


def fit_scales(experts: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """Return one scale per expert and one offset per class that minimise the log loss.

    ``experts`` is messages by experts by classes, ``truth`` messages by classes.
    """
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


def learn_offsets(
    logits: Floats, labels: Sequence[str], origins: Sequence[Origin | None], classes: Sequence[str]
) -> Offsets:
    """Return what is added to the log odds of ``geen`` for each kind of source.

    For a kind of source with enough messages of both sorts the offset is learnt from these, with
    weights that give ``geen`` its share of ``GEEN_SHARE``; for others it follows from the shares
    alone. Unknown sources keep the mix of all messages.
    """
    silent = np.array([label == Category.GEEN.value for label in labels])
    geen = list(classes).index(Category.GEEN.value)
    offsets: dict[Origin | None, float] = {None: 0.0}
    for origin, share in GEEN_SHARE.items():
        mine = np.array([o is origin for o in origins])
        enough = min((mine & silent).sum(), (mine & ~silent).sum()) >= FEWEST
        if enough:
            weights = np.where(silent, share / (mine & silent).sum(), 0.0)
            weights += np.where(~silent, (1 - share) / (mine & ~silent).sum(), 0.0)
            offsets[origin] = _best_offset(logits[mine], silent[mine], weights[mine], geen)
        else:
            offsets[origin] = _log_odds(share) - _log_odds(float(silent.mean()))
    return offsets


def _best_offset(logits: Floats, silent: NDArray[np.bool_], weights: Floats, geen: int) -> float:
    """Return the offset on ``geen`` with the highest weighted F1 of signals at a half.

    Log loss would choose a higher one: it is content to miss signals that are rare in the mix.
    Where several are best, the middle one.
    """
    tried = np.linspace(-6.0, 6.0, 121)
    scores = []
    for offset in tried:
        moved = logits.copy()
        moved[:, geen] += offset
        said = softmax(moved)[:, geen] < 0.5
        hit = weights[said & ~silent].sum()
        scores.append(2 * hit / max(1e-12, weights[said].sum() + weights[~silent].sum()))
    best = np.isclose(scores, max(scores), atol=1e-9)
    return float(np.median(tried[best]))


def pack_offsets(offsets: Offsets) -> dict[str, float]:
    """Return the offsets as plain values; ``""`` is the unknown source."""
    return {origin.value if origin else "": value for origin, value in offsets.items()}


def unpack_offsets(packed: Mapping[str, float]) -> Offsets:
    """Return what ``pack_offsets`` packed."""
    return {Origin(name) if name else None: value for name, value in packed.items()}


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
