# SPDX-License-Identifier: EUPL-1.2
"""What people decided about signals: first come, first served, and exactly undoable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from core.label import Category, Queue, Urgency
from core.signal import Act, Decision, Reason, SignalState, View
from store.attention import ATTENTION
from store.outbox import Outbox
from store.signalrow import SignalRow
from store.signals import Signals
from store.tables import decisions, queue_items, signals
from store.transaction import Transaction, Values


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRow:
    """A decision as it stands in the store."""

    decision: Decision
    tenant: str
    #: The category that the signal had when the person decided.
    category_before: Category
    undone_at: datetime | None
    undone_by: str | None
    #: What the signal looked like before.
    before: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionStats:
    """How often people agreed with one category; undone decisions do not count."""

    category: Category
    confirmed: int = 0
    rejected: int = 0
    recategorised: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleStats:
    """How people judged what they saw in one way, over all categories."""

    shown: View
    #: Chose what the model had said.
    agreed: int = 0
    rejected: int = 0
    recategorised: int = 0

    @property
    def judged(self) -> int:
        """All judgements."""
        return self.agreed + self.rejected + self.recategorised


class Decisions:
    """A decision names the version it saw; whoever comes second gets ``AlreadyDecided``."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._signals = Signals(transaction)
        self._outbox = Outbox(transaction)

    def decide(self, decision: Decision) -> SignalRow:
        """Carry a decision out and return the signal as it is now.

        ``CONFIRM`` and ``REJECT`` end the signal's wait. ``RECATEGORISE`` does too, unless the
        decision also names a queue: then it goes on waiting there. ``REROUTE`` moves it.
        """
        _check(decision)
        row = self._locked(decision.signal)
        if row.state == SignalState.ERASED.value:
            raise errors.NotFound("the text of this signal was erased")
        if row.state != SignalState.OPEN.value:
            raise errors.AlreadyDecided
        if row.version != decision.seen_version:
            raise errors.AlreadyDecided("the signal changed after it was shown; look again")
        self.add(decision, self._before(row))
        self._change(decision, row)
        return self._signals.get(row.id)

    def add(self, decision: Decision, before: Mapping[str, Any]) -> None:
        """Write a decision down, without carrying it out."""
        tenant = self._tx.scalar(sa.select(signals.c.tenant).where(signals.c.id == decision.signal))
        if tenant is None:
            raise errors.NotFound("no such signal")
        values = {
            "id": decision.id,
            "tenant": tenant,
            "signal_id": decision.signal,
            "act": decision.act.value,
            "actor": decision.actor,
            "at": decision.at,
            "category": decision.category and decision.category.value,
            "category_before": before["category"],
            "queue": decision.queue and decision.queue.value,
            "reason": decision.reason,
            "seen_version": decision.seen_version,
            "shown": decision.shown.value,
            "before": dict(before),
        }
        self._tx.insert(decisions, [values])

    def get(self, decision_id: str) -> DecisionRow:
        """Return the decision; raise ``NotFound``."""
        row = self._tx.row(sa.select(decisions).where(decisions.c.id == decision_id))
        if row is None:
            raise errors.NotFound("no such decision")
        return _decision_row(row)

    def undo(self, decision_id: str, actor: str, at: datetime) -> SignalRow:
        """Put the signal back exactly as it was and cancel what had not left yet.

        ``NotAllowed`` once a worker took any of its outbox rows, after a later decision, after
        erasure, when it was undone already, or when an edit made a new signal that waits now.
        """
        known, row = self._standing(decision_id)
        if self._outbox.started(decision_id):
            raise errors.NotAllowed("the report has left; it can only be retracted")
        return self._take_back(known, row, actor, at)

    def retract(self, decision_id: str, actor: str, at: datetime) -> tuple[SignalRow, list[str]]:
        """Put the signal back after its report left; return it, and who has the report.

        What has not left is cancelled. ``NotAllowed`` where ``undo`` says so for other reasons
        than that it left, when nothing left, and while a report is just being handed over: then
        nobody can tell whether it arrives.
        """
        known, row = self._standing(decision_id)
        self._outbox.started(decision_id)
        reports = [
            letter
            for letter in self._outbox.of_signal(row.id)
            if letter.kind == "report" and letter.decision_id == decision_id
        ]
        if any(letter.state == "leased" for letter in reports):
            raise errors.NotAllowed("the report is being handed over; try again in a minute")
        if not any(letter.state == "sent" for letter in reports):
            raise errors.NotAllowed("nothing left because of this decision")
        self._outbox.cancel_waiting(decision_id)
        told = [letter.target for letter in reports if letter.state == "sent"]
        return self._take_back(known, row, actor, at), told

    def of_signal(self, signal_id: str) -> list[DecisionRow]:
        """Return all decisions about a signal, oldest first, undone ones too."""
        query = sa.select(decisions).where(decisions.c.signal_id == signal_id)
        ordered = query.order_by(decisions.c.seen_version)
        return [_decision_row(row) for row in self._tx.rows(ordered)]

    def stats(self, tenant: str, since: datetime) -> list[DecisionStats]:
        """Return per category how people judged it, in the order of the taxonomy."""
        table = decisions.c
        query = (
            sa.select(table.category_before, table.act, sa.func.count().label("n"))
            .where(table.tenant == tenant, table.at >= since, table.undone_at.is_(None))
            .group_by(table.category_before, table.act)
        )
        counts = {(row.category_before, row.act): row.n for row in self._tx.rows(query)}
        judged = {category for category, _ in counts}
        return [_stats(category, counts) for category in Category if category.value in judged]

    def samples(self, tenant: str, since: datetime) -> dict[View, SampleStats]:
        """Return how people judged with and without the model's opinion on the card."""
        table = decisions.c
        query = (
            sa.select(table.shown, table.act, sa.func.count().label("n"))
            .where(table.tenant == tenant, table.at >= since, table.undone_at.is_(None))
            .group_by(table.shown, table.act)
        )
        counts = {(row.shown, row.act): row.n for row in self._tx.rows(query)}
        return {view: _sample(view, counts) for view in View}

    def explain(self, decision_id: str, reason: Reason) -> DecisionRow:
        """Write down why something was no signal; ``NotAllowed`` for any other decision."""
        rejected = (
            decisions.c.id == decision_id,
            decisions.c.act == Act.REJECT.value,
            decisions.c.undone_at.is_(None),
        )
        known = self.get(decision_id)
        change = sa.update(decisions).where(*rejected).values(reason=reason.value)
        if self._tx.run(change).rowcount == 0:
            raise errors.NotAllowed("only a standing rejection has a reason")
        return known

    def reasons(self, tenant: str, since: datetime) -> dict[Reason, int]:
        """Return how often each reason was given."""
        table = decisions.c
        query = (
            sa.select(table.reason, sa.func.count().label("n"))
            .where(table.tenant == tenant, table.at >= since, table.undone_at.is_(None))
            .group_by(table.reason)
        )
        counts = {row.reason: row.n for row in self._tx.rows(query)}
        return {reason: counts[reason.value] for reason in Reason if reason.value in counts}

    def _standing(self, decision_id: str) -> tuple[DecisionRow, sa.Row[Any]]:
        """Return the decision and its signal, locked, while it is the last word."""
        known = self.get(decision_id)
        row = self._locked(known.decision.signal)
        if row.state == SignalState.ERASED.value:
            raise errors.NotAllowed("the text of this signal was erased")
        if self._last(row.id) != decision_id:
            raise errors.NotAllowed("this was undone already, or somebody decided again after it")
        if self._overtaken(row):
            raise errors.NotAllowed("the message was edited since and waits as a new signal")
        return known, row

    def _take_back(
        self, known: DecisionRow, row: sa.Row[Any], actor: str, at: datetime
    ) -> SignalRow:
        self._outbox.cancel_for_decision(known.decision.id)
        self._restore(row, known)
        self._tx.run(
            sa.update(decisions)
            .where(decisions.c.id == known.decision.id)
            .values(undone_at=at, undone_by=actor)
        )
        return self._signals.get(row.id)

    def _locked(self, signal_id: str) -> sa.Row[Any]:
        query = sa.select(signals).where(signals.c.id == signal_id)
        row = self._tx.row(query.with_for_update())
        if row is None:
            raise errors.NotFound("no such signal")
        return row

    def _before(self, row: sa.Row[Any]) -> Values:
        items = sa.select(queue_items).where(queue_items.c.signal_id == row.id)
        return {
            "state": row.state,
            "category": row.category,
            "subcategory": row.subcategory,
            "queues": {item.queue: item.state for item in self._tx.rows(items)},
        }

    def _change(self, decision: Decision, row: sa.Row[Any]) -> None:
        values: dict[str, Any] = {"version": row.version + 1}
        if decision.category is not None and decision.category.value != row.category:
            values |= {"category": decision.category.value, "subcategory": None}
        if decision.queue is None:
            values["state"] = SignalState.DECIDED.value
            self._set_items(row.id, "done")
        else:
            self._set_items(row.id, "moved")
            self._open_item(row, decision.queue, decision.at)
        self._tx.run(sa.update(signals).where(signals.c.id == row.id).values(**values))

    def _set_items(self, signal_id: str, state: str) -> None:
        items = (queue_items.c.signal_id == signal_id, queue_items.c.state == "open")
        self._tx.run(sa.update(queue_items).where(*items).values(state=state))

    def _open_item(self, row: sa.Row[Any], queue: Queue, at: datetime) -> None:
        item = {
            "signal_id": row.id,
            "queue": queue.value,
            "tenant": row.tenant,
            "state": "open",
            "rank": Urgency(row.urgency).rank,
            "received_at": row.received_at,
            "opened_at": at,
            # Whoever had it before: the people of this queue have not seen it yet.
            **dict.fromkeys(ATTENTION),
        }
        insert = self._tx.upsert(queue_items).values(item)
        fresh = {name: insert.excluded[name] for name in ("state", "opened_at", *ATTENTION)}
        self._tx.run(
            insert.on_conflict_do_update(index_elements=["signal_id", "queue"], set_=fresh)
        )

    def _last(self, signal_id: str) -> str | None:
        query = sa.select(decisions.c.id).where(
            decisions.c.signal_id == signal_id, decisions.c.undone_at.is_(None)
        )
        last: str | None = self._tx.scalar(query.order_by(decisions.c.seen_version.desc()).limit(1))
        return last

    def _overtaken(self, row: sa.Row[Any]) -> bool:
        """Whether the message waits as another signal: nobody should judge one message twice."""
        query = sa.select(signals.c.id).where(
            signals.c.message_key == row.message_key,
            signals.c.id != row.id,
            signals.c.state == SignalState.OPEN.value,
        )
        return self._tx.row(query) is not None

    def _restore(self, row: sa.Row[Any], known: DecisionRow) -> None:
        before = known.before
        values: dict[str, Any] = {"version": row.version + 1, "state": before["state"]}
        if known.decision.category is not None:
            values |= {"category": before["category"], "subcategory": before["subcategory"]}
        self._tx.run(sa.update(signals).where(signals.c.id == row.id).values(**values))
        item = queue_items.c
        for name, state in before["queues"].items():
            where = (item.signal_id == row.id, item.queue == name)
            self._tx.run(sa.update(queue_items).where(*where).values(state=state))
        queue = known.decision.queue
        if queue is not None and queue.value not in before["queues"]:
            opened = (item.signal_id == row.id, item.queue == queue.value)
            self._tx.run(sa.delete(queue_items).where(*opened))


