# SPDX-License-Identifier: EUPL-1.2
"""How each source is doing."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard import words
from dashboard.api.answer import answer
from dashboard.api.caller import Calling
from dashboard.api.shape import shape
from dashboard.services import ConnectorSeen
from dashboard.sources import standing

router = APIRouter(tags=["Bronnen"])


class Source(BaseModel):
    """One source."""

    model_config = shape("Bron")

    slug: str = Field(serialization_alias="sleutel", description="Vast woord voor programma's.")
    name: str = Field(serialization_alias="naam", description="Naam voor mensen.")
    state: str = Field(serialization_alias="stand", description="Hoe het gaat, in woorden.")
    failing: bool = Field(
        serialization_alias="gestoord", description="Waar: de bron antwoordt nu niet."
    )
    at: datetime | None = Field(
        serialization_alias="laatstGelezenOp", description="Laatst gelezen."
    )
    ok_at: datetime | None = Field(
        serialization_alias="laatstGeantwoordOp", description="Laatste antwoord."
    )
    lag: int | None = Field(
        serialization_alias="achterstand", description="Seconden tussen schrijven en opslaan."
    )
    failures: int = Field(
        serialization_alias="fouten", description="Sinds de start van het programma."
    )
    again_at: datetime | None = Field(
        serialization_alias="volgendePogingOp", description="Volgende poging."
    )


class Sources(BaseModel):
    """All sources of the municipality."""

    model_config = shape("Bronnen")

    sources: list[Source] = Field(serialization_alias="bronnen", description="Alle bronnen.")


@router.get(
    "/bronnen",
    name="sources",
    response_model=Sources,
    summary="Hoe het met de bronnen gaat",
    description="Antwoordt een bron, en zo niet: sinds wanneer en hoe verder.",
)
def sources(call: Calling) -> Response:
    """Return every source of the token's municipality."""
    seen = call.services.connectors(call.who.tenant.slug)
    return answer(call, Sources(sources=[_made(each) for each in seen]))


def _made(seen: ConnectorSeen) -> Source:
    return Source(
        slug=seen.source,
        name=words.SOURCE.get(seen.source, seen.source),
        state=standing(seen),
        failing=seen.failing,
        at=seen.at,
        ok_at=seen.ok_at,
        lag=round(seen.lag.total_seconds()) if seen.lag is not None else None,
        failures=seen.failures,
        again_at=seen.again_at,
    )
