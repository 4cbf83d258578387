# SPDX-License-Identifier: EUPL-1.2
"""The seam of the first stage: compiled where numba is, plain otherwise, with the same answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from classify.head import Floats
from classify.model import Model
from core.label import Category


@dataclass(frozen=True, kw_only=True, slots=True)
class Reasons:
    """What lies behind the choice of a category."""

    #: How much each word speaks for the category, against ``geen``.
    weights: Sequence[float]
    #: The likeliest kind inside the category; None where none was learnt.
    kind: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What the first stage says of messages, one row each."""

    #: Calibrated log odds in the order of each head's classes.
    category: Floats
    urgency: Floats
    first_hand: Floats
    #: Probabilities in the order of ``Category``, for the kind of source each came from.
    chances: Floats
    #: Probabilities in the order of each head's classes.
    speeds: Floats
    hands: Floats
    #: Return the reasons for a category in one row.
    reasons: Callable[[int, Category], Reasons]


class FirstStage(Protocol):
    """Judges the words of messages; a batch equals its members one by one."""

    def judge(self, documents: Sequence[Sequence[str]], offsets: Sequence[float]) -> Judged:
        """Return what there is to say of each list of words.

        ``offsets`` holds per message what its kind of source adds to the log odds of ``geen``.
        """
        ...


def first_stage(model: Model) -> FirstStage:
    """Return the fastest form of the first stage that can run here."""
    from classify.kernel.machine import machine
    from classify.kernel.tables import fits

    ready = machine() if fits(model) else None
    if ready is not None:
        from classify.kernel.stage import CompiledStage

        return CompiledStage(model, ready)
    from classify.plain import PlainStage

    return PlainStage(model)
