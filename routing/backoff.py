# SPDX-License-Identifier: EUPL-1.2
"""How long to wait before trying a receiver again, and when to give up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

#: Gives a number from 0 up to 1; ``random.random`` outside tests.
Random = Callable[[], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """Twice as long each time, with full jitter so that nobody comes back all at once.

    With these numbers a person is told after about twenty minutes that a report did not arrive.
    """

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=10)
    #: Tries before the report becomes a dead letter.
    tries: int = 12
    #: A receiver that asks for more patience than this gets no more.
    patience: timedelta = timedelta(hours=6)

    def wait(self, attempts: int, random: Random, *, asked: float | None = None) -> timedelta:
        """Return how long to wait after ``attempts`` tries; at least what was ``asked`` for."""
        # Capped before it is doubled: two to the thousandth seconds is no time any more.
        doublings = min(max(attempts - 1, 0), 32)
        ceiling = min(self.longest, self.first * (1 << doublings))
        jittered = ceiling * random()
        if asked is None:
            return jittered
        return max(jittered, min(timedelta(seconds=asked), self.patience))

    def spent(self, attempts: int) -> bool:
        """Whether these were all the tries there are."""
        return attempts >= self.tries
