# SPDX-License-Identifier: EUPL-1.2
"""Signals of the queues that a token opens: as lists show them, without personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from core import errors
from core.label import Category, Queue, Urgency
from core.message import Origin
from core.selection import LONGEST_SEARCH, MOST_WORDS, Selection, Standing, words_of
from core.signal import SignalState, View
from dashboard.api import cursor
from dashboard.api.answer import answer
from dashboard.api.caller import Call, Calling
from dashboard.api.shape import shape
from dashboard.listing import (
    AGES,
    Asked,
    Row,
    SearchRefused,
    found,
    rows,
    searched,
)
from dashboard.pages.queue import looked_at
from dashboard.shown import ScoresOff, Shown
from dashboard.visit import Visit
from store.signalrow import SignalRow
from store.work import Work

router = APIRouter(tags=["Signalen"])

Age = Literal["1u", "8u", "24u", "7d", "30d"]
STATE = {
    SignalState.OPEN: Standing.OPEN.value,
    SignalState.DECIDED: Standing.DECIDED.value,
    SignalState.ERASED: "gewist",
}


class Spot(BaseModel):
    """Where it is."""

    model_config = shape("Plek")

    name: str = Field(serialization_alias="naam", description="De plek in woorden.")
    stated: bool = Field(
        serialization_alias="genoemd",
        description="Waar: het bericht noemt de plek. Anders afgeleid.",
    )
    lat: float | None = Field(serialization_alias="breedte", description="Breedtegraad (WGS84).")
    lon: float | None = Field(serialization_alias="lengte", description="Lengtegraad (WGS84).")
    radius: int | None = Field(serialization_alias="straal", description="Straal in meters.")


class Signal(BaseModel):
    """A signal without personal data; what the model said is left out where nobody may see it."""

    model_config = shape("Signaal")

    id: UUID = Field(description="Nummer van het signaal.")
    incident: UUID = Field(description="Incident waar het bij hoort.")
    queue: Queue = Field(serialization_alias="wachtrij", description="Werkrij waarin u het ziet.")
    state: str = Field(serialization_alias="stand", description="open, afgehandeld of gewist")
    version: int = Field(
        serialization_alias="versie",
        description="Gaat omhoog bij elke wijziging; nodig voor een besluit.",
    )
    received_at: datetime = Field(
        serialization_alias="ontvangenOp", description="Wanneer het binnenkwam."
    )
    sent_at: datetime = Field(
        serialization_alias="geschrevenOp", description="Wanneer het geschreven is."
    )
    label: View = Field(
        description="vol: het oordeel van het model staat erbij. blind: u oordeelt zonder "
        "(steekproef). uit: de scores staan uit."
    )
    category: Category | None = Field(
        serialization_alias="categorie", description="Leeg zonder label."
    )
    subcategory: str | None = Field(
        serialization_alias="subcategorie", description="Leeg zonder label."
    )
    certainty: float | None = Field(
        serialization_alias="zekerheid",
        description="Zekerheid van het model, 0 tot 1. Leeg zonder label.",
    )
    model: str | None = Field(description="Naam en versie van het model. Leeg zonder label.")
    urgency: Urgency | None = Field(
        serialization_alias="urgentie", description="Leeg als de scores uit staan."
    )
    area: str = Field(serialization_alias="wijk", description="Wijk van de groep.")
    group: str = Field(serialization_alias="groep", description="Naam van de groep.")
    source: str = Field(serialization_alias="bron", description="Waar het bericht vandaan komt.")
    origin: Origin = Field(
        serialization_alias="soortBron", description="Buurtapp, openbaar of melding."
    )
    spot: Spot | None = Field(
        serialization_alias="plek", description="Leeg als er geen plek bekend is."
    )
    text: str | None = Field(
        serialization_alias="tekst",
        description="Tekst zonder persoonsgegevens. Leeg als hij gewist is.",
    )


class Signals(BaseModel):
    """One page of a list."""

    model_config = shape("Signalen")

    signals: list[Signal] = Field(serialization_alias="signalen", description="Nieuwste eerst.")
    following: str | None = Field(
        serialization_alias="volgende",
        description="Cursor voor de volgende bladzijde. Leeg: dit was alles.",
    )


class Filter(BaseModel):
    """What a list is asked for; the same as at ``/lijst``."""

    model_config = shape("Filter")

    queue: Queue | None = Field(
        None, alias="wachtrij", description="Nodig als het token er meer dan één opent."
    )
    standing: Standing = Field(Standing.OPEN, alias="stand", description="Waar het signaal staat.")
    categories: list[Category] = Field([], alias="categorie", description="Eén of meer.")
    urgencies: list[Urgency] = Field([], alias="urgentie", description="Eén of meer.")
    areas: list[Annotated[str, Field(max_length=64)]] = Field(
        [], alias="wijk", description="Sleutels van wijken."
    )
    origins: list[Origin] = Field([], alias="bron", description="Soort bron.")
    age: Age | None = Field(None, alias="leeftijd", description="Hoogstens zo lang geleden.")
    search: str = Field(
        "",
        alias="q",
        max_length=LONGEST_SEARCH,
        description="Woorden uit de tekst. Zoeken op een persoon kan niet.",
    )
    after: str | None = Field(
        None, alias="na", max_length=64, description="Cursor uit de vorige bladzijde."
    )
    limit: int = Field(50, alias="limiet", ge=1, le=100, description="Signalen per bladzijde.")


@router.get(
    "/signalen",
    name="signals",
    response_model=Signals,
    summary="Signalen van een werkrij",
    description="Nieuwste eerst, zonder persoonsgegevens. Wie geen label mag zien, ziet er geen.",
)
def signals(call: Calling, wanted: Annotated[Filter, Query()]) -> Response:
    """Return one page of a queue's signals."""
    queue = call.queue(wanted.queue)
    here, asked = call.at(queue), _asked(call, wanted)
    begin = cursor.row(wanted.after) if wanted.after else None
    try:
        with here.services.store.read() as work:
            shown = Shown(here.services, work, here.tenant)
            # Ids tell the time, and nothing of urgency: a page never moves under its reader.
            ids = sorted(found(here, work, shown, asked), reverse=True)
            left = [id for id in ids if begin is None or id < begin]
            part = left[: wanted.limit]
            made = [made_of(row, queue, shown) for row in _rows(here, work, shown, part)]
    except (SearchRefused, ScoresOff):
        searched(here, asked, None)
        raise
    searched(here, asked, len(ids))
    following = cursor.pack(part[-1]) if len(left) > len(part) else None
    return answer(
        call,
        Signals(signals=made, following=following),
        seen=lambda: looked_at(here, f"queue/{queue.value}", set(part)),
    )


