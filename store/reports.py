# SPDX-License-Identifier: EUPL-1.2
"""What reporters filled in on a form, beside the signal that their words became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.label import Category
from core.ownreport import Kind, OwnReport, Part
from store.tables import reports
from store.text import open_text, seal_text, storable
from store.transaction import Transaction, Values


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReportRow:
    """A report as it stands in the store; contact and photo come only where asked for."""

    #: Id of its signal.
    id: str
    tenant: str
    kinds: tuple[Kind, ...]
    #: What the model made of the words; None: it could not tell.
    judged: Category | None
    certainty: float
    part: Part | None
    safe: bool | None
    happened_at: datetime | None
    language: str
    #: Whether there is a photo (still).
    photo: bool
    #: How to reach the reporter; empty when not wanted, not asked for, or erased.
    contact: str = ""

    def __repr__(self) -> str:
        return f"<ReportRow {self.id}>"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class NewReport:
    """A report on its way into the store."""

    id: str
    tenant: str
    own: OwnReport
    judged: Category | None
    certainty: float


class Reports:
    """Reports by the id of their signal."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, new: Sequence[NewReport]) -> None:
        """Store reports; their signals are there already."""
        self._tx.insert(reports, [self._values(report) for report in new])

    def find(self, signal_id: str, *, with_contact: bool = False) -> ReportRow | None:
        """Return what was filled in for this signal, or None: it came from elsewhere."""
        row = self._tx.row(sa.select(*_COLUMNS).where(reports.c.id == signal_id))
        return self._row(row, with_contact=with_contact) if row else None

    def photo(self, signal_id: str) -> bytes | None:
        """Return the JPEG, or None; the caller may see the signal and writes the audit."""
        row = self._tx.row(sa.select(reports.c.photo_sealed).where(reports.c.id == signal_id))
        if row is None or row.photo_sealed is None:
            return None
        return self._tx.sealer.open(row.photo_sealed, photo_context(signal_id))

    def _values(self, new: NewReport) -> Values:
        own, sealer = new.own, self._tx.sealer
        contact = storable(own.contact)
        return {
            "id": new.id,
            "tenant": new.tenant,
            "kinds": [kind.name for kind in own.kinds],
            "judged": new.judged.value if new.judged else None,
            "certainty": new.certainty,
            "part": own.part.value if own.part else None,
            "safe": own.safe,
            "happened_at": own.happened_at,
            "language": own.language,
            "contact_sealed": seal_text(sealer, contact, contact_context(new.id))
            if contact
            else None,
            "photo_sealed": sealer.seal(own.photo, photo_context(new.id)) if own.photo else None,
        }

    def _row(self, row: sa.Row[Any], *, with_contact: bool) -> ReportRow:
        contact = ""
        if with_contact and row.contact_sealed is not None:
            contact = open_text(self._tx.sealer, row.contact_sealed, contact_context(row.id))
        return ReportRow(
            id=row.id,
            tenant=row.tenant,
            kinds=tuple(Kind.of(name) for name in row.kinds),
            judged=Category(row.judged) if row.judged else None,
            certainty=row.certainty,
            part=Part(row.part) if row.part else None,
            safe=row.safe,
            happened_at=row.happened_at,
            language=row.language,
            photo=row.photo,
            contact=contact,
        )


#: All but the photo itself, which is large.
_COLUMNS = (
    *(column for column in reports.c if column.name != "photo_sealed"),
    reports.c.photo_sealed.is_not(None).label("photo"),
)


def contact_context(report_id: str) -> str:
    """Return what a reporter's contact is sealed for."""
    return f"report/{report_id}/contact"


def photo_context(report_id: str) -> str:
    """Return what a reporter's photo is sealed for."""
    return f"report/{report_id}/photo"
