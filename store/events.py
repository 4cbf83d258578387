# SPDX-License-Identifier: EUPL-1.2
"""What screens are told, replayable from any id (``Last-Event-ID``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store.heads import EVENTS, Head, Heads
from store.tables import events
from store.transaction import Transaction, Values


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something happened that a screen may want to show."""

    id: int
    tenant: str
    #: meldkamer | handhaving | groep | beheer
    channel: str
    #: signal.new | signal.changed | signal.done | signal.escalated | signal.erased | outbox.dead |
    #: answer.new | group.changed | scores.changed | queue.flood | presence.changed
    kind: str
    #: Id of what it is about.
    ref: str
    at: datetime


class Events:
    """The stream of events; ids follow the order of commits and have no gaps."""

    def __init__(self, transaction: Transaction, heads: Heads) -> None:
        self._tx = transaction
        self._heads = heads
        self._waiting: list[Values] = []
        #: How many events this transaction has put.
        self.written = 0

    def put(self, tenant: str, channel: str, kind: str, ref: str, at: datetime) -> None:
        """Add an event; it gets its id when the transaction commits."""
        self._tx.must_write()
        self._waiting.append(
            {"tenant": tenant, "channel": channel, "kind": kind, "ref": ref, "at": at}
        )
        self.written += 1

    def after(
        self,
        tenant: str | None,
        last_id: int,
        limit: int = 500,
        *,
        channels: Sequence[str] = (),
        kinds: Sequence[str] = (),
    ) -> list[Event]:
        """Return the events after ``last_id``, oldest first; None or none: of all."""
        self.flush()
        query = sa.select(events).where(events.c.id > last_id).order_by(events.c.id).limit(limit)
        if tenant is not None:
            query = query.where(events.c.tenant == tenant)
        for column, wanted in ((events.c.channel, channels), (events.c.kind, kinds)):
            if wanted:
                query = query.where(column.in_(wanted))
        return [_event(row) for row in self._tx.rows(query)]

    def first_id(self) -> int:
        """Return the id of the oldest event that is still there; one past the newest without."""
        self.flush()
        return self._tx.scalar(sa.select(sa.func.min(events.c.id))) or self.last_id() + 1

    def last_id(self) -> int:
        """Return the id of the newest event, also when it was pruned; 0 before the first."""
        self.flush()
        return self._heads.get(EVENTS).seq

    def prune(self, before: datetime) -> int:
        """Forget events older than ``before``; return how many."""
        return self._tx.run(sa.delete(events).where(events.c.at < before)).rowcount

    def chains(self) -> set[str]:
        """Return the head that ``flush`` will need, if any."""
        return {EVENTS} if self._waiting else set()

    def flush(self) -> None:
        """Number and insert what waits; locks the head until the commit."""
        if not self._waiting:
            return
        head = self._heads.lock([EVENTS])[EVENTS]
        rows = [{"id": head.seq + n, **row} for n, row in enumerate(self._waiting, start=1)]
        self._waiting = []
        self._tx.insert(events, rows)
        self._heads.move({EVENTS: Head(seq=head.seq + len(rows))})


def _event(row: sa.Row[tuple[object, ...]]) -> Event:
    return Event(**row._asdict())