def _check(decision: Decision) -> None:
    recategorise = decision.act is Act.RECATEGORISE
    if recategorise != (decision.category is not None) or decision.category is Category.GEEN:
        raise errors.BadInput("a category other than 'geen' goes with another category, only")
    if decision.act is Act.REROUTE and decision.queue is None:
        raise errors.BadInput("rerouting needs the queue it goes to")
    if decision.act in (Act.CONFIRM, Act.REJECT) and decision.queue is not None:
        raise errors.BadInput("what is confirmed or rejected goes to no other queue")


def _stats(category: Category, counts: Mapping[tuple[str, str], int]) -> DecisionStats:
    return DecisionStats(
        category=category,
        confirmed=counts.get((category.value, Act.CONFIRM.value), 0),
        rejected=counts.get((category.value, Act.REJECT.value), 0),
        recategorised=counts.get((category.value, Act.RECATEGORISE.value), 0),
    )


def _sample(view: View, counts: Mapping[tuple[str, str], int]) -> SampleStats:
    return SampleStats(
        shown=view,
        agreed=counts.get((view.value, Act.CONFIRM.value), 0),
        rejected=counts.get((view.value, Act.REJECT.value), 0),
        recategorised=counts.get((view.value, Act.RECATEGORISE.value), 0),
    )


def _decision_row(row: sa.Row[Any]) -> DecisionRow:
    return DecisionRow(
        decision=Decision(
            id=row.id,
            signal=row.signal_id,
            act=Act(row.act),
            actor=row.actor,
            at=row.at,
            category=Category(row.category) if row.category else None,
            queue=Queue(row.queue) if row.queue else None,
            reason=row.reason,
            seen_version=row.seen_version,
            shown=View(row.shown),
        ),
        tenant=row.tenant,
        category_before=Category(row.category_before),
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        before=row.before,
    )
