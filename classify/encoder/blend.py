# SPDX-License-Identifier: EUPL-1.2
"""Both stages in one answer: a weight for each, and an offset per class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classify.calibrate import fit_scales
from classify.head import Floats


@dataclass(frozen=True, kw_only=True)
class Blend:
    """``first * scores of stage one + second * scores of stage two + shift``."""

    classes: tuple[str, ...]
    first: float
    second: float
    shift: Floats

    def logits(self, first: Floats, second: Floats) -> Floats:
        """Return log odds; arguments and answer have one value per class in the last axis."""
        return np.asarray(self.first * first + self.second * second + self.shift)


def learn_blend(
    classes: Sequence[str], first: Floats, second: Floats, labels: Sequence[str]
) -> Blend:
    """Return the blend with the least log loss; the writers must be unseen by both stages."""
    experts = np.stack([first, second], axis=1)
    truth = np.eye(len(classes))[[list(classes).index(label) for label in labels]]
    scales, shift = fit_scales(experts, truth)
    return Blend(
        classes=tuple(classes), first=float(scales[0]), second=float(scales[1]), shift=shift
    )


def pack_blend(blend: Blend) -> dict[str, Any]:
    """Return the blend as plain values."""
    return {
        "classes": list(blend.classes),
        "first": blend.first,
        "second": blend.second,
        "shift": blend.shift,
    }


def unpack_blend(packed: Mapping[str, Any]) -> Blend:
    """Return what ``pack_blend`` packed."""
    return Blend(
        classes=tuple(packed["classes"]),
        first=packed["first"],
        second=packed["second"],
        shift=np.asarray(packed["shift"]),
    )
