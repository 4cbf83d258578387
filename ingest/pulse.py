# SPDX-License-Identifier: EUPL-1.2
"""How a source is doing: when it last answered, how often it failed, when it is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Tells seconds that only go forward, whatever happens to the wall clock.
Seconds = Callable[[], float]


class Pulse:
    """Felt by a connector at each answer and each failure; read by whoever watches over it.

    A source with several places gives each of them a pulse of its own: one that is down does
    not hide behind another that answers.
    """

    def __init__(self, now: Seconds = time.monotonic, *, whole: Pulse | None = None) -> None:
        self._now = now
        self._whole = whole
        self._places: list[Pulse] = []
        self._ok_at: float | None = None
        self._again_at = 0.0
        self._in_a_row = 0
        self._down_since: float | None = None
        #: Failures since the start.
        self.failures = 0

    def place(self) -> Pulse:
        """Return the pulse of one more place of this source."""
        made = Pulse(self._now, whole=self)
        self._places.append(made)
        return made

    def leave(self, place: Pulse) -> None:
        """Forget a place that is not visited any more; its failures stay counted."""
        self._places.remove(place)

    def ok(self) -> None:
        """The source answered."""
        self._ok_at = self._now()
        self._again_at = 0.0
        self._in_a_row = 0
        self._down_since = None
        if self._whole is not None:
            self._whole._ok_at = self._ok_at

    def failed(self, pause: float = 0.0) -> None:
        """The source gave no answer and is left alone for ``pause`` seconds."""
        self.failures += 1
        self._in_a_row += 1
        if self._down_since is None:
            self._down_since = self._now()
        self._again_at = self._now() + pause
        if self._whole is not None:
            self._whole.failures += 1

    @property
    def in_a_row(self) -> int:
        """Failures since the last answer, of the place that is worst off."""
        return max([self._in_a_row, *(place.in_a_row for place in self._places)])

    @property
    def places(self) -> tuple[int, int]:
        """How many places there are, and how many of them do not answer; (0, 0): just one."""
        return len(self._places), sum(place.in_a_row > 0 for place in self._places)

    @property
    def silent(self) -> float | None:
        """Seconds since the first failure in a row of the place that is silent longest."""
        since = [place._down_since for place in self._places if place._down_since is not None]
        return max(0.0, self._now() - min(since)) if since else None

    @property
    def quiet(self) -> float | None:
        """Seconds since the last answer; None when there was none yet."""
        return None if self._ok_at is None else max(0.0, self._now() - self._ok_at)

    @property
    def pause(self) -> float:
        """Seconds until the next try; 0 when nothing is waited for."""
        waiting = [place.pause for place in self._places if place.in_a_row]
        own = self._again_at - self._now()
        return max(0.0, own if self._in_a_row or not waiting else min(waiting))
