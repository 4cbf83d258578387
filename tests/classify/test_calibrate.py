# SPDX-License-Identifier: EUPL-1.2
"""Probabilities mean what they say, and move with the kind of source."""

from __future__ import annotations

import numpy as np
import pytest

from classify.calibrate import (
    calibrated,
    expected_calibration_error,
    learn_offsets,
    pack_offsets,
    reliability,
    unpack_offsets,
)
from classify.encoder.blend import learn_blend, pack_blend, unpack_blend
from classify.head import Floats, folded, plain, softmax
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


CLASSES = ("afval", "geen")


def _many(origin: Origin, share: float, size: int = 400) -> tuple[Floats, list[str], list[Origin]]:
    """Return honest log odds of messages with this share of geen."""
    random = np.random.default_rng(5)
    silent = np.arange(size) < share * size
    logits = np.where(silent, 1.5, -1.5)[:, None] * np.array([-0.5, 0.5])
    logits = logits + random.normal(size=(size, 2))
    return logits, ["geen" if s else "afval" for s in silent], [origin] * size


def test_a_source_with_more_noise_is_believed_less() -> None:
    logits, labels, origins = _many(Origin.CHAT, 0.5)
    offsets = learn_offsets(logits, labels, origins, CLASSES)
    # Chats are known to bring 80% geen, these messages hold 50%.
    assert 0.0 < offsets[Origin.CHAT] < np.log(4)
    assert offsets[None] == 0.0


def test_few_messages_of_a_source_leave_the_known_mix_to_decide() -> None:
    logits, labels, origins = _many(Origin.CHAT, 0.5)
    offsets = learn_offsets(logits, labels, origins, CLASSES)
    assert offsets[Origin.PUBLIC] == pytest.approx(np.log(19))
    assert offsets[Origin.REPORT] == pytest.approx(-np.log(19))


def test_offsets_survive_packing() -> None:
    offsets = {None: 0.0, Origin.CHAT: 1.25}
    assert unpack_offsets(pack_offsets(offsets)) == offsets


def test_two_stages_count_as_much_as_they_know() -> None:
    random = np.random.default_rng(6)
    truth = random.integers(0, 2, size=900)
    right = np.eye(2)[truth] * 2.0
    good, noise = right + random.normal(size=(900, 2)), random.normal(size=(900, 2))
    labels = [CLASSES[t] for t in truth]
    blend = learn_blend(CLASSES, noise, good, labels)
    assert abs(blend.first) < 0.2 < blend.second
    again = unpack_blend(pack_blend(blend))
    assert again.logits(noise, good) == pytest.approx(blend.logits(noise, good))
    alone = blend.logits(noise[:1], good[:1])
    assert alone[0] == pytest.approx(blend.logits(noise, good)[0])


def test_reliability_counts_everything_once() -> None:
    rows = reliability(np.array([0.05, 0.55, 1.0]), np.array([0.0, 1.0, 1.0]))
    assert sum(row["count"] for row in rows) == 3
    assert rows[-1]["to"] == 1.0
