# SPDX-License-Identifier: EUPL-1.2
"""Curves over all thresholds: precision against recall, risk against coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Points that a curve keeps for its picture.
POINTS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """Points ``(x, y)`` from left to right and the area under them."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    area: float


def precision_recall(scores: Floats, positive: Bools) -> Curve:
    """Return precision (y) against recall (x); the area is average precision.

    Step-wise, without interpolation, as in scikit-learn's ``average_precision_score``.
    """
    total = int(positive.sum())
    if not total:
        return Curve(x=(), y=(), area=0.0)
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(positive[order])
    ranks = np.arange(1, len(order) + 1)
    # Equal scores share one threshold: only the last of a run is a point.
    last = np.append(np.diff(scores[order]) != 0, True)
    precision, recall = (hits / ranks)[last], (hits / total)[last]
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    return Curve(x=_thin(recall), y=_thin(precision), area=area)


def risk_coverage(confidence: Floats, right: Bools) -> Curve:
    """Return the share of mistakes (y) among the surest share (x) of messages.

    The area is the AURC of Geifman and El-Yaniv, "Selective classification" (2017).
    """
    if not len(confidence):
        return Curve(x=(), y=(), area=0.0)
    order = np.argsort(-confidence, kind="stable")
    ranks = np.arange(1, len(order) + 1)
    risk = np.cumsum(~right[order]) / ranks
    coverage = ranks / len(order)
    return Curve(x=_thin(coverage), y=_thin(risk), area=float(risk.mean()))


def _thin(values: Floats) -> tuple[float, ...]:
    if len(values) > POINTS:
        values = values[np.linspace(0, len(values) - 1, POINTS).round().astype(int)]
    return tuple(float(v) for v in values)
