# SPDX-License-Identifier: EUPL-1.2
"""Signals, their texts and the queues they wait in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from core.label import Queue
from core.signal import NewSignal, SignalState
from core.verdict import Verdict
from store.attention import ATTENTION
from store.erasing import erase_signals
from store.labels import take_back
from store.signalrow import (
    SignalRow,
    arrived,
    external_context,
    judged,
    signal_row,
    text_context,
)
from store.tables import groups, queue_items, signals
from store.text import open_text
from store.transaction import Transaction, Values


class Signals:
    """What somebody has to look at; the only place where a citizen's words are kept."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, new: Sequence[NewSignal], message_keys: Mapping[str, str]) -> None:
        """Store signals with their queues; ``message_keys`` maps a signal's id to the key
        that finds it back when its message is edited, deleted or answered."""
        rows = [arrived(signal, message_keys[signal.id], self._tx.sealer) for signal in new]
        self._tx.insert(signals, rows)
        items = [item for signal in new for item in _items(signal)]
        self._tx.insert(queue_items, items)

    def get(self, signal_id: str, *, with_text: bool = False) -> SignalRow:
        """Return the signal; raise ``NotFound``."""
        return self._one(self._tx.row(_by_id(signal_id)), with_text=with_text)

    def by_message(self, message_key: str, *, with_text: bool = False) -> SignalRow | None:
        """Return the signal that a message became, or None; the latest whose text is there."""
        query = sa.select(signals).where(signals.c.message_key == message_key)
        gone = sa.case((signals.c.state == _ERASED, 1), else_=0)
        row = self._tx.row(query.order_by(gone, signals.c.id.desc()).limit(1))
        return self._one(row, with_text=with_text) if row else None

    def of_message(self, message_key: str) -> list[str]:
        """Return the ids of all signals of a message whose text is there, oldest first."""
        query = sa.select(signals.c.id).where(
            signals.c.message_key == message_key, signals.c.state != _ERASED
        )
        return [row.id for row in self._tx.rows(query.order_by(signals.c.id))]

    def queue(
        self,
        tenant: str,
        queue: Queue,
        *,
        limit: int = 200,
        after: str | None = None,
        with_text: bool = False,
        at: datetime | None = None,
        by_age: bool = False,
    ) -> list[SignalRow]:
        """Return what waits in a queue, most urgent first, then oldest first.

        ``after`` is the id of the last signal of the page before. With ``at`` what is snoozed
        at that moment is left out. ``by_age`` sorts without any judgement of the model.
        """
        item = queue_items.c
        order = (item.received_at, item.signal_id)
        place = order if by_age else (item.rank, *order)
        query = sa.select(signals).join(queue_items, item.signal_id == signals.c.id)
        query = query.where(*_waiting(tenant, at), item.queue == queue.value)
        if after is not None:
            last = sa.select(*place).where(item.signal_id == after, item.queue == queue.value)
            if row := self._tx.row(last):
                query = query.where(sa.tuple_(*place) > sa.tuple_(*_bound(row, place)))
        return self._many(query.order_by(*place).limit(limit), with_text=with_text)

    def snoozed(
        self, tenant: str, queue: Queue, at: datetime, *, with_text: bool = False
    ) -> list[SignalRow]:
        """Return what is put off in a queue at that moment, first back first."""
        item = queue_items.c
        query = sa.select(signals).join(queue_items, item.signal_id == signals.c.id)
        query = query.where(*_waiting(tenant), item.queue == queue.value, item.snoozed_until > at)
        return self._many(query.order_by(item.snoozed_until, signals.c.id), with_text=with_text)

    def counts(self, tenant: str, at: datetime | None = None) -> dict[Queue, int]:
        """Return how many signals wait in each queue; with ``at`` without the snoozed ones."""
        item = queue_items.c
        query = sa.select(item.queue, sa.func.count().label("n")).where(*_waiting(tenant, at))
        found = {row.queue: row.n for row in self._tx.rows(query.group_by(item.queue))}
        return {queue: found.get(queue.value, 0) for queue in Queue}

    def of_incident(self, incident_id: str, *, with_text: bool = False) -> list[SignalRow]:
        """Return an incident's signals in the order in which they were written."""
        query = sa.select(signals).where(signals.c.incident_id == incident_id)
        return self._many(query.order_by(signals.c.sent_at, signals.c.id), with_text=with_text)

    def of_group(self, group_id: str, limit: int, *, with_text: bool = False) -> list[SignalRow]:
        """Return a group's latest signals, newest first."""
        query = sa.select(signals).where(signals.c.group_id == group_id)
        return self._many(query.order_by(*_NEWEST).limit(limit), with_text=with_text)

    def of_writer(self, group_id: str, pseudonyms: Collection[str]) -> list[SignalRow]:
        """Return what is kept of a member in a group, newest first; for that member only."""
        query = sa.select(signals).where(
            signals.c.group_id == group_id,
            signals.c.pseudonym.in_(sorted(pseudonyms)),
            signals.c.state != _ERASED,
        )
        return self._many(query.order_by(*_NEWEST), with_text=False)

    def recent(self, tenant: str, limit: int, *, with_text: bool = False) -> list[SignalRow]:
        """Return a tenant's latest signals, newest first, whatever became of them."""
        query = sa.select(signals).where(signals.c.tenant == tenant)
        return self._many(query.order_by(*_NEWEST).limit(limit), with_text=with_text)

    def tenants(self) -> list[str]:
        """Return the tenants that ever had a signal."""
        query = sa.select(signals.c.tenant).distinct().order_by(signals.c.tenant)
        return [row.tenant for row in self._tx.rows(query)]

    def revise(self, signal_id: str, new: NewSignal) -> SignalRow:
        """Replace text and verdict after an edit in the source; state and decisions stay.

        An open signal also comes up in the queues that the new verdict adds, and never leaves
        one by itself: a person may have put it there. ``NotFound`` after erasure.
        """
        row = self._tx.row(_by_id(signal_id).with_for_update())
        if row is None or row.state == SignalState.ERASED.value:
            raise errors.NotFound("no such signal, or its text was erased")
        values = judged(new, signal_id, self._tx.sealer) | {
            "version": row.version + 1,
            "edited": True,
        }
        self._tx.run(sa.update(signals).where(signals.c.id == signal_id).values(**values))
        # Who labelled this signal for research labelled other words.
        take_back(self._tx, signal_id, new.message.received_at)
        if row.state == SignalState.OPEN.value:
            self._requeue(signal_id, new, row.received_at)
        return self.get(signal_id)

    def erase(self, ids: Sequence[str], at: datetime) -> int:
        """Remove texts, spans, places and writers for good; return how many signals it was.

        What waits in a queue or in the outbox for them goes too, and so do the answers to
        questions about them. The bytes leave the files with ``Store.scrub``.
        """
        return erase_signals(self._tx, ids, at)

    def text(self, signal_id: str) -> str:
        """Return the full text; the caller must be allowed to see it and writes the audit."""
        row = self._tx.row(sa.select(signals.c.sealed).where(signals.c.id == signal_id))
        if row is None or row.sealed is None:
            raise errors.NotFound("no such signal, or its text was erased")
        return open_text(self._tx.sealer, row.sealed, text_context(signal_id))

    def external_id(self, signal_id: str) -> str:
        """Return the message's id in its source, needed to answer that very message."""
        row = self._tx.row(sa.select(signals.c.external_sealed).where(signals.c.id == signal_id))
        if row is None or row.external_sealed is None:
            raise errors.NotFound("no such signal, or its text was erased")
        return open_text(self._tx.sealer, row.external_sealed, external_context(signal_id))

    def kept(self, tenant: str, source: str) -> list[tuple[str, str, datetime]]:
        """Return chat, id in the source and moment of every message whose words are kept."""
        query = (
            sa.select(signals.c.id, signals.c.external_sealed, signals.c.sent_at, groups.c.chat)
            .join(groups, groups.c.id == signals.c.group_id)
            .where(
                signals.c.tenant == tenant,
                signals.c.source == source,
                signals.c.state != _ERASED,
                signals.c.external_sealed.is_not(None),
            )
            .order_by(signals.c.id)
        )
        return [
            (
                row.chat,
                open_text(self._tx.sealer, row.external_sealed, external_context(row.id)),
                row.sent_at,
            )
            for row in self._tx.rows(query)
        ]

    def _requeue(self, signal_id: str, new: NewSignal, received_at: datetime) -> None:
        rank, item = _rank(new.verdict), queue_items.c
        mine = sa.update(queue_items).where(item.signal_id == signal_id)
        # What became graver starts to wait anew; what was escalated stays on top.
        anew = {"opened_at": new.message.received_at, **dict.fromkeys(ATTENTION)}
        self._tx.run(mine.where(item.rank > rank).values(anew))
        self._tx.run(mine.where(item.rank >= 0).values(rank=rank))
        ours = {"signal_id": signal_id, "received_at": received_at}
        items = [{**item, **ours} for item in _items(new)]
        self._tx.insert_new(queue_items, items, queue_items.c.queue)

    def _one(self, row: sa.Row[Any] | None, *, with_text: bool) -> SignalRow:
        if row is None:
            raise errors.NotFound("no such signal")
        return self._typed([row], with_text=with_text)[0]

    def _many(self, query: sa.Select[Any], *, with_text: bool) -> list[SignalRow]:
        return self._typed(self._tx.rows(query), with_text=with_text)

    def _typed(self, rows: Sequence[sa.Row[Any]], *, with_text: bool) -> list[SignalRow]:
        queues = self._queues([row.id for row in rows])
        return [
            signal_row(row, queues.get(row.id, ()), self._text(row) if with_text else None)
            for row in rows
        ]

    def _text(self, row: sa.Row[Any]) -> str | None:
        if row.sealed is None:
            return None
        return open_text(self._tx.sealer, row.sealed, text_context(row.id))

    def _queues(self, ids: Sequence[str]) -> dict[str, list[Queue]]:
        item = queue_items.c
        query = sa.select(item.signal_id, item.queue).where(
            item.signal_id.in_(ids), item.state != "moved"
        )
        found: dict[str, list[Queue]] = {}
        for row in self._tx.rows(query.order_by(item.queue.desc())) if ids else ():
            found.setdefault(row.signal_id, []).append(Queue(row.queue))
        return found


