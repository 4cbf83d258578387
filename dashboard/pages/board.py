# SPDX-License-Identifier: EUPL-1.2
"""The board on the wall: how busy it is and what waits too long, without anybody's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from core.label import Queue
from core.signal import View
from dashboard import words
from dashboard.access import seen_by
from dashboard.lookout import calm
from dashboard.presence import present
from dashboard.shown import Shown
from dashboard.spoken import say
from dashboard.visit import Here, Visit
from store.attention import Attention
from store.work import Work

router = APIRouter(include_in_schema=False)

#: Urgent signals that are listed; more would be too small to read from afar.
LINES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One urgent signal, in words that anybody in the room may read."""

    category: str
    #: Neighbourhood of the group; never an address.
    area: str
    opened_at: datetime
    #: new | raised | taken
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """What the board says of one queue."""

    name: str
    waiting: int
    urgent: int
    #: Urgent ones that nobody picked up.
    alone: int
    people: int
    flood: bool
    lines: tuple[Line, ...]
    #: When the oldest that waits came in.
    oldest: datetime | None


@router.get("/wandbord", name="board")
def board(here: Here) -> Response:
    """Show the queues that this role may watch; never a text, a name or an address."""
    with here.services.store.read() as work:
        shown = Shown(here.services, work, here.tenant)
        walls = [_wall(here, work, shown, queue) for queue in seen_by(here.visitor.role)]
        latest = work.events.last_id()
    return here.page(
        "wandbord.html",
        walls=walls,
        scores=shown.scores,
        latest=latest,
        session=here.visitor.session[:16],
    )


def _wall(here: Visit, work: Work, shown: Shown, queue: Queue) -> Wall:
    slug, now = here.tenant.slug, here.services.clock.now()
    found = [item for item in work.attention.urgent(slug) if item.queue is queue]
    # Without scores nobody knows what is urgent.
    urgent = [i for i in found if not _rests(i, now)] if shown.scores else []
    first = work.signals.queue(slug, queue, limit=1, at=now, by_age=True)
    return Wall(
        name=words.QUEUE[queue],
        waiting=work.signals.counts(slug, now)[queue],
        urgent=len(urgent),
        alone=sum(item.acknowledged_at is None for item in urgent),
        people=len({look.actor for look in present(work, slug, queue, now)}),
        flood=shown.scores and not work.switches.is_on(slug, calm(queue)),
        lines=tuple(_line(here, work, shown, item) for item in urgent[:LINES]),
        oldest=first[0].received_at if first else None,
    )


def _line(here: Visit, work: Work, shown: Shown, item: Attention) -> Line:
    row = work.signals.get(item.signal_id)
    area = work.consent.group(row.group_id).area
    labelled = shown.view(row) is View.FULL
    state = "taken" if item.acknowledged_at else "raised" if item.escalated_at else "new"
    return Line(
        category=here.services.taxonomy[row.category].name if labelled else say("Signaal"),
        area=here.tenant.areas.get(area, area),
        opened_at=item.opened_at,
        state=state,
    )


def _rests(item: Attention, now: datetime) -> bool:
    return item.snoozed_until is not None and item.snoozed_until > now
