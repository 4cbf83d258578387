# SPDX-License-Identifier: EUPL-1.2
"""Who is at a queue now, and which card they have in hand; overwritten, never a history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core.label import Queue
from store.tables import looks
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One screen of somebody at a queue."""

    session: str
    tenant: str
    queue: Queue
    #: Account name.
    actor: str
    #: The card in hand, or None.
    signal_id: str | None
    at: datetime


class Looks:
    """Presence; a screen that says nothing for a while is away."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def put(self, look: Look) -> str | None:
        """Write down where this screen is; return the card that it had in hand before."""
        mine = sa.select(looks.c.signal_id).where(looks.c.session == look.session)
        before: str | None = self._tx.scalar(mine)
        row = {name: getattr(look, name) for name in Look.__slots__} | {"queue": look.queue.value}
        insert = self._tx.upsert(looks).values(row)
        fresh = {name: insert.excluded[name] for name in row if name != "session"}
        self._tx.run(insert.on_conflict_do_update(index_elements=["session"], set_=fresh))
        return before

    def present(self, tenant: str, queue: Queue, since: datetime) -> list[Look]:
        """Return the screens that were heard of since then."""
        query = sa.select(looks).where(
            looks.c.tenant == tenant, looks.c.queue == queue.value, looks.c.at >= since
        )
        rows = self._tx.rows(query.order_by(looks.c.actor, looks.c.session))
        return [Look(**(row._asdict() | {"queue": Queue(row.queue)})) for row in rows]

    def prune(self, before: datetime) -> int:
        """Forget screens that were last heard of before then; return how many."""
        return self._tx.run(sa.delete(looks).where(looks.c.at < before)).rowcount