_ERASED = SignalState.ERASED.value
_NEWEST = (signals.c.received_at.desc(), signals.c.id.desc())


def _by_id(signal_id: str) -> sa.Select[Any]:
    return sa.select(signals).where(signals.c.id == signal_id)


def _waiting(tenant: str, at: datetime | None = None) -> list[sa.ColumnElement[bool]]:
    item = queue_items.c
    waiting: list[sa.ColumnElement[bool]] = [item.tenant == tenant, item.state == "open"]
    if at is not None:
        waiting.append(sa.or_(item.snoozed_until.is_(None), item.snoozed_until <= at))
    return waiting


def _bound(
    last: sa.Row[Any], place: Sequence[sa.ColumnElement[Any]]
) -> list[sa.ColumnElement[Any]]:
    return [sa.literal(value, column.type) for value, column in zip(last, place, strict=True)]


def _items(signal: NewSignal) -> list[Values]:
    return [
        {
            "signal_id": signal.id,
            "queue": queue.value,
            "tenant": signal.message.tenant,
            "state": "open",
            "rank": _rank(signal.verdict),
            "received_at": signal.message.received_at,
            "opened_at": signal.message.received_at,
        }
        for queue in dict.fromkeys(signal.queues)
    ]


def _rank(verdict: Verdict) -> int:
    return verdict.urgency.rank if verdict.urgency else 2
