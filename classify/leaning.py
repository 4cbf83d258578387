# SPDX-License-Identifier: EUPL-1.2
"""A message that adds to an incident takes the category of that incident, as the guide says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from classify.thread import Thread
from core.label import SIGNAL_CATEGORIES
from core.verdict import Verdict

#: What a thread grants to categories that nobody in it has spoken of; keeps a sure message free
#: to say that the odd man turned out to be a burglar.
_FLOOR = 0.02


def lean_on(thread: Thread, verdict: Verdict) -> Verdict:
    """Return the verdict of a signal with its kind weighed by what the thread is about.

    The probability that it is a signal at all stays as it is; only the kinds share it anew.
    """
    spoken = thread.chances.sum()
    if not verdict.is_signal or spoken <= 0:
        return verdict
    own = np.array([verdict.probabilities[c] for c in SIGNAL_CATEGORIES])
    mixed = own * (thread.chances / spoken + _FLOOR)
    mixed *= own.sum() / mixed.sum()
    best = SIGNAL_CATEGORIES[int(mixed.argmax())]
    chances = dict(verdict.probabilities)
    chances.update(zip(SIGNAL_CATEGORIES, (float(p) for p in mixed), strict=True))
    return replace(
        verdict,
        category=best,
        probability=chances[best],
        probabilities=chances,
        # The kind within another category is not known.
        subcategory=verdict.subcategory if best is verdict.category else None,
    )
