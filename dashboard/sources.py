# SPDX-License-Identifier: EUPL-1.2
"""What people are told about the sources: does each one answer, and if not, since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboard import words
from dashboard.services import ConnectorSeen
from dashboard.spoken import say

#: A source that is away for less than this is nobody's business: networks hiccup.
PATIENCE = timedelta(minutes=2)
#: One that never answered since the start is told of after so many tries.
TRIES = 3


def away(seen: Sequence[ConnectorSeen], now: datetime) -> list[ConnectorSeen]:
    """Return the sources that an operator should know to be out of reach."""
    return [source for source in seen if source.failing and _long(source, now)]


def standing(source: ConnectorSeen) -> str:
    """Say in a few words how a source is doing."""
    if source.failing and 0 < source.down < source.places:
        return say("%(down)s van %(places)s antwoordt niet", down=source.down, places=source.places)
    if source.failing:
        return say("antwoordt niet")
    return say("nog niets gehoord") if source.ok_at is None else say("goed")


def behind(lag: timedelta | None) -> str:
    """Say how long the newest message had been written when it was stored."""
    if lag is None:
        return "–"
    seconds = lag.total_seconds()
    if seconds < 60:
        return say("minder dan 1 minuut")
    if seconds < 3600:
        return say("%(n)s min", n=words.number(seconds / 60, 0))
    return say("%(n)s uur", n=words.number(seconds / 3600, 0))


def _long(source: ConnectorSeen, now: datetime) -> bool:
    heard = source.silent_since or source.ok_at
    if heard is None:
        return source.failures >= TRIES
    return now - heard >= PATIENCE
