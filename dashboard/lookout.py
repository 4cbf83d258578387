# SPDX-License-Identifier: EUPL-1.2
"""Keeps an eye on the queues: what nobody picks up, what comes back, and when it gets busy."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from anyio import to_thread

from core.audit import AuditEvent, Tag
from core.identity import MakeId, new_id
from core.label import Queue
from core.step import SYSTEM, Step, StepKind
from core.tenant import Tenant
from dashboard.deed import tell
from dashboard.presence import present
from dashboard.services import Services
from store.attention import Attention
from store.looks import Look
from store.switches import SCORES, Switch
from store.work import Work

log = logging.getLogger(__name__)

#: What was written longer ago than this is history (an export that was handed over).
HISTORY = timedelta(hours=3)
#: Time in which the signals of a flood are counted.
FLOOD_SPAN = timedelta(minutes=10)
#: Screens that were away for longer than this are forgotten.
_FORGET = timedelta(hours=1)


def calm(queue: Queue) -> str:
    """Return the name of the switch that is off while a queue is flooded."""
    return f"calm/{queue.value}"


def arrivals(work: Work, tenant: str, now: datetime) -> dict[Queue, int]:
    """Return how many signals came into each queue lately."""
    since = now - FLOOD_SPAN
    return work.attention.arrivals(tenant, since, since - HISTORY)


class Lookout:
    """Looks at all queues again and again; every finding is a transaction of its own."""

    def __init__(self, services: Services, make_id: MakeId = new_id) -> None:
        self._services = services
        self._make_id = make_id
        self._tidied: datetime | None = None

    async def run(self) -> None:
        """Look around for as long as the server runs."""
        while True:
            try:
                await to_thread.run_sync(self.look_around)
            except Exception as error:  # noqa: BLE001 - it outlives a database that is away
                log.warning("queues could not be looked at: %s", type(error).__name__)
            await asyncio.sleep(self._services.settings.lookout)

    def look_around(self) -> None:
        """Escalate, bring back and tell of floods where that is due now."""
        self._tidy()
        for tenant in self._services.tenants.values():
            now = self._services.clock.now()
            with self._services.store.read() as work:
                scores = work.switches.is_on(tenant.slug, SCORES)
                wait = timedelta(seconds=tenant.escalate_seconds)
                overdue = work.attention.overdue(tenant.slug, now - wait, now - HISTORY)
                rested = work.attention.rested(tenant.slug, now)
                floods = {queue: self._turned(work, tenant, queue, now) for queue in Queue}
            for item in rested:
                self._services.store.attempt(partial(self._wake, item=item, now=now))
            # Urgency is the model's word: without scores nobody is called because of it.
            for item in overdue if scores else ():
                self._services.store.attempt(partial(self._raise, item=item, now=now))
            for queue, on in floods.items():
                if on is not None:
                    self._flood(tenant, queue, now, on=on)

    def _tidy(self) -> None:
        now = self._services.clock.now()
        if self._tidied is None or now - self._tidied >= _FORGET:
            self._tidied = now
            with self._services.store.write() as work:
                work.looks.prune(now - _FORGET)

    def _raise(self, work: Work, item: Attention, now: datetime) -> None:
        to = second(present(work, item.tenant, item.queue, now), item.signal_id)
        if not work.attention.escalate(item.signal_id, item.queue, to, now):
            return
        self._remember(work, item, StepKind.ESCALATED, now, detail=to)
        self._audit(work, item, Tag.SIGNAL_ESCALATED, now, to=to)
        tell(work, item.tenant, (item.queue,), "signal.escalated", item.signal_id, now)

    def _wake(self, work: Work, item: Attention, now: datetime) -> None:
        if not work.attention.wake(item.signal_id, item.queue):
            return
        self._remember(work, item, StepKind.WOKEN, now, detail=item.snoozed_by or "")
        self._audit(work, item, Tag.SNOOZE_ENDED, now, owner=item.snoozed_by or "")
        tell(work, item.tenant, (item.queue,), "signal.new", item.signal_id, now)

    def _turned(self, work: Work, tenant: Tenant, queue: Queue, now: datetime) -> bool | None:
        """Return whether a flood began (True) or ended (False); None when nothing changed.

        It ends at half of what it begins with, so that a queue does not flicker.
        """
        people = {look.actor for look in present(work, tenant.slug, queue, now)}
        limit = tenant.flood_signals * max(1, len(people))
        came = arrivals(work, tenant.slug, now)[queue]
        quiet = work.switches.is_on(tenant.slug, calm(queue))
        if quiet and came > limit:
            return True
        return False if not quiet and came * 2 <= limit else None

    def _flood(self, tenant: Tenant, queue: Queue, now: datetime, *, on: bool) -> None:
        with self._services.store.write() as work:
            to = Switch(on=not on, changed_by=SYSTEM, changed_at=now)
            if work.switches.turn(tenant.slug, calm(queue), to):
                tell(work, tenant.slug, (queue,), "queue.flood", "aan" if on else "uit", now)

    def _remember(
        self, work: Work, item: Attention, kind: StepKind, now: datetime, *, detail: str
    ) -> None:
        step = Step(
            id=self._make_id(now),
            tenant=item.tenant,
            signal_id=item.signal_id,
            kind=kind,
            actor=SYSTEM,
            at=now,
            detail=detail,
        )
        work.steps.add([step])

    def _audit(self, work: Work, item: Attention, tag: Tag, now: datetime, **detail: str) -> None:
        event = AuditEvent(
            tag=tag,
            tenant=item.tenant,
            actor=SYSTEM,
            object=f"signal/{item.signal_id}",
            at=now,
            detail={"queue": item.queue.value, **detail},
        )
        work.audit.write(event)


def second(looks: Sequence[Look], signal_id: str) -> str:
    """Return who should look now; empty when nobody else is there.

    Not somebody who has this very card in hand and did not pick it up; rather somebody with
    free hands than somebody who is busy with another card.
    """
    first = {look.actor for look in looks if look.signal_id == signal_id}
    others = [look for look in looks if look.actor not in first]
    busy = {look.actor for look in others if look.signal_id is not None}
    pool = sorted({look.actor for look in others} - busy) or sorted(busy)
    # Spread over people, and the same answer whoever asks.
    return pool[zlib.crc32(signal_id.encode()) % len(pool)] if pool else ""
