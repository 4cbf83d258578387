# SPDX-License-Identifier: EUPL-1.2
"""How a source is doing: when it last answered, how often it failed, when it is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Tells seconds that only go forward, whatever happens to the wall clock.
Seconds = Callable[[], float]


class Pulse:
    """Felt by a connector at each answer and each failure; read by whoever watches over it."""

    def __init__(self, now: Seconds = time.monotonic) -> None:
        self._now = now
        self._ok_at: float | None = None
        self._again_at = 0.0
        #: Failures since the start, and since the last answer.
        self.failures = 0
        self.in_a_row = 0

    def ok(self) -> None:
        """The source answered."""
        self._ok_at = self._now()
        self._again_at = 0.0
        self.in_a_row = 0

    def failed(self, pause: float = 0.0) -> None:
        """The source gave no answer and is left alone for ``pause`` seconds."""
        self.failures += 1
        self.in_a_row += 1
        self._again_at = self._now() + pause

    @property
    def quiet(self) -> float | None:
        """Seconds since the last answer; None when there was none yet."""
        return None if self._ok_at is None else max(0.0, self._now() - self._ok_at)

    @property
    def pause(self) -> float:
        """Seconds until the next try; 0 when nothing is waited for."""
        return max(0.0, self._again_at - self._now())
