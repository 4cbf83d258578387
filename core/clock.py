# SPDX-License-Identifier: EUPL-1.2
"""Time as an argument: nobody below the composition root reads the clock itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

#: Residents, operators and Dutch exports speak this time.
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class Clock(Protocol):
    """Tells the time, always with a zone (UTC)."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that only moves when told to; for tests and replays."""

    def __init__(self, at: datetime) -> None:
        self._at = require_zone(at)

    def now(self) -> datetime:
        """Return the moment the clock was set to, in UTC."""
        return self._at

    def advance(self, step: timedelta) -> None:
        """Move the clock forward by ``step``."""
        self._at += step


def require_zone(moment: datetime) -> datetime:
    """Return ``moment`` in UTC; raise ``ValueError`` when it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)