@router.get(
    "/signalen/{id}",
    name="signal",
    response_model=Signal,
    summary="Eén signaal",
    description="Ook als het al is afgehandeld of gewist.",
)
def signal(call: Calling, id: UUID) -> Response:
    """Return one signal."""
    with call.services.store.read() as work:
        row, here = visible(call, work, str(id))
        shown = Shown(here.services, work, here.tenant)
        (listed,) = _rows(here, work, shown, [row.id])
        made = made_of(listed, here.queue, shown)
    return answer(call, made, seen=lambda: looked_at(here, f"signal/{id}", {row.id}))


def visible(call: Call, work: Work, id: str) -> tuple[SignalRow, Visit]:
    """Return a signal of a queue that the token opens; raise ``NotFound`` for any other."""
    row = work.signals.get(id)
    here = call.at(call.queue_of(row.queues if row.tenant == call.who.tenant.slug else ()))
    return row, here


def made_of(row: Row, queue: Queue, shown: Shown) -> Signal:
    """Return a row of a list as callers get it."""
    item, view = row.item, shown.of(row.item.id, row.item.state)
    full = view is View.FULL
    return Signal(
        id=UUID(item.id),
        incident=UUID(item.incident_id),
        queue=queue,
        state=STATE[item.state],
        version=item.version,
        received_at=item.received_at,
        sent_at=item.sent_at,
        label=view,
        category=item.category if full else None,
        subcategory=item.subcategory if full else None,
        certainty=round(item.probability, 4) if full else None,
        model=item.model if full else None,
        urgency=item.urgency if shown.scores else None,
        area=row.area,
        group=row.group,
        source=row.source,
        origin=item.origin,
        spot=_spot(row),
        text=None if item.masked is None else row.quote.text,
    )


def _rows(here: Visit, work: Work, shown: Shown, ids: list[str]) -> list[Row]:
    return rows(here, shown, work.overview.items(ids))


def _spot(row: Row) -> Spot | None:
    if not row.place:
        return None
    spot = row.spot
    return Spot(
        name=row.place,
        stated=row.stated,
        lat=spot.lat if spot else None,
        lon=spot.lon if spot else None,
        radius=round(spot.radius) if spot and spot.radius else None,
    )


def _asked(call: Call, wanted: Filter) -> Asked:
    search = " ".join(wanted.search.split())
    words = words_of(search)[:MOST_WORDS]
    if search and not words:
        raise errors.BadInput("Zoek op letters of cijfers.")
    age = wanted.age or ""
    return Asked(
        selection=Selection(
            standing=wanted.standing,
            categories=frozenset(wanted.categories),
            urgencies=frozenset(wanted.urgencies),
            areas=frozenset(wanted.areas),
            origins=frozenset(wanted.origins),
            since=call.services.clock.now() - AGES[age][0] if age else None,
            words=words,
        ),
        search=search,
        age=age,
        page=1,
    )
