# SPDX-License-Identifier: EUPL-1.2
"""What the demo did, in numbers read from its own database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from buurtsignaal.bootstrap import House
from buurtsignaal.demo import scene


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """Counts over the whole demo."""

    read: int
    dropped: int
    flagged: int
    #: Signals that still wait for a person.
    queued: int
    decided: int
    delivered: int
    dead: int

    def __str__(self) -> str:
        return (
            f"{self.read} read, {self.dropped} dropped, {self.flagged} flagged, "
            f"{self.queued} queued, {self.decided} decided, {self.delivered} delivered, "
            f"{self.dead} undeliverable"
        )


def summarise(house: House) -> Summary:
    """Return the counts so far."""
    counts: Counter[str] = Counter()
    with house.store.read() as work:
        for total in work.counters.totals(scene.TENANT, "2000-01-01"):
            counts[total.kind] += total.n
        queued = sum(work.signals.counts(scene.TENANT).values())
        rows = work.outbox.counts(scene.TENANT)
    return Summary(
        read=counts["read"],
        dropped=counts["dropped"],
        flagged=counts["flagged"],
        queued=queued,
        decided=counts["decided"],
        delivered=rows.get("sent", 0),
        dead=rows.get("dead", 0),
    )
