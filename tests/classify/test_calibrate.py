# SPDX-License-Identifier: EUPL-1.2
"""Probabilities mean what they say, and move with the kind of source."""

from __future__ import annotations

import numpy as np
import pytest

from classify.calibrate import (
    calibrated,
    expected_calibration_error,
    origin_shift,
    reliability,
    shift_geen,
)
from classify.head import folded, plain, softmax
from core.message import Origin


def test_too_sure_scores_become_honest() -> None:
    random = np.random.default_rng(3)
    truth = random.integers(0, 3, size=3000)
    honest = np.eye(3)[truth] * 1.2 + random.normal(size=(3000, 3))
    head = plain(["a", "b", "c"], [(np.zeros((1, 3)), np.zeros(3))])
    scores = honest * 8.0
    before = softmax(scores)
    fitted = calibrated(head, scores, ["abc"[t] for t in truth])
    after = softmax(fitted.logits(scores))
    right = (after.argmax(axis=1) == truth).astype(float)
    assert expected_calibration_error(before.max(axis=1), right) > 0.15
    assert expected_calibration_error(after.max(axis=1), right) < 0.04


def test_folding_changes_no_probability() -> None:
    random = np.random.default_rng(4)
    parts = [(random.normal(size=(5, 2)), random.normal(size=2)) for _ in range(2)]
    head = calibrated(plain(["a", "b"], parts), random.normal(size=(40, 4)), ["a", "b"] * 20)
    from scipy import sparse

    rows = sparse.csr_array(random.normal(size=(6, 5)))
    assert folded(head).probabilities(rows) == pytest.approx(head.probabilities(rows), abs=1e-5)


def test_the_known_mix_of_a_source_shifts_geen() -> None:
    shifts = [origin_shift(o, 0.5) for o in (Origin.REPORT, None, Origin.CHAT, Origin.PUBLIC)]
    assert shifts == sorted(shifts)
    assert shifts[1] == 0.0


def test_a_shift_to_the_mix_it_learnt_from_is_none() -> None:
    assert origin_shift(Origin.CHAT, 0.8) == pytest.approx(0.0)


def test_only_geen_moves() -> None:
    moved = shift_geen(np.zeros((2, 3)), ["afval", "geen", "geweld"], [1.0, -1.0])
    assert moved.tolist() == [[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]


def test_reliability_counts_everything_once() -> None:
    rows = reliability(np.array([0.05, 0.55, 1.0]), np.array([0.0, 1.0, 1.0]))
    assert sum(row["count"] for row in rows) == 3
    assert rows[-1]["to"] == 1.0
