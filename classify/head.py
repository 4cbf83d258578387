# SPDX-License-Identifier: EUPL-1.2
"""A linear decision over the columns: weights, and how its scores become probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy import sparse

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Head:
    """One linear classifier; ``scores @ mix + shift`` are its calibrated log odds."""

    classes: tuple[str, ...]
    #: Columns by scores; each expert of the head gives one score per class.
    weights: Floats
    intercept: Floats
    #: Calibration: scores by classes, and one number per class.
    mix: Floats
    shift: Floats

    def scores(self, rows: sparse.csr_array) -> Floats:
        """Return the raw scores for each row."""
        return np.asarray(rows @ self.weights) + self.intercept

    def logits(self, scores: Floats) -> Floats:
        """Return calibrated log odds."""
        # Not a matrix product: BLAS may round a batch unlike one row.
        return np.asarray(np.einsum("ij,jk->ik", scores, self.mix) + self.shift)

    def probabilities(self, rows: sparse.csr_array) -> Floats:
        """Return calibrated probabilities, one row each."""
        return softmax(self.logits(self.scores(rows)))


def softmax(logits: Floats) -> Floats:
    """Return probabilities that sum to 1 in each row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def pack_head(head: Head) -> dict[str, Any]:
    """Return the head as plain values for the artefact; weights in single precision."""
    return {
        "classes": list(head.classes),
        "weights": head.weights.astype(np.float32),
        "intercept": head.intercept,
        "mix": head.mix,
        "shift": head.shift,
    }


def unpack_head(packed: dict[str, Any]) -> Head:
    """Return what ``pack_head`` packed."""
    return Head(
        classes=tuple(packed["classes"]),
        weights=packed["weights"].astype(np.float64),
        intercept=packed["intercept"],
        mix=packed["mix"],
        shift=packed["shift"],
    )


def plain(classes: Sequence[str], experts: Sequence[tuple[Floats, Floats]]) -> Head:
    """Return an uncalibrated head of one or more experts (weights and intercept each)."""
    size = len(classes)
    return Head(
        classes=tuple(classes),
        weights=np.hstack([weights for weights, _ in experts]),
        intercept=np.concatenate([intercept for _, intercept in experts]),
        mix=np.vstack([np.eye(size) for _ in experts]),
        shift=np.zeros(size),
    )


def folded(head: Head) -> Head:
    """Return the same decisions with the calibration worked into one set of weights.

    Weights are rounded as the artefact holds them.
    """
    weights = (head.weights @ head.mix).astype(np.float32).astype(np.float64)
    size = len(head.classes)
    return Head(
        classes=head.classes,
        weights=weights,
        intercept=head.intercept @ head.mix + head.shift,
        mix=np.eye(size),
        shift=np.zeros(size),
    )
