# SPDX-License-Identifier: EUPL-1.2
"""The fourteen categories, three urgencies and what a tenant may edit about them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from core import errors


class Category(StrEnum):
    """What a message reports; slugs as in the labelling guide."""

    INBRAAK = "inbraak"
    VERDACHTE_SITUATIE = "verdachte-situatie"
    BEROVING = "beroving"
    VOERTUIGCRIMINALITEIT = "voertuigcriminaliteit"
    STRAATINTIMIDATIE = "straatintimidatie"
    GEWELD = "geweld"
    VERMISSING = "vermissing"
    VERNIELING = "vernieling"
    OVERLAST = "overlast"
    AFVAL = "afval"
    FOUTPARKEREN = "foutparkeren"
    WRAKKEN = "wrakken"
    OPENBARE_RUIMTE = "openbare-ruimte"
    GEEN = "geen"


SIGNAL_CATEGORIES = tuple(c for c in Category if c is not Category.GEEN)


class Urgency(StrEnum):
    """How fast somebody should look."""

    SPOED = "spoed"
    ACTUEEL = "actueel"
    NIET_URGENT = "niet-urgent"

    @property
    def rank(self) -> int:
        """0 for the most urgent; for sorting a queue."""
        return list(Urgency).index(self)


class Queue(StrEnum):
    """The two work lists inside the house."""

    MELDKAMER = "meldkamer"
    HANDHAVING = "handhaving"


class Receiver(StrEnum):
    """Who deals with a category when no route says otherwise."""

    POLITIE = "politie"
    GEMEENTE = "gemeente"
    BEIDE = "politie-of-gemeente"
    NIEMAND = "niemand"


#: Categories a tenant can never switch to automatic forwarding (law: a human decides).
POLICE_CATEGORIES = frozenset(
    {
        Category.INBRAAK,
        Category.VERDACHTE_SITUATIE,
        Category.BEROVING,
        Category.VOERTUIGCRIMINALITEIT,
        Category.STRAATINTIMIDATIE,
        Category.GEWELD,
        Category.VERMISSING,
        Category.VERNIELING,
        Category.OVERLAST,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Subcategory:
    """A finer kind inside a category, where it changes the receiver or the code."""

    #: Lower-case word, unique inside its category.
    slug: str
    #: Dutch name for people.
    name: str
    #: LMC code for the control room; None falls back to the category's.
    lmc: str | None = None
    #: Signalen path ``main/sub``; None falls back to the category's.
    signalen: str | None = None
    #: None falls back to the category's receiver.
    receiver: Receiver | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CategoryInfo:
    """What people read about a category, and the codes other systems know it by."""

    category: Category
    #: Dutch name for people.
    name: str
    #: One line in B1 Dutch.
    description: str
    receiver: Receiver
    #: National control-room code (LMC); editable, the control room confirms it.
    lmc: str | None
    #: Signalen category path ``main/sub``; editable per municipality.
    signalen: str | None
    subcategories: tuple[Subcategory, ...] = ()

    def subcategory(self, slug: str | None) -> Subcategory | None:
        """Return the subcategory with this slug, or None."""
        return next((s for s in self.subcategories if s.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All fourteen categories with their names, receivers and codes."""

    categories: Mapping[Category, CategoryInfo]

    def __getitem__(self, category: Category) -> CategoryInfo:
        return self.categories[category]

    def lmc(self, category: Category, subcategory: str | None = None) -> str | None:
        """Return the control-room code, the subcategory's where it has its own."""
        info = self[category]
        sub = info.subcategory(subcategory)
        return (sub.lmc if sub else None) or info.lmc

    def signalen(self, category: Category, subcategory: str | None = None) -> str | None:
        """Return the Signalen path ``main/sub``, the subcategory's where it has its own."""
        info = self[category]
        sub = info.subcategory(subcategory)
        return (sub.signalen if sub else None) or info.signalen

    def receiver(self, category: Category, subcategory: str | None = None) -> Receiver:
        """Return the default receiver, the subcategory's where it has its own."""
        info = self[category]
        sub = info.subcategory(subcategory)
        return (sub.receiver if sub else None) or info.receiver


def load_taxonomy(path: Path) -> Taxonomy:
    """Read ``taxonomy.toml``; raise ``ConfigurationError`` when a category is missing or odd."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    try:
        infos = {Category(slug): _info(Category(slug), table) for slug, table in tables.items()}
    except (KeyError, ValueError, TypeError) as error:
        raise errors.ConfigurationError(f"{path.name}: {error}") from error
    missing = [c.value for c in Category if c not in infos]
    if missing:
        raise errors.ConfigurationError(f"{path.name}: no table for {', '.join(missing)}")
    return Taxonomy(infos)


def _info(category: Category, table: Mapping[str, Any]) -> CategoryInfo:
    return CategoryInfo(
        category=category,
        name=table["name"],
        description=table["description"],
        receiver=Receiver(table["receiver"]),
        lmc=table.get("lmc"),
        signalen=table.get("signalen"),
        subcategories=tuple(_subcategory(row) for row in table.get("sub", ())),
    )


def _subcategory(row: Mapping[str, Any]) -> Subcategory:
    receiver = row.get("receiver")
    return Subcategory(
        slug=row["slug"],
        name=row["name"],
        lmc=row.get("lmc"),
        signalen=row.get("signalen"),
        receiver=Receiver(receiver) if receiver else None,
    )
