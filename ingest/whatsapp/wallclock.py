# SPDX-License-Identifier: EUPL-1.2
"""From the time on somebody's phone to a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

#: Messages stand this much out of order on any day.
_JITTER = timedelta(minutes=5)


class WallClock:
    """Gives each wall-clock time its zone; the hour that comes twice follows the order."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._last: datetime | None = None

    def moment(self, wall: datetime) -> datetime:
        """Return ``wall`` in UTC: the first time it occurs, unless the chat is past that."""
        first = wall.replace(tzinfo=self._zone, fold=0).astimezone(UTC)
        second = wall.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
        # In spring an hour is missing and fold=1 comes out earlier: there is nothing to choose.
        past = self._last is not None and first < self._last - _JITTER < second
        self._last = second if past and first < second else first
        return self._last
