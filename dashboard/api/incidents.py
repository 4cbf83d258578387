# SPDX-License-Identifier: EUPL-1.2
"""Incidents of which the token may see a signal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from core import errors
from core.incident import Incident as Known
from core.incident import IncidentState
from core.label import Category, Queue
from core.signal import View
from dashboard.api import cursor
from dashboard.api.answer import answer
from dashboard.api.caller import Calling
from dashboard.api.shape import shape
from dashboard.marking import plain
from dashboard.pages.queue import looked_at
from dashboard.shown import Shown
from store.signalrow import SignalRow

router = APIRouter(tags=["Incidenten"])

_STATE = {
    IncidentState.OPEN: "open",
    IncidentState.CLOSED: "gesloten",
    IncidentState.MERGED: "samengevoegd",
}


class Incident(BaseModel):
    """Something in the real world that one or more signals speak of."""

    model_config = shape("Incident")

    id: UUID = Field(description="Nummer van het incident.")
    state: str = Field(serialization_alias="stand", description="open of gesloten")
    category: Category | None = Field(
        serialization_alias="categorie",
        description="Leeg als een van de signalen geen label mag tonen.",
    )
    opened_at: datetime = Field(serialization_alias="begonnenOp", description="Eerste bericht.")
    last_at: datetime = Field(serialization_alias="laatstGehoordOp", description="Laatste bericht.")
    places: list[str] = Field(serialization_alias="plekken", description="Plekken uit uw signalen.")
    signals: list[UUID] = Field(
        serialization_alias="signalen", description="Signalen uit uw werkrij."
    )
    others: int = Field(
        serialization_alias="andere", description="Signalen uit een andere werkrij."
    )


class Incidents(BaseModel):
    """One page of a list."""

    model_config = shape("Incidenten")

    incidents: list[Incident] = Field(
        serialization_alias="incidenten", description="Nieuwste eerst."
    )
    following: str | None = Field(
        serialization_alias="volgende",
        description="Cursor voor de volgende bladzijde. Leeg: dit was alles.",
    )


class Page(BaseModel):
    """Which page is asked for."""

    model_config = shape("Bladzijde")

    queue: Queue | None = Field(
        None, alias="wachtrij", description="Nodig als het token er meer dan één opent."
    )
    after: str | None = Field(
        None, alias="na", max_length=64, description="Cursor uit de vorige bladzijde."
    )
    limit: int = Field(50, alias="limiet", ge=1, le=100, description="Incidenten per bladzijde.")


@router.get(
    "/incidenten",
    name="incidents",
    response_model=Incidents,
    summary="Open incidenten van een werkrij",
    description="Incidenten waar nog signalen bij kunnen komen. Nieuwste eerst.",
)
def incidents(call: Calling, wanted: Annotated[Page, Query()]) -> Response:
    """Return one page of the open incidents that a queue has signals of."""
    queue = call.queue(wanted.queue)
    here, slug = call.at(queue), call.who.tenant.slug
    begin = cursor.row(wanted.after) if wanted.after else None
    with here.services.store.read() as work:
        shown = Shown(here.services, work, here.tenant)
        more = work.incidents.of_queue(slug, queue, before=begin, limit=wanted.limit + 1)
        part = more[: wanted.limit]
        made = [_made(each, work.signals.of_incident(each.id), queue, shown) for each in part]
    following = cursor.pack(part[-1].id) if len(more) > len(part) else None
    ids = {str(id) for each in made for id in each.signals}
    return answer(
        call,
        Incidents(incidents=made, following=following),
        seen=lambda: looked_at(here, f"queue/{queue.value}", ids),
    )


@router.get(
    "/incidenten/{id}",
    name="incident",
    response_model=Incident,
    summary="Eén incident",
    description="Is het samengevoegd met een ander? Dan krijgt u dat andere.",
)
def incident(call: Calling, id: UUID) -> Response:
    """Return one incident, or the one that it was merged into."""
    with call.services.store.read() as work:
        known = work.incidents.survivor(str(id))
        if known.tenant != call.who.tenant.slug:
            raise errors.NotFound
        rows = work.signals.of_incident(known.id)
        queue = call.queue_of(tuple(q for row in rows for q in row.queues))
        here = call.at(queue)
        made = _made(known, rows, queue, Shown(here.services, work, here.tenant))
    ids = {str(each) for each in made.signals}
    return answer(call, made, seen=lambda: looked_at(here, f"incident/{known.id}", ids))


def _made(known: Known, rows: Sequence[SignalRow], queue: Queue, shown: Shown) -> Incident:
    mine = [row for row in rows if queue in row.queues]
    labelled = all(shown.view(row) is View.FULL for row in rows)
    places = {plain(place.key) for row in mine for place in row.places if place.stated}
    return Incident(
        id=UUID(known.id),
        state=_STATE[known.state],
        category=known.category if labelled else None,
        opened_at=known.opened_at,
        last_at=known.last_at,
        places=sorted(places),
        signals=[UUID(row.id) for row in mine],
        others=len(rows) - len(mine),
    )
