# SPDX-License-Identifier: EUPL-1.2
"""The categories with the codes that other systems know them by; needs no token."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.label import Category, CategoryInfo, Receiver, Urgency
from core.label import Subcategory as Known
from dashboard import words
from dashboard.api.answer import answer
from dashboard.api.caller import Calling
from dashboard.api.shape import shape

router = APIRouter(tags=["Taxonomie"])


class Subcategory(BaseModel):
    """A finer kind inside a category."""

    model_config = shape("Subcategorie")

    slug: str = Field(serialization_alias="sleutel", description="Vast woord voor programma's.")
    name: str = Field(serialization_alias="naam", description="Naam voor mensen.")
    receiver: Receiver = Field(
        serialization_alias="ontvanger", description="Wie het meestal krijgt."
    )
    lmc: str | None = Field(description="Code van de meldkamer (LMC).")
    signalen: str | None = Field(description="Categorie in Signalen, hoofd/sub.")


class Label(BaseModel):
    """A category."""

    model_config = shape("CategorieUitleg")

    slug: Category = Field(
        serialization_alias="sleutel", description="Vast woord voor programma's."
    )
    name: str = Field(serialization_alias="naam", description="Naam voor mensen.")
    description: str = Field(serialization_alias="uitleg", description="Wat eronder valt.")
    receiver: Receiver = Field(
        serialization_alias="ontvanger", description="Wie het meestal krijgt."
    )
    lmc: str | None = Field(description="Code van de meldkamer (LMC).")
    signalen: str | None = Field(description="Categorie in Signalen, hoofd/sub.")
    subcategories: list[Subcategory] = Field(
        serialization_alias="subcategorieen", description="Verdere verdeling."
    )


class Hurry(BaseModel):
    """An urgency."""

    model_config = shape("UrgentieUitleg")

    slug: Urgency = Field(serialization_alias="sleutel", description="Vast woord voor programma's.")
    name: str = Field(serialization_alias="naam", description="Naam voor mensen.")


class Labels(BaseModel):
    """All categories and urgencies."""

    model_config = shape("Taxonomie")

    categories: list[Label] = Field(
        serialization_alias="categorieen", description="Alle categorieën."
    )
    urgencies: list[Hurry] = Field(
        serialization_alias="urgenties", description="Dringendste eerst."
    )


@router.get(
    "/taxonomie",
    name="taxonomy",
    response_model=Labels,
    summary="Categorieën en urgenties",
    description="Met de codes van meldkamer en Signalen. Hier is geen token voor nodig.",
)
def taxonomy(call: Calling) -> Response:
    """Return all categories."""
    known = call.services.taxonomy
    made = Labels(
        categories=[_label(known[category]) for category in Category],
        urgencies=[Hurry(slug=urgency, name=words.URGENCY[urgency]) for urgency in Urgency],
    )
    return answer(call, made)


def _label(info: CategoryInfo) -> Label:
    return Label(
        slug=info.category,
        name=info.name,
        description=info.description,
        receiver=info.receiver,
        lmc=info.lmc,
        signalen=info.signalen,
        subcategories=[_sub(info, sub) for sub in info.subcategories],
    )


def _sub(info: CategoryInfo, sub: Known) -> Subcategory:
    return Subcategory(
        slug=sub.slug,
        name=sub.name,
        receiver=sub.receiver or info.receiver,
        lmc=sub.lmc or info.lmc,
        signalen=sub.signalen or info.signalen,
    )
