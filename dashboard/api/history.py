# SPDX-License-Identifier: EUPL-1.2
"""What happened to a signal, step by step; without the names of who works at the desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard.api.answer import answer
from dashboard.api.caller import Calling
from dashboard.api.shape import shape
from dashboard.api.signals import visible
from dashboard.pages.queue import looked_at
from dashboard.shown import Shown
from dashboard.timeline import Timeline

router = APIRouter(tags=["Signalen"])


class Step(BaseModel):
    """Something that happened."""

    model_config = shape("Stap")

    at: datetime = Field(serialization_alias="tijdstip", description="Wanneer.")
    who: str = Field(
        serialization_alias="wie",
        description="systeem, medewerker, of naam en versie van het model",
    )
    what: str = Field(serialization_alias="wat", description="Wat er gebeurde, in woorden.")


class History(BaseModel):
    """All steps of one signal."""

    model_config = shape("Geschiedenis")

    steps: list[Step] = Field(serialization_alias="stappen", description="Oudste eerst.")


@router.get(
    "/signalen/{id}/geschiedenis",
    name="signal-history",
    response_model=History,
    summary="Geschiedenis van een signaal",
    description="Elke stap van mens en systeem. Namen van medewerkers staan er niet in.",
)
def history(call: Calling, id: UUID) -> Response:
    """Return every step in the life of a signal."""
    with call.services.store.read() as work:
        row, here = visible(call, work, str(id))
        labelled = Shown(here.services, work, here.tenant).labelled(row.id, row.state)
        told = Timeline(work, here.services.taxonomy, lambda _: "medewerker")
        lines = told.of(row, work.decisions.of_signal(row.id), labelled=labelled)
    steps = [Step(at=line.at, who=line.who, what=line.what) for line in lines]
    return answer(
        call, History(steps=steps), seen=lambda: looked_at(here, f"signal/{id}", {row.id})
    )
