# SPDX-License-Identifier: EUPL-1.2
"""How far each source has been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store.tables import cursors
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class CursorRow:
    """When a stream was last read."""

    source: str
    stream: str
    at: datetime


class Cursors:
    """Moves in the transaction that stores what was read, so nothing is lost or read twice."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def get(self, tenant: str, source: str, stream: str) -> str | None:
        """Return where to go on; None at the very start."""
        where = (
            cursors.c.tenant == tenant,
            cursors.c.source == source,
            cursors.c.stream == stream,
        )
        value: str | None = self._tx.scalar(sa.select(cursors.c.value).where(*where))
        return value

    def list(self, tenant: str) -> Sequence[CursorRow]:
        """Return all streams of a tenant with when they were last read."""
        query = sa.select(cursors).where(cursors.c.tenant == tenant)
        rows = self._tx.rows(query.order_by(cursors.c.source, cursors.c.stream))
        return [CursorRow(source=r.source, stream=r.stream, at=r.updated_at) for r in rows]

    def advance(self, tenant: str, source: str, stream: str, value: str, at: datetime) -> None:
        """Set where to go on."""
        row = {
            "tenant": tenant,
            "source": source,
            "stream": stream,
            "value": value,
            "updated_at": at,
        }
        insert = self._tx.upsert(cursors).values(row)
        self._tx.run(
            insert.on_conflict_do_update(
                index_elements=["tenant", "source", "stream"],
                set_={"value": insert.excluded.value, "updated_at": insert.excluded.updated_at},
            )
        )
