# SPDX-License-Identifier: EUPL-1.2
"""Which signals are in which file, who took it along, and what of it was erased since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from store.tables import export_signals, exports
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """One file that somebody took along."""

    id: str
    tenant: str
    file: str
    #: Account name.
    made_by: str
    made_at: datetime
    #: Signals in it; those erased here since; and of those, the ones still in the file.
    signals: int = 0
    erased: int = 0
    unsettled: int = 0


class Exports:
    """Ids only; ``store.erasing`` writes down here what goes."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, export: Export, signals: Iterable[str]) -> None:
        """Write down a file before it leaves."""
        row = {
            "id": export.id,
            "tenant": export.tenant,
            "file": export.file,
            "made_by": export.made_by,
            "made_at": export.made_at,
        }
        self._tx.insert(exports, [row])
        inside = [{"export_id": export.id, "signal_id": id} for id in dict.fromkeys(signals)]
        self._tx.insert(export_signals, inside)

    def get(self, tenant: str, export_id: str) -> Export:
        """Return the file; raise ``NotFound``."""
        found = self._many(exports.c.tenant == tenant, exports.c.id == export_id, most=1)
        if not found:
            raise errors.NotFound("no such file")
        return found[0]

    def of_tenant(self, tenant: str, *, made_by: str = "", most: int = 200) -> Sequence[Export]:
        """Return files, of one person or of all: first what is to be done, then the latest."""
        mine = [exports.c.made_by == made_by] if made_by else []
        return self._many(exports.c.tenant == tenant, *mine, most=most)

    def unsettled(self, export_id: str) -> Sequence[str]:
        """Return the signals that were erased here and are still in the file."""
        table = export_signals.c
        query = sa.select(table.signal_id).where(*_open(export_id))
        return [row.signal_id for row in self._tx.rows(query.order_by(table.signal_id))]

    def settle(self, export_id: str, signals: Sequence[str], at: datetime) -> int:
        """Write down that these are out of the file, or the file is gone; return how many."""
        theirs = export_signals.c.signal_id.in_(signals)
        change = sa.update(export_signals).where(*_open(export_id), theirs)
        return self._tx.run(change.values(settled_at=at)).rowcount

    def _many(self, *where: sa.ColumnElement[bool], most: int) -> Sequence[Export]:
        inside = export_signals.c
        unsettled = sa.func.count(inside.erased_at) - sa.func.count(inside.settled_at)
        query = (
            sa.select(
                exports,
                sa.func.count(inside.signal_id).label("signals"),
                sa.func.count(inside.erased_at).label("erased"),
                unsettled.label("unsettled"),
            )
            .outerjoin(export_signals, inside.export_id == exports.c.id)
            .where(*where)
            .group_by(*exports.c)
            .order_by((unsettled == 0), exports.c.made_at.desc(), exports.c.id.desc())
            .limit(most)
        )
        return [_export(row) for row in self._tx.rows(query)]


def mark_erased(tx: Transaction, signals: Sequence[str], at: datetime) -> None:
    """Write down in every file with one of these signals that it was erased here."""
    theirs = (export_signals.c.signal_id.in_(signals), export_signals.c.erased_at.is_(None))
    tx.run(sa.update(export_signals).where(*theirs).values(erased_at=at))


def _open(export_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        export_signals.c.export_id == export_id,
        export_signals.c.erased_at.is_not(None),
        export_signals.c.settled_at.is_(None),
    )


def _export(row: sa.Row[Any]) -> Export:
    return Export(**row._asdict())
