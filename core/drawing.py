# SPDX-License-Identifier: EUPL-1.2
"""Which items come into an evaluation room, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, zip_longest
from random import Random
from typing import Protocol, TypeVar

from core.annotation import Lane
from core.label import Category


class Drawable(Protocol):
    """What a model said of something, without its text."""

    @property
    def said(self) -> Category:
        """The category that the model chose."""
        ...

    @property
    def margin(self) -> float:
        """How far the best category was ahead of the next."""
        ...


_D = TypeVar("_D", bound=Drawable)


def draw(candidates: Sequence[_D], lane: Lane, wanted: int, random: Random) -> list[_D]:
    """Return at most ``wanted`` of them; the same candidates and seed give the same draw."""
    if lane is Lane.DOUBT:
        return sorted(candidates, key=lambda c: c.margin)[:wanted]
    mixed = random.sample(candidates, len(candidates))
    if lane is Lane.RANDOM:
        return mixed[:wanted]
    piles = [[c for c in mixed if c.said is category] for category in Category]
    rounds = zip_longest(*piles)
    return [c for c in chain.from_iterable(rounds) if c is not None][:wanted]
