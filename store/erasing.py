# SPDX-License-Identifier: EUPL-1.2
"""What goes when a signal's text goes: every place where a citizen's words or traces stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import place
from core.incident import IncidentState
from core.signal import SignalState
from core.verdict import Place
from store.exports import mark_erased
from store.tables import (
    answers,
    dossier_notes,
    incidents,
    outbox,
    questions,
    queue_items,
    reports,
    signals,
)
from store.transaction import Transaction

#: Why an incident closed that has no text left.
ERASED = "gewist"

_WAITING = ("pending", "leased")


def erase_signals(tx: Transaction, ids: Sequence[str], at: datetime) -> int:
    """Erase these signals and all that hangs on them; return how many had not been erased."""
    rows = tx.rows(
        sa.select(signals.c.id, signals.c.incident_id)
        .where(signals.c.id.in_(ids), signals.c.state != SignalState.ERASED.value)
        .order_by(signals.c.id)
        .with_for_update()
    )
    gone = [row.id for row in rows]
    if not gone:
        return 0
    _erase_texts(tx, gone)
    _erase_reports(tx, gone)
    _leave_queues(tx, gone)
    _empty_outbox(tx, gone)
    _erase_talks(tx, gone)
    mark_erased(tx, gone, at)
    tx.run(sa.delete(dossier_notes).where(dossier_notes.c.signal_id.in_(gone)))
    for incident_id in sorted({row.incident_id for row in rows}):
        _shrink_incident(tx, incident_id, at)
    return len(gone)


def _erase_texts(tx: Transaction, ids: Sequence[str]) -> None:
    tx.run(
        sa.update(signals)
        .where(signals.c.id.in_(ids))
        .values(
            sealed=None,
            masked=None,
            external_sealed=None,
            pseudonym="",
            evidence=[],
            personal=[],
            places=[],
            state=SignalState.ERASED.value,
            version=signals.c.version + 1,
        )
    )


def _erase_reports(tx: Transaction, ids: Sequence[str]) -> None:
    """What was ticked stays, as the category of a signal does; what tells of a person goes."""
    gone = {
        "part": None,
        "safe": None,
        "happened_at": None,
        "contact_sealed": None,
        "photo_sealed": None,
    }
    tx.run(sa.update(reports).where(reports.c.id.in_(ids)).values(**gone))


def _leave_queues(tx: Transaction, ids: Sequence[str]) -> None:
    open_items = (queue_items.c.signal_id.in_(ids), queue_items.c.state == "open")
    tx.run(sa.update(queue_items).where(*open_items).values(state="done"))


def _empty_outbox(tx: Transaction, ids: Sequence[str]) -> None:
    # A retraction still has to reach whoever got the report; it carries no text.
    theirs = (outbox.c.signal_id.in_(ids), outbox.c.kind != "retract")
    waiting = outbox.c.state.in_(_WAITING)
    tx.run(sa.update(outbox).where(*theirs, waiting).values(state="cancelled", lease_until=None))
    tx.run(sa.update(outbox).where(*theirs).values(sealed=None))


def _erase_talks(tx: Transaction, ids: Sequence[str]) -> None:
    asked = sa.select(questions.c.id).where(questions.c.signal_id.in_(ids))
    tx.run(
        sa.update(answers)
        .where(answers.c.question_id.in_(asked))
        .values(sealed=None, masked=None, pseudonym="")
    )
    tx.run(sa.update(questions).where(questions.c.signal_id.in_(ids)).values(sealed=None))


def forget_places(tx: Transaction, incident_id: str) -> bool:
    """Keep only the places of texts that are still in the incident; say whether any are."""
    left = tx.rows(
        sa.select(signals.c.places).where(
            signals.c.incident_id == incident_id, signals.c.state != SignalState.ERASED.value
        )
    )
    found = [Place(**span) for row in left for span in row.places]
    values: dict[str, Any] = {
        "places": sorted(place.spots(found)),
        "points": [list(point) for point in dict.fromkeys(place.points(found))],
        # Nobody can tell which hashes came from the texts that went, so all of them go.
        "words": [],
    }
    tx.run(sa.update(incidents).where(incidents.c.id == incident_id).values(**values))
    return bool(left)


def _shrink_incident(tx: Transaction, incident_id: str, at: datetime) -> None:
    """Without any text left, the incident closes."""
    if not forget_places(tx, incident_id):
        tx.run(
            sa.update(incidents)
            .where(incidents.c.id == incident_id, incidents.c.state == IncidentState.OPEN.value)
            .values(state=IncidentState.CLOSED.value, closed_at=at, closed_why=ERASED)
        )
