# SPDX-License-Identifier: EUPL-1.2
"""What must leave the house, kept until it did; written in the transaction of the decision."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core import errors
from core.signal import SignalState
from store.columns import Moment
from store.seal import Sealer
from store.tables import outbox, signals
from store.text import storable
from store.transaction import Transaction, Values

_PENDING, _LEASED, _SENT, _DEAD, _CANCELLED = "pending", "leased", "sent", "dead", "cancelled"
_WAITING = (_PENDING, _LEASED)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OutboxRow:
    """One thing for one receiver."""

    id: str
    tenant: str
    #: report | retract | reply | question | tip | invite | handover
    kind: str
    #: Name of a target in the tenant file; ``group`` for what goes back to a group.
    target: str
    #: What is to be said; sealed at rest. None once sent, cancelled or erased.
    payload: Mapping[str, Any] | None
    idempotency_key: str
    #: Not before this moment.
    due_at: datetime
    created_at: datetime
    signal_id: str | None = None
    group_id: str | None = None
    decision_id: str | None = None
    #: True only for a municipal category that the tenant switched to automatic.
    automatic: bool = False
    #: How often a worker tried it, crashed ones included.
    attempts: int = 0
    #: pending | leased | sent | dead | cancelled
    state: str = _PENDING
    last_error: str | None = None
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    #: The receiver's own reference, when it gave one.
    receipt: str | None = None

    def __repr__(self) -> str:
        return f"<OutboxRow {self.id} {self.kind} {self.target} {self.state}>"


class Outbox:
    """Rows are claimed with a lease; a worker that dies loses it and another one goes on."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def put(self, rows: Sequence[OutboxRow]) -> int:
        """Add rows; one whose idempotency key is known is left out. Return how many were new."""
        values = [_values(row, self._tx.sealer) for row in rows]
        return len(self._tx.insert_new(outbox, values, outbox.c.id))

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return which of these idempotency keys are there already."""
        query = sa.select(outbox.c.idempotency_key).where(outbox.c.idempotency_key.in_(keys))
        return {row.idempotency_key for row in self._tx.rows(query)}

    def claim(self, now: datetime, lease: timedelta, limit: int) -> list[OutboxRow]:
        """Take up to ``limit`` due rows, first due first; nobody else gets them before the
        lease ends. Counts an attempt."""
        due = (
            sa.select(outbox)
            .where(outbox.c.state.in_(_WAITING), outbox.c.due_at <= now)
            .order_by(outbox.c.due_at, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        self._tx.must_write()
        rows = self._tx.rows(due)
        until = now + lease
        # ``due_at`` moves along, so that an expired lease is simply due again.
        values = {"state": _LEASED, "lease_until": until, "due_at": until}
        self._tx.run(
            sa.update(outbox)
            .where(outbox.c.id.in_([row.id for row in rows]))
            .values(attempts=outbox.c.attempts + 1, **values)
        )
        return [self._row(row, **values, attempts=row.attempts + 1) for row in rows]

    def get(self, row_id: str) -> OutboxRow:
        """Return the row; raise ``NotFound``."""
        row = self._tx.row(sa.select(outbox).where(outbox.c.id == row_id))
        if row is None:
            raise errors.NotFound("no such outbox row")
        return self._row(row)

    def sent(self, row_id: str, at: datetime, receipt: str | None = None) -> None:
        """Write down that the receiver has it, also when it was cancelled on its way."""
        values = {
            "state": _SENT,
            "sent_at": at,
            "receipt": receipt and storable(receipt)[:200],
            "sealed": None,
            "lease_until": None,
        }
        self._tx.run(sa.update(outbox).where(outbox.c.id == row_id).values(**values))

    def retry(self, row_id: str, due_at: datetime, error: str) -> None:
        """Give a claimed row back, to be tried again at ``due_at``."""
        self._give_back(row_id, state=_PENDING, due_at=due_at, error=error)

    def untried(self, row_id: str) -> None:
        """Take back the attempt that a claim counted and that was not made after all."""
        self._tx.run(
            sa.update(outbox)
            .where(outbox.c.id == row_id, outbox.c.attempts > 0)
            .values(attempts=outbox.c.attempts - 1)
        )

    def postpone(self, row_id: str, due_at: datetime) -> None:
        """Give a claimed row back as it was; it has not been tried."""
        self.untried(row_id)
        self._tx.run(
            sa.update(outbox)
            .where(outbox.c.id == row_id, outbox.c.state == _LEASED)
            .values(state=_PENDING, due_at=due_at, lease_until=None)
        )

    def reword(self, row_id: str, payload: Mapping[str, Any]) -> None:
        """Replace what a row is to say, as long as it has not left."""
        sealed = self._tx.sealer.seal(json.dumps(payload).encode(), payload_context(row_id))
        unsent = (
            outbox.c.id == row_id,
            outbox.c.state.in_((*_WAITING, _DEAD)),
            outbox.c.sealed.is_not(None),
        )
        self._tx.run(sa.update(outbox).where(*unsent).values(sealed=sealed))

    def dead(self, row_id: str, error: str, at: datetime) -> None:
        """Stop trying a claimed row; a person has to look."""
        self._give_back(row_id, state=_DEAD, due_at=at, error=error)

    def resend(self, row_id: str, at: datetime) -> None:
        """Try a dead row again, from attempt 0; ``NotAllowed`` when it is not dead or empty."""
        revived = self._tx.run(
            sa.update(outbox)
            .where(outbox.c.id == row_id, outbox.c.state == _DEAD, outbox.c.sealed.is_not(None))
            .values(state=_PENDING, due_at=at, attempts=0)
        )
        if not revived.rowcount:
            self.get(row_id)
            raise errors.NotAllowed("only a dead letter whose text is still there can be resent")

    def dead_letters(self, tenant: str) -> list[OutboxRow]:
        """Return what could not be handed over, latest first."""
        query = sa.select(outbox).where(outbox.c.tenant == tenant, outbox.c.state == _DEAD)
        return self._many(query.order_by(outbox.c.due_at.desc(), outbox.c.id))

    def of_signal(self, signal_id: str) -> list[OutboxRow]:
        """Return all that ever had to leave for a signal, oldest first."""
        query = sa.select(outbox).where(outbox.c.signal_id == signal_id)
        return self._many(query.order_by(outbox.c.created_at, outbox.c.id))

    def unretracted(
        self, tenant: str, *, decided: datetime, undecided: datetime
    ) -> list[tuple[str, str]]:
        """Return (signal, target) of reports that arrived, whose signal was erased since, and
        of which the receiver has not been told.

        The moments are those before which signals are erased by the clock: of reports that a
        person decided about, and of those that left by themselves. They are left out.
        """
        told = outbox.alias("told")
        gone = signals.c.state == SignalState.ERASED.value
        query = (
            sa.select(outbox.c.signal_id, outbox.c.target)
            .join(signals, signals.c.id == outbox.c.signal_id)
            .where(
                signals.c.tenant == tenant,
                gone,
                signals.c.received_at
                > sa.case(
                    (outbox.c.automatic, sa.literal(undecided, Moment)),
                    else_=sa.literal(decided, Moment),
                ),
            )
            .where(outbox.c.kind == "report", outbox.c.state == _SENT)
            .where(
                ~sa.exists().where(
                    told.c.signal_id == outbox.c.signal_id,
                    told.c.target == outbox.c.target,
                    told.c.kind == "retract",
                    # What was retracted once may have been reported again since.
                    told.c.created_at >= outbox.c.created_at,
                )
            )
            .distinct()
            .order_by(outbox.c.signal_id, outbox.c.target)
        )
        return [(row.signal_id, row.target) for row in self._tx.rows(query)]

    def counts(self, tenant: str) -> dict[str, int]:
        """Return how many rows a tenant has in each state."""
        state = outbox.c.state
        query = sa.select(state, sa.func.count().label("n")).where(outbox.c.tenant == tenant)
        return {row.state: row.n for row in self._tx.rows(query.group_by(state))}

    def next_due(self) -> datetime | None:
        """Return when the next row is due; None when nothing waits."""
        query = sa.select(sa.func.min(outbox.c.due_at)).where(outbox.c.state.in_(_WAITING))
        moment: datetime | None = self._tx.scalar(query)
        return moment

    def oldest_waiting(self, tenant: str) -> datetime | None:
        """Return when what waits longest was written; None when nothing waits."""
        which = (outbox.c.tenant == tenant, outbox.c.state.in_(_WAITING))
        moment: datetime | None = self._tx.scalar(
            sa.select(sa.func.min(outbox.c.created_at)).where(*which)
        )
        return moment

    def cancel_for_decision(self, decision_id: str) -> int:
        """Cancel what no worker has taken yet of a decision; return how many rows."""
        untouched = (outbox.c.attempts == 0, outbox.c.last_error.is_(None))
        return self._cancel(outbox.c.decision_id == decision_id, *untouched)

    def cancel_waiting(self, decision_id: str) -> int:
        """Cancel what no worker has now of a decision, also what was tried in vain."""
        return self._cancel(outbox.c.decision_id == decision_id)

    def cancel_for_group(self, group_id: str) -> int:
        """Cancel what no worker has now of a group, except retractions; return how many rows."""
        return self._cancel(outbox.c.group_id == group_id, outbox.c.kind != "retract")

    def started(self, decision_id: str) -> bool:
        """Whether any row of a decision has been taken by a worker; locks the rows."""
        query = sa.select(outbox).where(outbox.c.decision_id == decision_id)
        rows = self._tx.rows(query.order_by(outbox.c.id).with_for_update())
        return any(
            # A letter that was sent anew starts at attempt 0, but it has been tried.
            row.attempts or row.last_error or row.state not in (_PENDING, _CANCELLED)
            for row in rows
        )

    def tenants(self) -> list[str]:
        """Return the tenants that ever had something to send."""
        query = sa.select(outbox.c.tenant).distinct().order_by(outbox.c.tenant)
        return [row.tenant for row in self._tx.rows(query)]

    def empty_dead(self, tenant: str, before: datetime) -> int:
        """Forget what dead rows made before that moment were to say; return how many."""
        old = (
            outbox.c.tenant == tenant,
            outbox.c.state == _DEAD,
            outbox.c.created_at < before,
            outbox.c.sealed.is_not(None),
        )
        return self._tx.run(sa.update(outbox).where(*old).values(sealed=None)).rowcount

    def empty_handovers(self, before: datetime) -> int:
        """Forget what waited in vain since before that moment for a municipality elsewhere."""
        old = (
            outbox.c.kind == "handover",
            outbox.c.created_at < before,
            outbox.c.sealed.is_not(None),
        )
        return self._tx.run(sa.update(outbox).where(*old).values(sealed=None, state=_DEAD)).rowcount

    def _give_back(self, row_id: str, *, state: str, due_at: datetime, error: str) -> None:
        values = {"state": state, "due_at": due_at, "last_error": storable(error)[:300]}
        self._tx.run(
            sa.update(outbox)
            .where(outbox.c.id == row_id, outbox.c.state == _LEASED)
            .values(lease_until=None, **values)
        )

    def _cancel(self, *which: sa.ColumnElement[bool]) -> int:
        statement = sa.update(outbox).where(outbox.c.state == _PENDING, *which)
        return self._tx.run(statement.values(state=_CANCELLED, sealed=None)).rowcount

    def _many(self, query: sa.Select[Any]) -> list[OutboxRow]:
        return [self._row(row) for row in self._tx.rows(query)]

    def _row(self, row: sa.Row[Any], **changed: Any) -> OutboxRow:
        columns = row._asdict() | changed
        sealed = columns.pop("sealed")
        # Stored for the check of the database only; the payload says it too.
        del columns["category"]
        return OutboxRow(**columns, payload=_payload(self._tx.sealer, row.id, sealed))


def payload_context(row_id: str) -> str:
    """Return what an outbox row's payload is sealed for."""
    return f"outbox/{row_id}"


def _values(row: OutboxRow, sealer: Sealer) -> Values:
    payload = json.dumps(row.payload).encode()
    return {
        "id": row.id,
        "tenant": row.tenant,
        "kind": row.kind,
        "target": row.target,
        "signal_id": row.signal_id,
        "group_id": row.group_id,
        "decision_id": row.decision_id,
        "automatic": row.automatic,
        "category": _category(row),
        "sealed": sealer.seal(payload, payload_context(row.id)),
        "idempotency_key": row.idempotency_key,
        "state": _PENDING,
        "created_at": row.created_at,
        "due_at": row.due_at,
    }


def _category(row: OutboxRow) -> str | None:
    """Return what the report itself says it is about, so that the two cannot differ."""
    said = (row.payload or {}).get("category") if row.kind == "report" else None
    return said if isinstance(said, str) else None


def _payload(sealer: Sealer, row_id: str, sealed: bytes | None) -> Mapping[str, Any] | None:
    if sealed is None:
        return None
    payload: dict[str, Any] = json.loads(sealer.open(sealed, payload_context(row_id)))
    return payload
