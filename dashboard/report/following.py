# SPDX-License-Identifier: EUPL-1.2
"""What a reporter gets to know of the own report: where it stands and what was asked; no text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.label import Category, Receiver, Taxonomy
from core.signal import Act, SignalState
from core.tenant import Tenant
from dashboard.report.form import Form
from dashboard.report.wording import Wording
from dashboard.words import RECEIVER
from store.decisions import DecisionRow
from store.signalrow import SignalRow
from store.work import Work

_RECEIVER_EN = {
    Receiver.POLITIE: "the police",
    Receiver.GEMEENTE: "the municipality",
    Receiver.BEIDE: "the police or the municipality",
    Receiver.NIEMAND: "nobody",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question of an operator to this reporter."""

    id: str
    at: datetime
    text: str
    answered: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a report stands."""

    reported_at: datetime
    #: Key of the text that says it, and the receiver that it names.
    state: str
    receiver: str
    erased: bool
    questions: tuple[Asked, ...]


def standing_of(
    work: Work, form: Form, message_key: str, taxonomy: Taxonomy, wording: Wording, now: datetime
) -> Standing | None:
    """Return where the report stands that a message became; None when there is none."""
    row = work.signals.by_message(message_key)
    if row is None or form.tenant is None or row.tenant != form.slug:
        return None
    state, category = _state(work, row, form.tenant, now)
    return Standing(
        reported_at=row.received_at,
        state=state,
        receiver=receiver_name(taxonomy, category, row.subcategory, wording),
        erased=row.state is SignalState.ERASED,
        questions=_questions(work, row),
    )


def receiver_name(
    taxonomy: Taxonomy, category: Category, subcategory: str | None, wording: Wording
) -> str:
    """Return who deals with a category, as people say it."""
    receiver = taxonomy.receiver(category, subcategory)
    return RECEIVER[receiver] if wording.lang == "nl" else _RECEIVER_EN[receiver]


def _state(work: Work, row: SignalRow, tenant: Tenant, now: datetime) -> tuple[str, Category]:
    if row.state is SignalState.ERASED:
        return "state_erased", row.category
    # What can still be undone is not told yet.
    known = now - timedelta(seconds=tenant.undo_seconds)
    standing = [
        d
        for d in work.decisions.of_signal(row.id)
        if d.undone_at is None and d.decision.at <= known and d.decision.act is not Act.REROUTE
    ]
    if row.state is SignalState.OPEN or not standing:
        return "state_waiting", row.category
    last = standing[-1]
    return _told(work, row, last), last.decision.category or row.category


def _told(work: Work, row: SignalRow, last: DecisionRow) -> str:
    if last.decision.act is Act.REJECT:
        return "state_closed"
    left = [o for o in work.outbox.of_signal(row.id) if o.kind == "report"]
    sent = any(o.state == "sent" and o.decision_id == last.decision.id for o in left)
    return "state_forwarded" if sent else "state_seen"


def _questions(work: Work, row: SignalRow) -> tuple[Asked, ...]:
    """Return what was asked and has arrived here, as long as the signal's text is there."""
    if row.state is SignalState.ERASED:
        return ()
    return tuple(
        Asked(id=q.id, at=q.asked_at, text=q.text, answered=bool(q.answers))
        for q in work.questions.of_incident(row.incident_id)
        if q.signal_id == row.id and q.to == "reporter" and q.message_key and q.text
    )
