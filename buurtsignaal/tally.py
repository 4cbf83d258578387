# SPDX-License-Identifier: EUPL-1.2
"""Counts of one batch: all that is kept of messages that were no signal."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from core.clock import AMSTERDAM
from core.label import Category
from core.outcome import Outcome
from ingest.admission import Admission
from store.counters import CounterKey

#: Counted for messages on which the classifier broke.
UNREADABLE = "unreadable"


class Tally:
    """Adds up per group and day; the day is the one in which the message reached us."""

    def __init__(self, tenant: str, now: datetime) -> None:
        self._tenant = tenant
        self._day = now.astimezone(AMSTERDAM).date().isoformat()
        self.counts: Counter[CounterKey] = Counter()
        self._read = 0
        self._dropped = 0

    def refused(self, admission: Admission) -> None:
        """Count what the gate dropped; unknown groups have no counter, there is nobody to tell."""
        self._dropped += admission.refused
        for (group, reason), n in admission.dropped.items():
            if group:
                self._add(group, "dropped", reason.value, n)

    def read(self, group: str) -> None:
        """Count a message that was judged."""
        self._read += 1
        self._add(group, "read")

    def unread(self, group: str) -> None:
        """Count a message that could not be judged, or whose group stopped meanwhile."""
        self._dropped += 1
        self._add(group, "dropped", UNREADABLE)

    def flagged(self, group: str, category: Category) -> None:
        """Count a signal."""
        self._add(group, "flagged", category.value)

    def forwarded(self, group: str, category: Category) -> None:
        """Count what left without an operator, for categories that a tenant made automatic."""
        self._add(group, "forwarded", category.value)

    def outcome(self, *, signals: tuple[str, ...], duplicates: int) -> Outcome:
        """Return what the connector is told."""
        return Outcome(
            read=self._read, dropped=self._dropped, duplicates=duplicates, signals=signals
        )

    def _add(self, group: str, kind: str, what: str = "", n: int = 1) -> None:
        key = CounterKey(tenant=self._tenant, group=group, day=self._day, kind=kind, what=what)
        self.counts[key] += n
