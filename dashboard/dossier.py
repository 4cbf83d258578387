# SPDX-License-Identifier: EUPL-1.2
"""A dossier as an operator sees it: its signals and notes in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.dossier import Dossier, DossierState, Note, NoteKind
from core.signal import SignalState
from dashboard.export import stamp
from dashboard.listing import Row, rows
from dashboard.shown import UNLABELLED, Shown
from dashboard.visit import Visit
from store.work import Work


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Entry:
    """One thing on the timeline: a signal or a note."""

    at: datetime
    row: Row | None = None
    note: Note | None = None
    #: Role of the note's writer; empty when the account is gone.
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class File:
    """A whole dossier, for one visitor."""

    dossier: Dossier
    state: DossierState
    entries: tuple[Entry, ...]
    #: Signals that this visitor sees.
    rows: tuple[Row, ...]
    #: Signals of the other queue, and ones whose text is erased.
    hidden: int
    erased: int


def file_of(here: Visit, work: Work, dossier_id: str) -> File:
    """Return the dossier; raise ``NotFound``. Signals of the other queue are only counted."""
    dossier = work.dossiers.get(here.tenant.slug, dossier_id)
    ids = work.dossiers.signals(dossier_id)
    known = [work.signals.get(signal_id) for signal_id in ids]
    erased = {row.id for row in known if row.state is SignalState.ERASED}
    mine = [row.id for row in known if here.queue in row.queues and row.id not in erased]
    shown = Shown(here.services, work, here.tenant)
    listed = rows(here, shown, work.overview.items(mine))
    others = {row.id for row in known} - set(mine) - erased
    notes = [note for note in work.dossiers.notes(dossier_id) if note.signal not in others]
    entries = [Entry(at=row.item.sent_at, row=row) for row in listed]
    entries += [Entry(at=note.at, note=note, role=_role(work, note.author)) for note in notes]
    return File(
        dossier=dossier,
        state=dossier.at(here.services.clock.now()),
        entries=tuple(sorted(entries, key=lambda entry: entry.at)),
        rows=tuple(listed),
        hidden=len(others),
        erased=len(erased),
    )


def told(file: File) -> dict[str, Any]:
    """Return the dossier as its export says it."""
    dossier = file.dossier
    return {
        "dossier": {
            "id": dossier.id,
            "onderwerp": dossier.title,
            "doel": dossier.purpose,
            "wijk": dossier.area,
            "geopend_op": stamp(dossier.opened_at),
            "loopt_tot": stamp(dossier.until),
            "wordt_gewist_op": stamp(dossier.erased_at),
            "stand": file.state.value,
        },
        "niet_getoond": {"andere_werkrij": file.hidden, "gewist": file.erased},
        "signalen": [_signal(row) for row in file.rows],
        "feiten": _notes(file, NoteKind.FACT),
        "oordelen": _notes(file, NoteKind.OPINION),
    }


def _signal(row: Row) -> dict[str, Any]:
    return {
        "id": row.item.id,
        "geschreven": stamp(row.item.sent_at),
        "categorie": row.item.category.value if row.labelled else UNLABELLED,
        "urgentie": row.item.urgency.value if row.urgency else None,
        "stand": row.state,
        "wijk": row.area,
        "plaats": row.place,
        "tekst_zonder_persoonsgegevens": row.quote.text,
    }


def _notes(file: File, kind: NoteKind) -> list[dict[str, Any]]:
    return [
        {
            "op": stamp(entry.note.at),
            "rol": entry.role,
            "over_signaal": entry.note.signal,
            "tekst": entry.note.text,
        }
        for entry in file.entries
        if entry.note and entry.note.kind is kind
    ]


def _role(work: Work, author: str) -> str:
    account = work.accounts.by_name(author)
    return account.role if account else ""
