# SPDX-License-Identifier: EUPL-1.2
"""Counts in time and place; small numbers are hidden and the others rounded."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from core import errors
from core.audit import Tag
from core.label import Category
from dashboard import hotspots
from dashboard.api.answer import answer
from dashboard.api.caller import Calling
from dashboard.api.shape import shape
from dashboard.pages.hotspots import Counted, count
from dashboard.visit import Visit

router = APIRouter(tags=["Aantallen"])

_N = "Afgerond op vijf. Leeg: minder dan vijf."


class Spot(BaseModel):
    """How often something was written about one place."""

    model_config = shape("AantalPerPlek")

    key: str = Field(serialization_alias="plek", description="Wijk of plek.")
    n: int | None = Field(serialization_alias="aantal", description=_N)
    most: Category | None = Field(
        serialization_alias="meest",
        description="Categorie die het meest voorkomt, als dat vaak genoeg is.",
    )


class Hour(BaseModel):
    """How often something was written in one hour of the week."""

    model_config = shape("AantalPerUur")

    day: str = Field(serialization_alias="dag", description="Dag van de week.")
    hour: int = Field(serialization_alias="uur", description="Uur van de dag, 0 tot en met 23.")
    n: int | None = Field(serialization_alias="aantal", description=_N)


class Counts(BaseModel):
    """Counts of one selection."""

    model_config = shape("Aantallen")

    total: int | None = Field(serialization_alias="totaal", description=_N)
    areas: list[Spot] = Field(serialization_alias="wijken", description="Aantallen per wijk.")
    places: list[Spot] = Field(
        serialization_alias="plekken", description="Plekken die vaak genoemd worden."
    )
    hidden: int | None = Field(
        serialization_alias="weggelaten", description=f"Plekken die te weinig genoemd worden. {_N}"
    )
    hours: list[Hour] = Field(serialization_alias="uren", description="Aantallen per dag en uur.")


class Selection(BaseModel):
    """What is counted; the same as at ``/plekken-en-tijden``."""

    model_config = shape("Telling")

    days: Literal["7", "28", "90"] = Field("28", alias="dagen", description="Zo veel dagen terug.")
    category: Category | None = Field(None, alias="categorie", description="Alleen deze.")
    area: str = Field("", alias="wijk", max_length=64, description="Sleutel van een wijk.")


@router.get(
    "/aantallen",
    name="counts",
    response_model=Counts,
    summary="Aantallen per plek en tijd",
    description="Meldingen zeggen waar mensen schrijven, niet waar het meeste gebeurt.",
)
def counts(call: Calling, wanted: Annotated[Selection, Query()]) -> Response:
    """Return counts of what the token's queues got."""
    here = call.everywhere()
    if wanted.area and wanted.area not in here.tenant.areas:
        raise errors.BadInput("Deze wijk kennen wij niet.")
    made, _ = count(
        here, Counted(days=int(wanted.days), category=wanted.category, area=wanted.area)
    )
    found = Counts(
        total=made.total.n,
        areas=[_spot(spot) for spot in made.areas],
        places=[_spot(spot) for spot in made.places],
        hidden=hotspots.shown(made.hidden).n,
        hours=[
            Hour(day=day, hour=hour, n=n.n)
            for day, row in zip(hotspots.DAYS, made.cells, strict=True)
            for hour, n in enumerate(row)
        ],
    )
    return answer(call, found, seen=lambda: _seen(here))


def _spot(spot: hotspots.Spot) -> Spot:
    return Spot(key=spot.key, n=spot.count.n, most=spot.most)


def _seen(here: Visit) -> None:
    with here.services.store.write() as work:
        here.audit(work, Tag.VIEW_EXPORTED, "api/aantallen")
