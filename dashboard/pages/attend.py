# SPDX-License-Identifier: EUPL-1.2
"""What an operator does with a card besides deciding: pick up, put off, explain, tip, look."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from core import errors
from core.signal import Reason
from dashboard import words
from dashboard.attending import Attending
from dashboard.errors import wants_json
from dashboard.pages.queue import categories, consult
from dashboard.presence import Presence
from dashboard.spoken import say
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)


@router.post("/signaal/{id}/oppakken", name="acknowledge")
def acknowledge(here: Here, id: str) -> Response:
    """Say that one looks at a signal."""
    Attending(here.services).acknowledge(here.visitor, id)
    return _done(here, {"signal": id})


@router.post("/signaal/{id}/uitstellen", name="snooze")
def snooze(here: Here, id: str) -> Response:
    """Put a signal off."""
    until = Attending(here.services).snooze(here.visitor, id, here.form.number("minuten"))
    return _done(here, {"signal": id, "until": words.clock_time(until)})


@router.post("/signaal/{id}/terughalen", name="wake")
def wake(here: Here, id: str) -> Response:
    """Bring a signal back before its time."""
    Attending(here.services).wake(here.visitor, id)
    return _done(here, {"signal": id})


@router.get("/uitgesteld", name="snoozed")
def snoozed(here: Here) -> Response:
    """Show what is put off in one's queue, by whom and until when."""
    slug, now = here.tenant.slug, here.services.clock.now()
    cards, _ = consult(
        here,
        lambda work: work.signals.snoozed(slug, here.queue, now, with_text=True),
        f"snoozed/{here.queue.value}",
    )
    return here.page(
        "uitgesteld.html", cards=cards, queue=here.queue.value, categories=categories(here)
    )


@router.post("/besluit/{id}/reden", name="explain")
def explain(here: Here, id: str) -> Response:
    """Say why something was no signal."""
    try:
        reason = Reason(here.form.text("reden"))
    except ValueError:
        raise errors.BadInput(say("Kies een reden.")) from None
    Attending(here.services).explain(here.visitor, id, reason)
    return _done(here, {"decision": id})


@router.post("/signaal/{id}/tip", name="tip")
def tip(here: Here, id: str) -> Response:
    """Send a prevention tip to the group."""
    Attending(here.services).tip(here.visitor, id, here.form.text("tip"))
    with here.services.store.read() as work:
        incident_id = work.signals.get(id).incident_id
    return here.back(f"/incident/{incident_id}?getipt")


@router.post("/aanwezig", name="look")
def look(here: Here) -> Response:
    """Say which card one has in hand."""
    signal = here.form.text("signaal", longest=36)
    Presence(here.services).look(here.visitor, signal or None)
    return JSONResponse({})


@router.get("/aanwezig", name="present")
def present(here: Here) -> Response:
    """Say which colleagues have which card in hand."""
    return JSONResponse(dict(Presence(here.services).others(here.visitor)))


def _done(here: Visit, answer: dict[str, str]) -> Response:
    if wants_json(here.request):
        return JSONResponse(answer)
    return here.back(f"/{here.queue.value}")
