# SPDX-License-Identifier: EUPL-1.2
"""What leaves the house about one signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from core import errors
from core.label import Category, Taxonomy, Urgency
from core.verdict import Place, mask
from store.signalrow import SignalRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """A place, in the writer's words."""

    text: str
    #: street | crossing | postcode | landmark | neighbourhood
    kind: str
    #: WGS84 degrees; None when no lookup knew the place.
    lat: float | None = None
    lon: float | None = None
    #: False when the place follows from the group's area.
    stated: bool = True


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Report:
    """One signal as a receiver gets it."""

    #: Our id of the signal; the same for a report and its retraction.
    id: str
    tenant: str
    #: The municipality's own name.
    municipality: str
    #: Our id of the incident, so that a receiver can put reports together.
    incident: str
    category: Category
    #: Dutch name of the category.
    category_name: str
    subcategory: str | None = None
    subcategory_name: str | None = None
    #: National control-room code.
    lmc: str | None = None
    #: Signalen path ``main/sub``.
    signalen: str | None = None
    urgency: Urgency
    first_hand: bool | None = None
    sent_at: datetime
    #: The text with personal data replaced; empty in a retraction.
    text: str
    #: The text as it was written; only there when some target may see it.
    full_text: str | None = None
    places: tuple[Where, ...] = ()
    #: Name of the group or source that it came from.
    group: str = ""
    probability: float
    #: ``name/version`` of the model.
    model: str
    #: Account name; None: the category is forwarded without a person.
    decided_by: str | None = None
    #: When it was decided, or became automatic; the time by which it is logged.
    decided_at: datetime

    def __repr__(self) -> str:
        return f"<Report {self.id} {self.category}>"

    @property
    def words(self) -> str:
        """The fullest text that is in here."""
        return self.text if self.full_text is None else self.full_text

    @property
    def kind(self) -> str:
        """Category and subcategory in Dutch: ``Inbraak, woning``."""
        if self.subcategory_name is None:
            return self.category_name
        return (
            f"{self.category_name}: {self.subcategory_name[:1].lower()}{self.subcategory_name[1:]}"
        )

    def masked(self) -> Report:
        """Return the report without what identifies a person."""
        return replace(self, full_text=None)

    def reworded(self, signal: SignalRow) -> Report:
        """Return the report with the words of ``signal`` as they are now; read it with text.

        What was decided stays, and so does whether the full text is in here.
        """
        return replace(
            self,
            text=signal.masked or "",
            full_text=None if self.full_text is None else signal.text,
            places=tuple(_where(place, signal) for place in signal.places),
        )

    def without_text(self) -> Report:
        """Return the report for a retraction: it only names what is taken back."""
        return replace(self, text="", full_text=None, places=())

    def payload(self) -> dict[str, Any]:
        """Return the report as JSON takes it, for the outbox."""
        built: dict[str, Any] = msgspec.to_builtins(self)
        return built


def read_report(payload: Mapping[str, Any] | None) -> Report:
    """Return the report of an outbox row; raise ``BadInput`` that shows none of it."""
    try:
        return msgspec.convert(payload, Report)
    except msgspec.ValidationError:
        raise errors.BadInput("de inhoud van deze zending is niet leesbaar") from None


def report_of(
    signal: SignalRow,
    taxonomy: Taxonomy,
    *,
    municipality: str,
    group: str,
    decided_at: datetime,
    decided_by: str | None = None,
) -> Report:
    """Return the report of a stored signal; read it ``with_text`` when a target may see all.

    The places are cut from the full text; without it their normalised names are given.
    """
    info = taxonomy[signal.category]
    sub = info.subcategory(signal.subcategory)
    return Report(
        id=signal.id,
        tenant=signal.tenant,
        municipality=municipality,
        incident=signal.incident_id,
        category=signal.category,
        category_name=info.name,
        subcategory=sub.slug if sub else None,
        subcategory_name=sub.name if sub else None,
        lmc=taxonomy.lmc(signal.category, signal.subcategory),
        signalen=taxonomy.signalen(signal.category, signal.subcategory),
        urgency=signal.urgency,
        first_hand=signal.first_hand,
        sent_at=signal.sent_at,
        text=signal.masked or "",
        full_text=signal.text,
        places=tuple(_where(place, signal) for place in signal.places),
        group=group,
        probability=signal.probability,
        model=signal.model,
        decided_by=decided_by,
        decided_at=decided_at,
    )


def _where(place: Place, signal: SignalRow) -> Where:
    return Where(
        text=_place_words(place, signal),
        kind=place.kind,
        # A receiver would take the middle of a neighbourhood for the spot itself.
        lat=None if place.inferred else place.lat,
        lon=None if place.inferred else place.lon,
        stated=place.stated,
    )


def _place_words(place: Place, signal: SignalRow) -> str:
    if not place.stated or signal.text is None:
        return place.key
    # "bij Jan de Vries op 14" can be a place and a name at once; the name stays inside.
    inside = [
        replace(span, start=max(0, span.start - place.start), end=span.end - place.start)
        for span in signal.personal
        if span.overlaps(place)
    ]
    return mask(place.of(signal.text), inside).text
