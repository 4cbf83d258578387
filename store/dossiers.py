# SPDX-License-Identifier: EUPL-1.2
"""Dossiers with their signals and notes; notes are sealed, and all of it goes after the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from core.dossier import MOST, READABLE, Dossier, DossierState, Note, NoteKind
from store.tables import dossier_notes, dossier_signals, dossiers, signals
from store.text import open_text, seal_text
from store.transaction import Transaction

_COPIED = ("id", "tenant", "title", "purpose", "area", "opened_by", "opened_at", "ends_at")


def note_context(note_id: str) -> str:
    """Return what a note is sealed for."""
    return f"dossier-note/{note_id}"


class Dossiers:
    """What is gathered about places and patterns."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, dossier: Dossier) -> None:
        """Store a new dossier."""
        self._tx.insert(dossiers, [{name: getattr(dossier, name) for name in _COPIED}])

    def get(self, tenant: str, dossier_id: str) -> Dossier:
        """Return the dossier; raise ``NotFound``."""
        row = self._tx.row(_one(tenant, dossier_id))
        if row is None:
            raise errors.NotFound("no such dossier")
        return _dossier(row)

    def list(self, tenant: str) -> Sequence[Dossier]:
        """Return all dossiers of a tenant, the one that ends last first."""
        query = sa.select(dossiers).where(dossiers.c.tenant == tenant)
        order = (dossiers.c.ends_at.desc(), dossiers.c.id)
        return [_dossier(row) for row in self._tx.rows(query.order_by(*order))]

    def counts(self, tenant: str) -> Mapping[str, int]:
        """Return how many signals each dossier of a tenant holds."""
        query = (
            sa.select(dossier_signals.c.dossier_id, sa.func.count().label("n"))
            .join(dossiers, dossiers.c.id == dossier_signals.c.dossier_id)
            .where(dossiers.c.tenant == tenant)
            .group_by(dossier_signals.c.dossier_id)
        )
        return {row.dossier_id: row.n for row in self._tx.rows(query)}

    def close(self, tenant: str, dossier_id: str, at: datetime) -> Dossier:
        """End the work on a dossier before its time."""
        self._running(tenant, dossier_id, at)
        self._tx.run(sa.update(dossiers).where(dossiers.c.id == dossier_id).values(closed_at=at))
        return self.get(tenant, dossier_id)

    def gather(self, tenant: str, dossier_id: str, signal_id: str, by: str, at: datetime) -> bool:
        """Put a signal in the dossier; False when it was in it already."""
        self._running(tenant, dossier_id, at)
        theirs = sa.select(signals.c.id).where(
            signals.c.id == signal_id, signals.c.tenant == tenant
        )
        if self._tx.row(theirs) is None:
            raise errors.NotFound("no such signal")
        if signal_id in self.signals(dossier_id):
            return False
        self._room(dossier_signals, dossier_id)
        row = {"dossier_id": dossier_id, "signal_id": signal_id, "added_by": by, "added_at": at}
        self._tx.insert(dossier_signals, [row])
        return True

    def release(self, tenant: str, dossier_id: str, signal_id: str, at: datetime) -> bool:
        """Take a signal out of the dossier, and the notes about it; False when it was not in."""
        self._running(tenant, dossier_id, at)
        for table in (dossier_notes, dossier_signals):
            gone = self._tx.run(
                sa.delete(table).where(
                    table.c.dossier_id == dossier_id, table.c.signal_id == signal_id
                )
            )
        return gone.rowcount == 1

    def signals(self, dossier_id: str) -> Mapping[str, datetime]:
        """Return the ids of a dossier's signals with when each was put in, oldest first."""
        table = dossier_signals.c
        query = sa.select(table.signal_id, table.added_at).where(table.dossier_id == dossier_id)
        rows = self._tx.rows(query.order_by(table.added_at, table.signal_id))
        return {row.signal_id: row.added_at for row in rows}

    def note(self, tenant: str, note: Note) -> None:
        """Store a note; one about a signal needs that signal in the dossier."""
        self._running(tenant, note.dossier, note.at)
        if note.signal is not None and note.signal not in self.signals(note.dossier):
            raise errors.NotFound("no such signal in this dossier")
        self._room(dossier_notes, note.dossier)
        row = {
            "id": note.id,
            "dossier_id": note.dossier,
            "signal_id": note.signal,
            "kind": note.kind.value,
            "sealed": seal_text(self._tx.sealer, note.text, note_context(note.id)),
            "author": note.author,
            "at": note.at,
        }
        self._tx.insert(dossier_notes, [row])

    def notes(self, dossier_id: str) -> Sequence[Note]:
        """Return a dossier's notes, oldest first."""
        query = sa.select(dossier_notes).where(dossier_notes.c.dossier_id == dossier_id)
        order = (dossier_notes.c.at, dossier_notes.c.id)
        return [self._note(row) for row in self._tx.rows(query.order_by(*order))]

    def expire(self, now: datetime) -> Sequence[Dossier]:
        """Erase every dossier whose time to be read is over; return what they were."""
        ended = sa.func.coalesce(dossiers.c.closed_at, dossiers.c.ends_at)
        query = sa.select(dossiers).where(ended <= now - READABLE).order_by(dossiers.c.id)
        gone = [_dossier(row) for row in self._tx.rows(query)]
        ids = [dossier.id for dossier in gone]
        if ids:
            for table in (dossier_notes, dossier_signals):
                self._tx.run(sa.delete(table).where(table.c.dossier_id.in_(ids)))
            self._tx.run(sa.delete(dossiers).where(dossiers.c.id.in_(ids)))
        return gone

    def _running(self, tenant: str, dossier_id: str, at: datetime) -> None:
        """Hold the dossier until the commit; refuse what comes after its end."""
        row = self._tx.row(_one(tenant, dossier_id).with_for_update())
        if row is None:
            raise errors.NotFound("no such dossier")
        if _dossier(row).at(at) is not DossierState.RUNNING:
            raise errors.NotAllowed("Dit dossier is afgelopen. U kunt het alleen nog lezen.")

    def _room(self, table: sa.Table, dossier_id: str) -> None:
        query = sa.select(sa.func.count()).where(table.c.dossier_id == dossier_id)
        if self._tx.scalar(query) >= MOST:
            raise errors.BadInput(f"Dit dossier is vol: er passen {MOST} van in.")

    def _note(self, row: sa.Row[Any]) -> Note:
        return Note(
            id=row.id,
            dossier=row.dossier_id,
            kind=NoteKind(row.kind),
            text=open_text(self._tx.sealer, row.sealed, note_context(row.id)),
            author=row.author,
            at=row.at,
            signal=row.signal_id,
        )


def _one(tenant: str, dossier_id: str) -> sa.Select[Any]:
    return sa.select(dossiers).where(dossiers.c.tenant == tenant, dossiers.c.id == dossier_id)


def _dossier(row: sa.Row[Any]) -> Dossier:
    return Dossier(**row._asdict())
