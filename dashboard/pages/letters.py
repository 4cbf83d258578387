# SPDX-License-Identifier: EUPL-1.2
"""What could not be handed over: look, and send again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from dashboard.desk import Desk
from dashboard.shown import Shown
from dashboard.spoken import say
from dashboard.visit import Here, Visit
from store.outbox import OutboxRow
from store.work import Work

router = APIRouter(include_in_schema=False)

_KIND = {
    "report": say("Verstrekking"),
    "retract": say("Intrekking"),
    "reply": say("Antwoord aan de groep"),
    "question": say("Vraag aan de groep"),
    "tip": say("Tip aan de groep"),
    "invite": say("Link voor een groepsbeheerder"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A dead letter as the page shows it; never its words."""

    id: str
    kind: str
    target: str
    category: str
    #: Address of the incident, for operators who may see it.
    incident: str | None
    created_at: datetime
    attempts: int
    error: str
    #: False when the text was erased: there is nothing left to send.
    complete: bool


@router.get("/afleveringen", name="dead-letters")
def letters(here: Here) -> Response:
    """List what did not arrive."""
    with here.services.store.read() as work:
        rows = work.outbox.dead_letters(here.tenant.slug)
        shown = Shown(here.services, work, here.tenant)
        listed = [_letter(here, work, shown, row) for row in rows]
    return here.page("afleveringen.html", letters=[letter for letter in listed if letter])


@router.post("/afleveringen/{id}/opnieuw", name="resend")
def resend(here: Here, id: str) -> Response:
    """Try once more."""
    Desk(here.services).resend(here.visitor, id)
    return here.back("/afleveringen?opnieuw")


def _letter(here: Visit, work: Work, shown: Shown, row: OutboxRow) -> Letter | None:
    queue = here.visitor.role.queue
    signal = work.signals.get(row.signal_id) if row.signal_id else None
    if queue and (signal is None or queue not in signal.queues):
        return None
    return Letter(
        id=row.id,
        kind=_KIND.get(row.kind, row.kind),
        target=say("de groep") if row.target == "group" else row.target,
        category=shown.category(signal.id, signal.state, signal.category) if signal else "–",
        incident=f"/incident/{signal.incident_id}" if signal and queue else None,
        created_at=row.created_at,
        attempts=row.attempts,
        error=row.last_error or "onbekend",
        complete=row.payload is not None,
    )
