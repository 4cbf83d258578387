# SPDX-License-Identifier: EUPL-1.2
"""Counts over signals and decisions, without any word or person; reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core.label import Category, Queue, Urgency
from core.signal import Act, SignalState
from store.tables import (
    accounts,
    answers,
    decisions,
    groups,
    outbox,
    questions,
    queue_items,
    signals,
)
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """When and where one signal was written, for counting; no words, no group."""

    id: str
    state: SignalState
    sent_at: datetime
    area: str
    #: None: not to be seen.
    category: Category | None
    #: Names of the places that the text states.
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One signal that came into a queue."""

    id: str
    state: SignalState
    at: datetime
    category: Category
    urgency: Urgency


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """One standing decision: what, when, and in which role; not by whom."""

    at: datetime
    act: Act
    category: Category
    #: Role of the account; empty when the account is gone.
    role: str


class Tallies:
    """What came, what was decided and what waits, in time and place."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def moments(self, tenant: str, queues: Sequence[Queue], since: datetime) -> list[Moment]:
        """Return where and when signals were written since then; not what people rejected."""
        mine = sa.select(queue_items.c.signal_id).where(
            queue_items.c.tenant == tenant,
            queue_items.c.queue.in_([queue.value for queue in queues]),
            queue_items.c.state != "moved",
        )
        rejected = sa.select(decisions.c.signal_id).where(
            decisions.c.act == Act.REJECT.value, decisions.c.undone_at.is_(None)
        )
        table = signals.c
        columns = (table.id, table.state, table.sent_at, table.category, table.places)
        query = sa.select(*columns, groups.c.area).join(groups, groups.c.id == table.group_id)
        query = query.where(
            signals.c.tenant == tenant,
            signals.c.sent_at >= since,
            signals.c.state != SignalState.ERASED.value,
            signals.c.id.in_(mine),
            signals.c.id.not_in(rejected),
        )
        return [
            Moment(
                id=row.id,
                state=SignalState(row.state),
                sent_at=row.sent_at,
                area=row.area,
                category=Category(row.category),
                places=tuple(dict.fromkeys(p["key"] for p in row.places if p["stated"])),
            )
            for row in self._tx.rows(query)
        ]

    def deeds(self, tenant: str, queue: Queue, since: datetime) -> list[Deed]:
        """Return what was decided in a queue since then, oldest first; undone ones do not count."""
        query = (
            sa.select(decisions, accounts.c.role)
            .join(queue_items, queue_items.c.signal_id == decisions.c.signal_id)
            .outerjoin(accounts, accounts.c.username == decisions.c.actor)
            .where(
                decisions.c.tenant == tenant,
                queue_items.c.queue == queue.value,
                decisions.c.at >= since,
                decisions.c.undone_at.is_(None),
            )
        )
        return [
            Deed(
                at=row.at,
                act=Act(row.act),
                category=Category(row.category or row.category_before),
                role=row.role or "",
            )
            for row in self._tx.rows(query.order_by(decisions.c.at, decisions.c.id))
        ]

    def arrivals(self, tenant: str, queue: Queue, since: datetime) -> list[Arrival]:
        """Return when what came into a queue since then, oldest first."""
        table = signals.c
        query = sa.select(table.id, table.state, table.received_at, table.category, table.urgency)
        query = query.join(queue_items, queue_items.c.signal_id == table.id).where(
            queue_items.c.tenant == tenant,
            queue_items.c.queue == queue.value,
            signals.c.received_at >= since,
        )
        rows = self._tx.rows(query.order_by(signals.c.received_at, signals.c.id))
        return [
            Arrival(
                id=row.id,
                state=SignalState(row.state),
                at=row.received_at,
                category=Category(row.category),
                urgency=Urgency(row.urgency),
            )
            for row in rows
        ]

    def waiting(self, tenant: str, queue: Queue) -> tuple[int, datetime | None]:
        """Return how much of what waits in a queue is urgent, and since when the oldest waits."""
        urgent = sa.func.sum(sa.case((signals.c.urgency == Urgency.SPOED.value, 1), else_=0))
        query = (
            sa.select(urgent.label("n"), sa.func.min(queue_items.c.received_at).label("oldest"))
            .join(queue_items, queue_items.c.signal_id == signals.c.id)
            .where(
                queue_items.c.tenant == tenant,
                queue_items.c.queue == queue.value,
                queue_items.c.state == "open",
            )
        )
        row = self._tx.row(query)
        return (int(row.n or 0), row.oldest) if row else (0, None)

    def unanswered(self, tenant: str, queue: Queue, since: datetime) -> int:
        """Return how many questions were asked since then about a queue without an answer."""
        answered = sa.select(sa.literal(1)).where(answers.c.question_id == questions.c.id)
        query = (
            sa.select(sa.func.count())
            .select_from(questions)
            .join(queue_items, queue_items.c.signal_id == questions.c.signal_id)
            .where(
                questions.c.tenant == tenant,
                queue_items.c.queue == queue.value,
                questions.c.asked_at >= since,
                ~answered.exists(),
            )
        )
        return int(self._tx.scalar(query))

    def stuck(self, tenant: str, queue: Queue) -> int:
        """Return how many letters about a queue's signals did not arrive."""
        query = (
            sa.select(sa.func.count())
            .select_from(outbox)
            .join(queue_items, queue_items.c.signal_id == outbox.c.signal_id)
            .where(
                outbox.c.tenant == tenant,
                outbox.c.state == "dead",
                queue_items.c.queue == queue.value,
            )
        )
        return int(self._tx.scalar(query))
