# SPDX-License-Identifier: EUPL-1.2
"""What the next shift must know: what came, what waits, what was decided; in roles, not names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import AMSTERDAM
from core.label import Category, Queue, Urgency
from core.selection import Selection
from core.signal import Act
from dashboard.shown import Shown
from store.overview import Item
from store.tallies import Arrival
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
    #: None while scores are off.
    urgent: int | None
    decided: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Handover:
    """A shift, told in numbers, and the signals that still wait."""

    since: datetime
    until: datetime
    came: int
    #: Both empty while scores are off.
    by_urgency: dict[Urgency, int]
    by_category: dict[Category, int]
    #: How many came of which the category is not to be seen.
    unlabelled: int
    #: All that waits, also from before this shift and what is put off.
    open: int
    #: None while scores are off.
    open_urgent: int | None
    #: When the signal that waits longest came in.
    oldest: datetime | None
    #: What is not put off, most urgent first; the oldest first while scores are off.
    waiting: tuple[Item, ...]
    #: How many those are in all.
    now: int
    #: What is put off, with until when; first back first.
    snoozed: tuple[tuple[Item, datetime], ...]
    #: Ids of what was escalated and nobody picked up.
    raised: frozenset[str]
    #: What people did: (act, role) → how often.
    deeds: dict[tuple[Act, str], int]
    decided: int
    unanswered: int
    stuck: int
    slots: tuple[Slot, ...]


def handover(
    work: Work, shown: Shown, tenant: str, queue: Queue, since: datetime, until: datetime
) -> Handover:
    """Return what happened in a queue from ``since`` to ``until``, which is now."""
    arrivals = work.tallies.arrivals(tenant, queue, since)
    deeds = work.tallies.deeds(tenant, queue, since)
    ids = work.overview.ids(tenant, queue, Selection(), by_age=not shown.scores)
    urgent, oldest = work.tallies.waiting(tenant, queue)
    apart = work.attention.apart(tenant, queue, until)
    put_off = {a.signal_id: a.snoozed_until for a in apart if (a.snoozed_until or until) > until}
    now = [id for id in ids if id not in put_off]
    labelled = [a.category for a in arrivals if shown.labelled(a.id, a.state)]
    return Handover(
        since=since,
        until=until,
        came=len(arrivals),
        by_urgency=_by_urgency(arrivals) if shown.scores else {},
        by_category=dict(Counter(labelled).most_common()),
        unlabelled=len(arrivals) - len(labelled),
        open=len(ids),
        open_urgent=urgent if shown.scores else None,
        oldest=oldest,
        waiting=tuple(work.overview.items(now[:WAITING])),
        now=len(now),
        snoozed=_snoozed(work, put_off),
        raised=frozenset(a.signal_id for a in apart if a.escalated_at and not a.acknowledged_at),
        deeds=dict(Counter((deed.act, deed.role) for deed in deeds).most_common()),
        decided=len(deeds),
        unanswered=work.tallies.unanswered(tenant, queue, since),
        stuck=work.tallies.stuck(tenant, queue),
        slots=_slots(since, until, arrivals, [deed.at for deed in deeds], scores=shown.scores),
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
    arrivals: list[Arrival],
    deeds: list[datetime],
    *,
    scores: bool,
) -> tuple[Slot, ...]:
    """Return the half hours, latest first."""
    came = Counter(half_hour(a.at) for a in arrivals)
    urgent = Counter(half_hour(a.at) for a in arrivals if a.urgency is Urgency.SPOED)
    done = Counter(map(half_hour, deeds))
    start, found = half_hour(since), []
    while start <= until:
        hurry = urgent[start] if scores else None
        found.append(Slot(start=start, came=came[start], urgent=hurry, decided=done[start]))
        start += SLOT
    return tuple(reversed(found))


def _by_urgency(arrivals: list[Arrival]) -> dict[Urgency, int]:
    counts = Counter(a.urgency for a in arrivals)
    return {urgency: counts[urgency] for urgency in Urgency}


def _snoozed(
    work: Work, put_off: Mapping[str, datetime | None]
) -> tuple[tuple[Item, datetime], ...]:
    untils = sorted((until, id) for id, until in put_off.items() if until is not None)
    items = work.overview.items([id for _, id in untils])
    return tuple(zip(items, (until for until, _ in untils), strict=True))
