# SPDX-License-Identifier: EUPL-1.2
"""What somebody fills in on a report form, besides their own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce

from core import reach
from core.label import Category


class Part(StrEnum):
    """Which part the reporter had in what happened."""

    VICTIM = "slachtoffer"
    WITNESS = "getuige"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One thing that the form offers to tick."""

    category: Category
    #: Slug of the taxonomy; None: the category as a whole.
    subcategory: str | None = None

    @property
    def name(self) -> str:
        """Return what forms and columns call it: ``straatintimidatie/volgen``."""
        return f"{self.category.value}/{self.subcategory or ''}".rstrip("/")

    @classmethod
    def of(cls, name: str) -> Kind:
        """Return the kind of that name; ``ValueError`` for an unknown category."""
        category, _, subcategory = name.partition("/")
        return cls(category=Category(category), subcategory=subcategory or None)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OwnReport:
    """Somebody chose to report, so a person looks at it, whatever the model says."""

    #: What the reporter ticked; at least one.
    kinds: tuple[Kind, ...]
    part: Part | None = None
    #: Whether the reporter is safe now; None: not answered.
    safe: bool | None = None
    #: When it happened, where the reporter said so.
    happened_at: datetime | None = None
    #: How to reach the reporter; empty: the reporter stays unknown.
    contact: str = ""
    #: A JPEG that we encoded ourselves; empty: none.
    photo: bytes = b""
    #: ``nl`` or ``en``.
    language: str = "nl"

    def __repr__(self) -> str:
        return f"<OwnReport {self.category}>"

    @property
    def category(self) -> Category:
        """The gravest of what was ticked."""
        return reduce(reach.heavier, (kind.category for kind in self.kinds))

    @property
    def subcategory(self) -> str | None:
        """The only subcategory of the gravest category; None when there are more, or none."""
        here = {kind.subcategory for kind in self.kinds if kind.category is self.category}
        return here.pop() if len(here) == 1 else None
