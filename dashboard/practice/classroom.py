# SPDX-License-Identifier: EUPL-1.2
"""A lesson that runs: its pace, its pauses, and which signal came from which card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import RLock

from core import errors
from core.clock import Clock
from core.lesson import Card, Lesson
from dashboard.services import Stage
from dashboard.spoken import say

#: Times the pace of the script.
SPEEDS = (0.5, 1.0, 2.0, 4.0)


class Classroom:
    """Lets the messages of a lesson come in when their time is there; for any thread."""

    def __init__(self, lesson: Lesson, stage: Stage, clock: Clock, *, speed: float = 1.0) -> None:
        self.lesson = lesson
        self.stage = stage
        self.started_at = clock.now()
        self._clock = clock
        self._speed = known(speed)
        self._went = timedelta()
        #: None: it stands still.
        self._since: datetime | None = self.started_at
        self._signals: dict[str, Card] = {}
        self._lock = RLock()

    @property
    def speed(self) -> float:
        """How many times as fast as the script says."""
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self._since is None

    @property
    def came(self) -> int:
        """How many messages came in."""
        return len(self._signals)

    @property
    def signals(self) -> Mapping[str, Card]:
        """The card of each signal, in the order in which they came."""
        with self._lock:
            return dict(self._signals)

    def pause(self) -> None:
        """Stand still; who practises can go on with what came in."""
        with self._lock:
            self._settle()
            self._since = None

    def resume(self) -> None:
        """Go on."""
        with self._lock:
            self._settle()
            self._since = self._clock.now()

    def pace(self, speed: float) -> None:
        """Go faster or slower from now on."""
        with self._lock:
            self._settle()
            self._speed = known(speed)

    def advance(self) -> int:
        """Let everything come in whose time is there; return how many messages that were."""
        with self._lock:
            self._settle()
            due = [c for c in self.lesson.cards[len(self._signals) :] if c.after <= self._went]
            if due:
                self._signals |= dict(zip(self.stage.say(due), due, strict=True))
            return len(due)

    def _settle(self) -> None:
        """Count the time until now at the pace that held."""
        if self._since is not None:
            now = self._clock.now()
            self._went += (now - self._since) * self._speed
            self._since = now


def known(speed: float) -> float:
    """Return a speed that there is; raise ``BadInput``."""
    if speed not in SPEEDS:
        raise errors.BadInput(say("Kies een tempo uit de lijst."))
    return speed
