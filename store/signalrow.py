# SPDX-License-Identifier: EUPL-1.2
"""A stored signal with real types, and how its columns become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.label import Category, Queue, Urgency
from core.message import Origin
from core.signal import NewSignal, SignalState
from core.verdict import Evidence, Personal, PersonalKind, Place, Span, Verdict, mask
from store.seal import Sealer
from store.text import seal_text, storable
from store.transaction import Values


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SignalRow:
    """A signal as it stands in the store."""

    id: str
    tenant: str
    group_id: str
    incident_id: str
    dedup_key: str
    source: str
    message_key: str
    #: HMAC of the writer; empty after erasure.
    pseudonym: str
    origin: Origin
    sent_at: datetime
    received_at: datetime
    category: Category
    subcategory: str | None
    urgency: Urgency
    first_hand: bool | None
    probability: float
    #: What it would be without the words of ``evidence``; None where nothing judged that.
    without: float | None
    probabilities: Mapping[Category, float]
    review: bool
    #: ``name/version`` of the model.
    model: str
    #: The text without personal data; None after erasure.
    masked: str | None
    #: Offsets into the full text; empty after erasure, like the next two.
    evidence: tuple[Evidence, ...]
    personal: tuple[Personal, ...]
    places: tuple[Place, ...]
    #: Names of the rules that brought it where it is.
    route: tuple[str, ...]
    targets: tuple[str, ...]
    state: SignalState
    #: Goes up by one with every change; a decision names the version it saw.
    version: int
    edited: bool
    #: The queues it is in, or was in when it was decided.
    queues: tuple[Queue, ...]
    #: The full text, only where it was asked for with ``with_text=True``.
    text: str | None = None

    def __repr__(self) -> str:
        return f"<SignalRow {self.id} {self.category} {self.state}>"


def text_context(signal_id: str) -> str:
    """Return what a signal's text is sealed for."""
    return f"signal/{signal_id}"


def external_context(signal_id: str) -> str:
    """Return what a signal's message id in the source is sealed for."""
    return f"signal/{signal_id}/external"


def judged(signal: NewSignal, signal_id: str, sealer: Sealer) -> dict[str, Any]:
    """Return the columns that text and verdict fill; they change when a message is edited."""
    verdict, text = signal.verdict, signal.message.text
    return {
        "category": verdict.category.value,
        "subcategory": verdict.subcategory,
        "urgency": (verdict.urgency or Urgency.NIET_URGENT).value,
        "first_hand": verdict.first_hand,
        "probability": verdict.probability,
        "without": verdict.without,
        "probabilities": {c.value: p for c, p in verdict.probabilities.items()},
        "review": verdict.review,
        "model": verdict.model,
        "sealed": seal_text(sealer, text, text_context(signal_id)),
        "masked": storable(mask(text, verdict.personal).text),
        **_spans(verdict),
        "route": list(signal.route),
        "targets": list(signal.targets),
    }


def arrived(signal: NewSignal, message_key: str, sealer: Sealer) -> Values:
    """Return all columns of a new signal."""
    message = signal.message
    return judged(signal, signal.id, sealer) | {
        "id": signal.id,
        "tenant": message.tenant,
        "group_id": message.group,
        "incident_id": signal.incident,
        # Names the revision that made the signal; an edit of it does not change that.
        "dedup_key": message.dedup_key,
        "source": message.source,
        "message_key": message_key,
        "external_sealed": seal_text(sealer, message.external_id, external_context(signal.id)),
        "pseudonym": message.pseudonym,
        "origin": message.origin.value,
        "sent_at": message.sent_at,
        "received_at": message.received_at,
        "state": SignalState.OPEN.value,
    }


def signal_row(row: sa.Row[Any], queues: Sequence[Queue], text: str | None) -> SignalRow:
    """Return the row with real types."""
    return SignalRow(
        id=row.id,
        tenant=row.tenant,
        group_id=row.group_id,
        incident_id=row.incident_id,
        dedup_key=row.dedup_key,
        source=row.source,
        message_key=row.message_key,
        pseudonym=row.pseudonym,
        origin=Origin(row.origin),
        sent_at=row.sent_at,
        received_at=row.received_at,
        category=Category(row.category),
        subcategory=row.subcategory,
        urgency=Urgency(row.urgency),
        first_hand=row.first_hand,
        probability=row.probability,
        without=row.without,
        probabilities={Category(slug): p for slug, p in row.probabilities.items()},
        review=row.review,
        model=row.model,
        masked=row.masked,
        evidence=tuple(Evidence(**span) for span in row.evidence),
        personal=tuple(_personal(span) for span in row.personal),
        places=tuple(Place(**span) for span in row.places),
        route=tuple(row.route),
        targets=tuple(row.targets),
        state=SignalState(row.state),
        version=row.version,
        edited=row.edited,
        queues=tuple(queues),
        text=text,
    )


def _spans(verdict: Verdict) -> Values:
    return {
        "evidence": [_fields(span) for span in verdict.evidence],
        "personal": [_fields(span) | {"kind": span.kind.value} for span in verdict.personal],
        "places": [_fields(span) for span in verdict.places],
    }


def _fields(span: Span) -> dict[str, Any]:
    """Return a span as JSON takes it."""
    names = [name for cls in reversed(type(span).__mro__) for name in getattr(cls, "__slots__", ())]
    return {name: getattr(span, name) for name in names}


def _personal(span: Mapping[str, Any]) -> Personal:
    return Personal(start=span["start"], end=span["end"], kind=PersonalKind(span["kind"]))
