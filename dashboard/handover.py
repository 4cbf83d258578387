# SPDX-License-Identifier: EUPL-1.2
"""What the next shift must know: what came, what waits, what was decided; in roles, not names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import AMSTERDAM
from core.label import Category, Queue, Urgency
from core.selection import Selection
from core.signal import Act
from store.overview import Item
from store.work import Work

#: Length of one line of the digest.
SLOT = timedelta(minutes=30)
#: What waits is listed up to so many.
WAITING = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One half hour."""

    start: datetime
    came: int
    urgent: int
    decided: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Handover:
    """A shift, told in numbers, and the signals that still wait."""

    since: datetime
    until: datetime
    came: int
    by_urgency: dict[Urgency, int]
    by_category: dict[Category, int]
    #: All that waits, also from before this shift.
    open: int
    open_urgent: int
    #: When the signal that waits longest came in.
    oldest: datetime | None
    waiting: tuple[Item, ...]
    #: What people did: (act, role) → how often.
    deeds: dict[tuple[Act, str], int]
    decided: int
    unanswered: int
    stuck: int
    slots: tuple[Slot, ...]


def handover(work: Work, tenant: str, queue: Queue, since: datetime, until: datetime) -> Handover:
    """Return what happened in a queue from ``since`` to ``until``, which is now."""
    arrivals = work.tallies.arrivals(tenant, queue, since)
    deeds = work.tallies.deeds(tenant, queue, since)
    ids = work.overview.ids(tenant, queue, Selection())
    urgent, oldest = work.tallies.waiting(tenant, queue)
    return Handover(
        since=since,
        until=until,
        came=len(arrivals),
        by_urgency=_each(Counter(urgency for _, _, urgency in arrivals), list(Urgency)),
        by_category=dict(Counter(category for _, category, _ in arrivals).most_common()),
        open=len(ids),
        open_urgent=urgent,
        oldest=oldest,
        waiting=tuple(work.overview.items(ids[:WAITING])),
        deeds=dict(Counter((deed.act, deed.role) for deed in deeds).most_common()),
        decided=len(deeds),
        unanswered=work.tallies.unanswered(tenant, queue, since),
        stuck=work.tallies.stuck(tenant, queue),
        slots=_slots(
            since,
            until,
            [(at, urgency) for at, _, urgency in arrivals],
            [deed.at for deed in deeds],
        ),
    )


def half_hour(at: datetime) -> datetime:
    """Return the last whole half hour at or before ``at``, by the Dutch clock."""
    local = at.astimezone(AMSTERDAM)
    return at - timedelta(
        minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond
    )


def _slots(
    since: datetime,
    until: datetime,
    arrivals: list[tuple[datetime, Urgency]],
    deeds: list[datetime],
) -> tuple[Slot, ...]:
    """Return the half hours, latest first."""
    came = Counter(half_hour(at) for at, _ in arrivals)
    urgent = Counter(half_hour(at) for at, urgency in arrivals if urgency is Urgency.SPOED)
    done = Counter(map(half_hour, deeds))
    start, found = half_hour(since), []
    while start <= until:
        slot = Slot(start=start, came=came[start], urgent=urgent[start], decided=done[start])
        found.append(slot)
        start += SLOT
    return tuple(reversed(found))


def _each(counts: Counter[Urgency], names: list[Urgency]) -> dict[Urgency, int]:
    return {name: counts[name] for name in names}
