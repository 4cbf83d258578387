# SPDX-License-Identifier: EUPL-1.2
"""Decisions of a person, carried out by the desk like any other; a repeat decides nothing twice."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, Field
from starlette.responses import Response

from core import errors
from core.label import Category, Queue
from core.signal import Act, Reason
from dashboard.api.answer import answer
from dashboard.api.caller import Call, Calling
from dashboard.api.problem import KeyUsed
from dashboard.api.shape import shape
from dashboard.api.signals import visible
from dashboard.desk import Desk
from store.decisions import DecisionRow

router = APIRouter(tags=["Besluiten"])

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=100,
        pattern=r"^[A-Za-z0-9_.:-]+$",
        description="Zelf gekozen en voor elk besluit een andere. Met dezelfde sleutel kunt u een "
        "verzoek veilig herhalen.",
    ),
]
#: Largest version that the database can hold.
_LARGEST = 2**31 - 1


class Wish(BaseModel):
    """What somebody decides."""

    model_config = shape("NieuwBesluit")

    act: Act = Field(alias="besluit", description="Wat u besluit.")
    version: int = Field(
        alias="versie", ge=0, le=_LARGEST, description="Versie van het signaal die u zag."
    )
    category: Category | None = Field(
        None,
        alias="categorie",
        description="Nodig bij andere-categorie. Een signaal zonder label bevestigt u "
        "door zelf een categorie te kiezen.",
    )
    reason: Reason | None = Field(
        None, alias="reden", description="Waarom het geen signaal is. Mag leeg blijven."
    )


class Decision(BaseModel):
    """A decision as it stands."""

    model_config = shape("Besluit")

    id: UUID = Field(description="Nummer van het besluit.")
    signal: UUID = Field(serialization_alias="signaal", description="Waarover.")
    act: Act = Field(serialization_alias="besluit", description="Wat er besloten is.")
    category: Category | None = Field(
        serialization_alias="categorie", description="Gekozen categorie."
    )
    queue: Queue | None = Field(
        serialization_alias="naar", description="Werkrij waar het verder wacht."
    )
    reason: str | None = Field(
        serialization_alias="reden", description="Waarom het geen signaal was."
    )
    at: datetime = Field(serialization_alias="genomenOp", description="Wanneer.")
    undoable_until: datetime = Field(
        serialization_alias="herroepbaarTot",
        description="Tot dan is het besluit nog terug te nemen.",
    )
    undone_at: datetime | None = Field(
        serialization_alias="herroepenOp", description="Leeg: het staat."
    )


@router.post(
    "/signalen/{id}/besluiten",
    name="decide",
    status_code=201,
    response_model=Decision,
    summary="Neem een besluit",
    description="Alleen met het eigen token van een medewerker. Iemand was eerder, of het signaal "
    "is intussen gewijzigd? Dan is het antwoord 409.",
)
def decide(call: Calling, id: UUID, wish: Wish, key: Key) -> Response:
    """Decide in the name of the person whose token it is."""
    if wish.reason and wish.act is not Act.REJECT:
        raise errors.BadInput("Een reden hoort bij geen-signaal.")
    name = _name_of(call, key)
    made = _find(call, name) or _decide(call, str(id), wish, name)
    if not _same(made, str(id), wish):
        raise KeyUsed
    found = _made(call, made)
    return Response(
        found.model_dump_json(by_alias=True),
        201,
        {"Location": f"/api/v1/besluiten/{found.id}"},
        "application/json",
    )


@router.get(
    "/besluiten/{id}",
    name="decision",
    response_model=Decision,
    summary="Eén besluit",
    description="Over een signaal uit een werkrij die het token opent. Niet: wie besloot.",
)
def decision(call: Calling, id: UUID) -> Response:
    """Return one decision."""
    with call.services.store.read() as work:
        known = work.decisions.get(str(id))
        visible(call, work, known.decision.signal)
    return answer(call, _made(call, known))


@router.post(
    "/besluiten/{id}/_herroep",
    name="decision-undo",
    response_model=Decision,
    summary="Neem een besluit terug",
    description="Alleen uw eigen besluit, en alleen zolang er nog niets verstuurd is.",
)
def undo(call: Calling, id: UUID) -> Response:
    """Take one's own decision back; a repeat changes nothing."""
    known = _own(call, str(id))
    if known.undone_at is None:
        Desk(call.services).undo(call.everywhere().visitor, str(id))
        known = _own(call, str(id))
    body = _made(call, known).model_dump_json(by_alias=True)
    return Response(body, media_type="application/json")


def _decide(call: Call, signal: str, wish: Wish, name: str) -> DecisionRow:
    who = call.everywhere().visitor
    try:
        Desk(call.services).decide(
            who,
            signal,
            wish.act,
            seen_version=wish.version,
            category=wish.category,
            reason=wish.reason.value if wish.reason else None,
            decision_id=name,
        )
    except errors.AlreadyDecided:
        # Perhaps by this very request, which came in twice at once.
        known = _find(call, name)
        if known is None:
            raise
        return known
    return _own(call, name)


def _name_of(call: Call, key: str) -> str:
    """Return the id of the decision that this key stands for: one decision per person and key."""
    account = call.who.account
    if account is None:
        raise errors.NotAllowed("Een systeem neemt geen besluiten.")
    mark = bytearray(hashlib.sha256(f"{account.id}/{key}".encode()).digest()[:16])
    # Version 8 of RFC 9562: made in a way of one's own.
    mark[6], mark[8] = mark[6] & 0x0F | 0x80, mark[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(mark)))


def _find(call: Call, id: str) -> DecisionRow | None:
    try:
        return _own(call, id)
    except errors.NotFound:
        return None


def _own(call: Call, id: str) -> DecisionRow:
    with call.services.store.read() as work:
        known = work.decisions.get(id)
    account = call.who.account
    if known.tenant != call.who.tenant.slug or not account:
        raise errors.NotFound
    if known.decision.actor != account.username:
        raise errors.NotAllowed("Alleen wie het besluit nam, kan het ongedaan maken.")
    return known


def _same(known: DecisionRow, signal: str, wish: Wish) -> bool:
    """Whether a decision is what this wish asks for."""
    made = known.decision
    asked = (wish.act, wish.category if wish.act is Act.RECATEGORISE else None)
    if asked == (Act.RECATEGORISE, known.category_before) and made.act is Act.CONFIRM:
        # Without the label on the card, choosing what the model had in mind confirms it.
        asked = (Act.CONFIRM, None)
    same_signal = (made.signal, made.seen_version) == (signal, wish.version)
    return same_signal and (made.act, made.category) == asked


def _made(call: Call, known: DecisionRow) -> Decision:
    made, undo = known.decision, timedelta(seconds=call.who.tenant.undo_seconds)
    return Decision(
        id=UUID(made.id),
        signal=UUID(made.signal),
        act=made.act,
        category=made.category,
        queue=made.queue,
        reason=made.reason,
        at=made.at,
        undoable_until=made.at + undo,
        undone_at=known.undone_at,
    )
