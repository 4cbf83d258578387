# SPDX-License-Identifier: EUPL-1.2
"""What changed since a cursor, so that another system can follow without asking for everything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.label import Queue
from dashboard.api import cursor
from dashboard.api.answer import answer
from dashboard.api.caller import Calling
from dashboard.api.problem import Gone
from dashboard.api.shape import shape
from store.events import Event
from store.switches import SCORES

router = APIRouter(tags=["Wijzigingen"])


class Kind(StrEnum):
    """What happened to a signal in a queue."""

    NEW = "nieuw"
    CHANGED = "gewijzigd"
    LEFT = "uit-de-rij"
    ESCALATED = "geescaleerd"
    ERASED = "gewist"


_KINDS: Mapping[str, Kind] = {
    "signal.new": Kind.NEW,
    "signal.changed": Kind.CHANGED,
    "signal.done": Kind.LEFT,
    "signal.escalated": Kind.ESCALATED,
    "signal.erased": Kind.ERASED,
}


class Change(BaseModel):
    """One thing that happened."""

    model_config = shape("Wijziging")

    kind: Kind = Field(
        serialization_alias="soort",
        description="Wat er gebeurde. gewist: wis ook uw eigen kopie van dit signaal.",
    )
    signal: UUID = Field(
        serialization_alias="signaal", description="Signaal dat u opnieuw kunt ophalen."
    )
    queue: Queue = Field(serialization_alias="wachtrij", description="Werkrij waarin het gebeurde.")
    at: datetime = Field(serialization_alias="tijdstip", description="Wanneer.")


class Changes(BaseModel):
    """What happened since a cursor."""

    model_config = shape("Wijzigingen")

    changes: list[Change] = Field(serialization_alias="wijzigingen", description="Oudste eerst.")
    cursor: str = Field(description="Geef deze de volgende keer mee als na.")
    more: bool = Field(serialization_alias="meer", description="Waar: er staat nog meer klaar.")


class Since(BaseModel):
    """From where to go on."""

    model_config = shape("Vanaf")

    after: str | None = Field(
        None, alias="na", max_length=64, description="Cursor van de vorige keer. Zonder: vanaf nu."
    )
    limit: int = Field(100, alias="limiet", ge=1, le=500, description="Wijzigingen per keer.")


@router.get(
    "/wijzigingen",
    name="changes",
    response_model=Changes,
    summary="Wat er veranderde",
    description="Haal eerst een cursor op zonder na. Haal dan de signalen op. Vraag daarna steeds "
    "met de laatste cursor wat er veranderde. Na zeven dagen vervalt een cursor (410).",
)
def changes(call: Calling, wanted: Annotated[Since, Query()]) -> Response:
    """Return what happened in the queues that the token opens."""
    slug, queues = call.who.tenant.slug, [queue.value for queue in call.who.queues]
    with call.services.store.read() as work:
        # The newest id of this snapshot: nothing of an earlier number can still be committed.
        last = work.events.last_id()
        begin = cursor.event(wanted.after) if wanted.after else last
        if begin < work.events.first_id() - 1 or begin > last:
            raise Gone
        found = work.events.after(
            slug, begin, wanted.limit + 1, channels=queues, kinds=tuple(_KINDS)
        )
        scores = work.switches.is_on(slug, SCORES)
    part = found[: wanted.limit]
    more = len(found) > len(part)
    return answer(
        call,
        Changes(
            changes=[_change(event, scores=scores) for event in part],
            cursor=cursor.pack(part[-1].id if more else last),
            more=more,
        ),
    )


def _change(event: Event, *, scores: bool) -> Change:
    kind = _KINDS[event.kind]
    if kind is Kind.ESCALATED and not scores:
        # It tells the urgency, which nobody sees while the scores are off.
        kind = Kind.CHANGED
    return Change(kind=kind, signal=UUID(event.ref), queue=Queue(event.channel), at=event.at)
