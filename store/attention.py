# SPDX-License-Identifier: EUPL-1.2
"""Who looks at what waits: acknowledged, escalated, put off. None of it decides anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.label import Queue
from store.tables import queue_items, signals
from store.transaction import Transaction

#: Columns that begin anew when a signal comes into a queue.
ATTENTION = (
    *("acknowledged_by", "acknowledged_at"),
    *("escalated_to", "escalated_at"),
    *("snoozed_by", "snoozed_until"),
)
_ESCALATED = -1
_SPOED = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Attention:
    """How a signal waits in one queue."""

    signal_id: str
    tenant: str
    queue: Queue
    #: When it came into this queue, or became urgent there.
    opened_at: datetime
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    #: Account that it went to; empty: nobody in particular.
    escalated_to: str | None = None
    escalated_at: datetime | None = None
    snoozed_by: str | None = None
    snoozed_until: datetime | None = None


class Watch:
    """Acknowledging, escalating and putting off, for one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def of(self, queue: Queue, ids: Collection[str]) -> dict[str, Attention]:
        """Return how these signals wait in a queue."""
        item = queue_items.c
        query = sa.select(queue_items).where(item.queue == queue.value, item.signal_id.in_(ids))
        return {row.signal_id: _attention(row) for row in self._tx.rows(query)} if ids else {}

    def apart(self, tenant: str, queue: Queue, at: datetime) -> list[Attention]:
        """Return what is put off at that moment, or was escalated and nobody acknowledged."""
        item = queue_items.c
        alone = sa.and_(item.escalated_at.is_not(None), item.acknowledged_at.is_(None))
        query = sa.select(queue_items).where(
            *(item.tenant == tenant, item.queue == queue.value, item.state == "open"),
            sa.or_(alone, item.snoozed_until > at),
        )
        return [_attention(row) for row in self._tx.rows(query.order_by(item.signal_id))]

    def acknowledge(self, signal_id: str, queue: Queue, by: str, at: datetime) -> bool:
        """Write down who looks at it; False when somebody did already, or it no longer waits."""
        item = queue_items.c
        mine = _open(signal_id, queue).where(item.acknowledged_at.is_(None))
        rank = sa.case((item.rank < _SPOED, _SPOED), else_=item.rank)
        done = mine.values(acknowledged_by=by, acknowledged_at=at, rank=rank)
        return self._tx.run(done).rowcount == 1

    def overdue(self, tenant: str, before: datetime, written: datetime) -> list[Attention]:
        """Return urgent signals that came before that moment and that nobody acknowledged.

        What was written before ``written`` is history (an export) and calls nobody.
        """
        item = queue_items.c
        query = (
            sa.select(queue_items)
            .join(signals, signals.c.id == item.signal_id)
            .where(
                *(item.tenant == tenant, item.state == "open", item.rank == _SPOED),
                *(item.acknowledged_at.is_(None), item.escalated_at.is_(None)),
                *(item.snoozed_until.is_(None), item.opened_at <= before),
                signals.c.sent_at >= written,
            )
        )
        ordered = query.order_by(item.opened_at, item.signal_id, item.queue)
        return [_attention(row) for row in self._tx.rows(ordered)]

    def escalate(self, signal_id: str, queue: Queue, to: str, at: datetime) -> bool:
        """Put it on top until somebody acknowledges it; False when somebody did already."""
        item = queue_items.c
        mine = _open(signal_id, queue).where(
            item.acknowledged_at.is_(None), item.escalated_at.is_(None)
        )
        raised = mine.values(escalated_to=to, escalated_at=at, rank=_ESCALATED)
        return self._tx.run(raised).rowcount == 1

    def snooze(self, signal_id: str, queue: Queue, by: str, until: datetime) -> bool:
        """Put it off until a moment; False when it no longer waits."""
        put_off = _open(signal_id, queue).values(snoozed_by=by, snoozed_until=until)
        return self._tx.run(put_off).rowcount == 1

    def wake(self, signal_id: str, queue: Queue) -> bool:
        """Bring it back; False when it was not put off (any more)."""
        item = queue_items.c
        mine = _open(signal_id, queue).where(item.snoozed_until.is_not(None))
        return self._tx.run(mine.values(snoozed_by=None, snoozed_until=None)).rowcount == 1

    def rested(self, tenant: str, at: datetime) -> list[Attention]:
        """Return what was put off until that moment or earlier."""
        item = queue_items.c
        query = sa.select(queue_items).where(
            item.tenant == tenant, item.state == "open", item.snoozed_until <= at
        )
        ordered = query.order_by(item.snoozed_until, item.signal_id, item.queue)
        return [_attention(row) for row in self._tx.rows(ordered)]

    def arrivals(self, tenant: str, since: datetime, written: datetime) -> dict[Queue, int]:
        """Return how many signals came into each queue since then, history left out."""
        item = queue_items.c
        query = (
            sa.select(item.queue, sa.func.count().label("n"))
            .join(signals, signals.c.id == item.signal_id)
            .where(item.tenant == tenant, item.opened_at >= since, signals.c.sent_at >= written)
            .group_by(item.queue)
        )
        found = {row.queue: row.n for row in self._tx.rows(query)}
        return {queue: found.get(queue.value, 0) for queue in Queue}

    def urgent(self, tenant: str) -> list[Attention]:
        """Return what is urgent and waits, what was escalated first, then oldest first."""
        item = queue_items.c
        query = sa.select(queue_items).where(
            item.tenant == tenant, item.state == "open", item.rank <= _SPOED
        )
        ordered = query.order_by(item.rank, item.received_at, item.signal_id, item.queue)
        return [_attention(row) for row in self._tx.rows(ordered)]


def _open(signal_id: str, queue: Queue) -> sa.Update:
    item = queue_items.c
    return sa.update(queue_items).where(
        item.signal_id == signal_id, item.queue == queue.value, item.state == "open"
    )


def _attention(row: sa.Row[Any]) -> Attention:
    return Attention(
        signal_id=row.signal_id,
        tenant=row.tenant,
        queue=Queue(row.queue),
        opened_at=row.opened_at,
        **{name: getattr(row, name) for name in ATTENTION},
    )
