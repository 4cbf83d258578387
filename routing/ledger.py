# SPDX-License-Identifier: EUPL-1.2
"""What is written down about deliveries: one transaction per outcome, with its audit line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.audit import AuditEvent, Result, Tag
from core.clock import AMSTERDAM
from routing.target import Receipt
from store.counters import CounterKey
from store.database import Store
from store.outbox import OutboxRow
from store.work import Work

#: Called in the transaction that writes a success down: a question learns its message's id.
OnSent = Callable[[Work, OutboxRow, Receipt], None]

#: Where administrators look.
_ADMIN = "beheer"

_TAGS = {
    "report": Tag.REPORT_DISCLOSED,
    "retract": Tag.REPORT_RETRACTED,
    "handover": Tag.REPORT_DISCLOSED,
}


class Ledger:
    """Writes down what became of outbox rows."""

    def __init__(self, store: Store, on_sent: OnSent | None = None) -> None:
        self._store = store
        self._on_sent = on_sent

    def sent(self, row: OutboxRow, receipt: Receipt, at: datetime) -> None:
        """The receiver has it."""

        def deed(work: Work) -> None:
            work.outbox.sent(row.id, at, receipt.reference or None)
            if tag := _TAGS.get(row.kind):
                work.audit.write(_event(row, tag, at, repeated=receipt.repeated))
            if row.kind == "report" and row.decision_id is not None:
                _count(work, row, at)
            if self._on_sent is not None:
                self._on_sent(work, row, receipt)

        self._store.attempt(deed)

    def later(self, row: OutboxRow, due_at: datetime, reason: str) -> None:
        """It is tried again at ``due_at``."""
        self._store.attempt(lambda work: work.outbox.retry(row.id, due_at, reason))

    def postponed(self, row: OutboxRow, due_at: datetime) -> None:
        """It was not tried; it comes up again at ``due_at`` with as many tries left."""
        self._store.attempt(lambda work: work.outbox.postpone(row.id, due_at))

    def untried(self, row: OutboxRow) -> None:
        """It was not tried, and somebody else has it now."""
        self._store.attempt(lambda work: work.outbox.untried(row.id))

    def dead(self, row: OutboxRow, reason: str, at: datetime, *, result: Result) -> None:
        """Nobody tries it any more; a person has to look, and screens say so."""

        def deed(work: Work) -> None:
            work.outbox.dead(row.id, reason, at)
            work.audit.write(_event(row, Tag.REPORT_FAILED, at, result=result))
            for channel in _channels(work, row):
                work.events.put(row.tenant, channel, "outbox.dead", row.id, at)

        self._store.attempt(deed)


def _count(work: Work, row: OutboxRow, at: datetime) -> None:
    """Count a decided signal as forwarded, once however many receivers it has.

    What leaves by itself is counted where it was judged.
    """
    if row.group_id is None or row.signal_id is None or row.payload is None:
        return
    others = [other for other in work.outbox.of_signal(row.signal_id) if other.id != row.id]
    if any(o.state == "sent" and o.decision_id == row.decision_id for o in others):
        return
    key = CounterKey(
        tenant=row.tenant,
        group=row.group_id,
        day=f"{at.astimezone(AMSTERDAM):%Y-%m-%d}",
        kind="forwarded",
        what=str(row.payload.get("category", "")),
    )
    work.counters.add({key: 1})


def _channels(work: Work, row: OutboxRow) -> list[str]:
    """Return whose screens are told: the administrator's and those of the signal's queues."""
    queues = work.signals.get(row.signal_id).queues if row.signal_id else ()
    return [_ADMIN, *(queue.value for queue in queues)]


def _event(
    row: OutboxRow,
    tag: Tag,
    at: datetime,
    *,
    result: Result = Result.DONE,
    repeated: bool = False,
) -> AuditEvent:
    about = f"signal/{row.signal_id}" if row.signal_id else f"outbox/{row.id}"
    return AuditEvent(
        tag=tag,
        tenant=row.tenant,
        actor="system",
        object=about,
        at=at,
        result=result,
        detail={
            "kind": row.kind,
            "target": row.target,
            "outbox": row.id,
            "decision": row.decision_id,
            "automatic": row.automatic,
            "attempts": row.attempts,
            "repeated": repeated,
        },
    )
