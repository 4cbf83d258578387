# SPDX-License-Identifier: EUPL-1.2
"""Ready-made rows for tests that need something in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from core.audit import AuditEvent, Tag
from core.consent import ConsentEvent, ConsentKind
from core.incident import Incident
from core.label import Category, Queue, Urgency
from core.message import Admitted, Change, Origin, Role
from core.signal import Act, Decision, NewSignal
from core.verdict import Evidence, Personal, PersonalKind, Place, Verdict
from store.database import Store
from store.outbox import OutboxRow
from store.signalrow import SignalRow
from store.work import Work

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TENANT = "delft"
GROUP = "group-1"
INCIDENT = "incident-1"
TEXT = "Inbraak gaande bij Jan op de Molenstraat"

_numbers = count(1)


def fresh(kind: str) -> str:
    """Return an id that no other call returns."""
    return f"{kind}-{next(_numbers):06}"


def consent_event(kind: ConsentKind = ConsentKind.GRANTED, **changed: Any) -> ConsentEvent:
    """Return a line of the ledger."""
    given: dict[str, Any] = {"at": NOW, "actor": "beheerder-1", "role": Role.ADMIN}
    return ConsentEvent(kind=kind, **(given | changed))


def verdict(category: Category = Category.INBRAAK, **changed: Any) -> Verdict:
    """Return a verdict about ``TEXT``."""
    given: dict[str, Any] = {
        "category": category,
        "probability": 0.9,
        "probabilities": {category: 0.9, Category.GEEN: 0.1},
        "urgency": Urgency.SPOED,
        "first_hand": True,
        "places": (Place(start=26, end=40, kind="street", key="molenstraat", lat=52.0, lon=4.36),),
        "personal": (Personal(start=19, end=22, kind=PersonalKind.NAME),),
        "evidence": (Evidence(start=0, end=7, weight=1.5),),
        "model": "proef/1",
    }
    return Verdict(**(given | changed))


def admitted(**changed: Any) -> Admitted:
    """Return a message that passed the gate."""
    given: dict[str, Any] = {
        "tenant": TENANT,
        "group": GROUP,
        "source": "telegram",
        "external_id": fresh("message"),
        "pseudonym": "melder-1",
        "dedup_key": fresh("dedup"),
        "sent_at": NOW,
        "received_at": NOW,
        "text": TEXT,
        "origin": Origin.CHAT,
        "change": Change.NEW,
    }
    return Admitted(**(given | changed))


def new_signal(
    *,
    id: str | None = None,
    judged: Verdict | None = None,
    queues: Sequence[Queue] = (Queue.MELDKAMER,),
    incident: str = INCIDENT,
    **message: Any,
) -> NewSignal:
    """Return a judged message; keywords change the message."""
    return NewSignal(
        id=id or fresh("signal"),
        message=admitted(**message),
        verdict=judged or verdict(),
        incident=incident,
        queues=tuple(queues),
        route=("wortel", "politie"),
        targets=("meldkamer-mail",),
    )


def incident(id: str = INCIDENT, **changed: Any) -> Incident:
    """Return an open incident."""
    given: dict[str, Any] = {
        "tenant": TENANT,
        "category": Category.INBRAAK,
        "opened_at": NOW,
        "last_at": NOW,
    }
    return Incident(id=id, **(given | changed))


def prepare(work: Work, group: str = GROUP, incident_id: str = INCIDENT) -> None:
    """Make the group and the incident that signals hang on."""
    work.consent.ensure(TENANT, "telegram", f"chat of {group}", name="Buurt", id=group, at=NOW)
    work.incidents.save(incident(incident_id))


def add(work: Work, *signals: NewSignal) -> None:
    """Store signals, with a message key made of their id."""
    work.signals.add(signals, {signal.id: f"key of {signal.id}" for signal in signals})


def stored_signal(store: Store, **changed: Any) -> SignalRow:
    """Store one signal with its group and incident; return it."""
    signal = new_signal(**changed)
    with store.write() as work:
        prepare(work, signal.message.group, signal.incident)
        add(work, signal)
        return work.signals.get(signal.id)


def decision(signal: SignalRow, act: Act = Act.CONFIRM, **changed: Any) -> Decision:
    """Return a decision about the signal as it was seen."""
    given: dict[str, Any] = {
        "id": fresh("decision"),
        "signal": signal.id,
        "actor": "agnes",
        "at": NOW,
        "seen_version": signal.version,
    }
    return Decision(act=act, **(given | changed))


def outbox_row(**changed: Any) -> OutboxRow:
    """Return a reply for the group; ``kind``, ``signal_id`` … can be given."""
    given: dict[str, Any] = {
        "id": fresh("row"),
        "tenant": TENANT,
        "kind": "reply",
        "target": "group",
        "payload": {"text": "Dank u wel"},
        "idempotency_key": fresh("once"),
        "due_at": NOW,
        "created_at": NOW,
    }
    return OutboxRow(**(given | changed))


def audit_event(tenant: str = TENANT, **changed: Any) -> AuditEvent:
    """Return a deed to be audited."""
    given: dict[str, Any] = {
        "tag": Tag.SIGNAL_COLLECTED,
        "actor": "system",
        "object": "signal/1",
        "at": NOW,
        "detail": {"n": 1},
    }
    return AuditEvent(tenant=tenant, **(given | changed))


def later(**step: float) -> datetime:
    """Return ``NOW`` plus some time."""
    return NOW + timedelta(**step)
