# SPDX-License-Identifier: EUPL-1.2
"""The hand-over of a shift, and the same per half hour; for screen and paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from dashboard import words
from dashboard.export import json_file, stamp
from dashboard.handover import WAITING, Handover, handover
from dashboard.listing import Row, rows
from dashboard.pages.queue import looked_at
from dashboard.shown import Shown
from dashboard.spoken import say
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)

#: Address → how far back, and how people call it.
SPANS = {
    "30m": (timedelta(minutes=30), say("laatste half uur")),
    "2u": (timedelta(hours=2), say("laatste 2 uur")),
    "8u": (timedelta(hours=8), say("laatste 8 uur")),
    "12u": (timedelta(hours=12), say("laatste 12 uur")),
    "24u": (timedelta(hours=24), say("laatste 24 uur")),
}


@router.get("/overdracht", name="shift")
def page(here: Here, tijd: str = "8u") -> Response:
    """Show the hand-over of the own queue."""
    made, scores, waiting, snoozed = _shown(here, tijd)
    looked_at(here, f"queue/{here.queue.value}", {row.item.id for row in (*waiting, *snoozed)})
    return here.page(
        "overdracht.html",
        made=made,
        scores=scores,
        waiting=waiting,
        snoozed=[(row, until) for row, (_, until) in zip(snoozed, made.snoozed, strict=False)],
        most=WAITING,
        span=tijd,
        spans=[(key, name) for key, (_, name) in SPANS.items()],
        title=words.QUEUE[here.queue],
        name=lambda category: here.services.taxonomy[category].name,
    )


@router.get("/overdracht.json", name="shift-json")
def as_json(here: Here, tijd: str = "8u") -> Response:
    """Return the same as JSON; numbers and ids, no texts."""
    made = _shown(here, tijd)[0]
    snoozed = (item for item, _ in made.snoozed)
    ids = {item.id for item in (*made.waiting, *snoozed)} | made.raised
    return json_file(here, "overdracht", _told(made), len(made.waiting), signals=sorted(ids))


def _shown(here: Visit, span: str) -> tuple[Handover, bool, list[Row], list[Row]]:
    """Return the hand-over, whether scores are on, and the rows of what waits and is put off."""
    if span not in SPANS:
        raise errors.BadInput(say("Kies een tijd uit de lijst."))
    now = here.services.clock.now()
    with here.services.store.read() as work:
        shown = Shown(here.services, work, here.tenant)
        made = handover(work, shown, here.tenant.slug, here.queue, now - SPANS[span][0], now)
        waiting = rows(here, shown, made.waiting)
        snoozed = rows(here, shown, [item for item, _ in made.snoozed[:WAITING]])
    return made, shown.scores, waiting, snoozed


def _told(made: Handover) -> dict[str, Any]:
    return {
        "van": stamp(made.since),
        "tot": stamp(made.until),
        "binnengekomen": made.came,
        "per_urgentie": {u.value: n for u, n in made.by_urgency.items()},
        "per_categorie": {c.value: n for c, n in made.by_category.items()},
        "zonder_label": made.unlabelled,
        "wacht": made.open,
        "wacht_spoed": made.open_urgent,
        "wacht_sinds": stamp(made.oldest) if made.oldest else None,
        "wachtende_signalen": [item.id for item in made.waiting],
        "uitgesteld": [{"signaal": item.id, "tot": stamp(until)} for item, until in made.snoozed],
        "niet_opgepakt": sorted(made.raised),
        "besluiten": [
            {"besluit": act.value, "rol": role, "aantal": n}
            for (act, role), n in made.deeds.items()
        ],
        "vragen_zonder_antwoord": made.unanswered,
        "niet_aangekomen": made.stuck,
        "per_half_uur": [
            {
                "vanaf": stamp(slot.start),
                "binnengekomen": slot.came,
                "spoed": slot.urgent,
                "besluiten": slot.decided,
            }
            for slot in made.slots
        ],
    }
