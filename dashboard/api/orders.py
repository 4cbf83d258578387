# SPDX-License-Identifier: EUPL-1.2
"""The public register of monitoring orders; needs no token."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from core import errors
from core.order import OrderState, RegisterRow
from dashboard.api.answer import answer
from dashboard.api.caller import Calling
from dashboard.api.shape import shape

router = APIRouter(tags=["Volgopdrachten"])


class Order(BaseModel):
    """A monitoring order as everybody may see it."""

    model_config = shape("Volgopdracht")

    id: UUID = Field(description="Nummer van de opdracht.")
    tenant: str = Field(serialization_alias="gemeente", description="Sleutel van de gemeente.")
    purpose: str = Field(serialization_alias="doel", description="Waarvoor.")
    legal_basis: str = Field(serialization_alias="grondslag", description="Wet en artikel.")
    terms: list[str] = Field(serialization_alias="woorden", description="Waarop gezocht wordt.")
    sources: list[str] = Field(serialization_alias="bronnen", description="Waar gezocht wordt.")
    area: str = Field(serialization_alias="wijk", description="Sleutel van de wijk.")
    begins: datetime = Field(serialization_alias="begint", description="Begin.")
    until: datetime = Field(serialization_alias="eindigt", description="Einde.")
    state: OrderState = Field(serialization_alias="stand", description="Waar de opdracht staat.")
    renews: UUID | None = Field(
        serialization_alias="vervolgOp", description="Opdracht die dit verlengt."
    )
    reference: str | None = Field(
        serialization_alias="toestemming",
        description="Nummer van de toestemming van het netwerk zelf.",
    )


class Orders(BaseModel):
    """The register."""

    model_config = shape("Volgopdrachten")

    orders: list[Order] = Field(serialization_alias="volgopdrachten", description="Nieuwste eerst.")


class Selection(BaseModel):
    """Whose register is asked for."""

    model_config = shape("Register")

    tenant: str | None = Field(
        None, alias="gemeente", max_length=64, description="Sleutel van een gemeente."
    )


@router.get(
    "/volgopdrachten",
    name="orders",
    response_model=Orders,
    summary="Register van volgopdrachten",
    description="Elke opdracht die ooit is goedgekeurd. Hier is geen token voor nodig.",
)
def orders(call: Calling, wanted: Annotated[Selection, Query()]) -> Response:
    """Return every order that was ever approved."""
    known, now = call.services.tenants, call.services.clock.now()
    if wanted.tenant is not None and wanted.tenant not in known:
        raise errors.NotFound
    slugs = [wanted.tenant] if wanted.tenant else sorted(known)
    with call.services.store.read() as work:
        made = [_made(slug, row) for slug in slugs for row in work.orders.register(slug, now)]
    return answer(call, Orders(orders=made))


def _made(tenant: str, row: RegisterRow) -> Order:
    return Order(
        id=UUID(row.id),
        tenant=tenant,
        purpose=row.purpose,
        legal_basis=row.legal_basis,
        terms=list(row.terms),
        sources=list(row.sources),
        area=row.area,
        begins=row.begins,
        until=row.until,
        state=row.state,
        renews=UUID(row.renews) if row.renews else None,
        reference=row.approval_reference,
    )
