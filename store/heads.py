# SPDX-License-Identifier: EUPL-1.2
"""Numbers that follow the order of commits.

A sequence gives its numbers when a row is inserted, so on PostgreSQL number 8 can become visible
before number 7, and a reader that goes on from 8 never sees 7. A head is one row per chain; its
lock is taken at the very end of a transaction and held until the commit, so numbers become
visible in order and without gaps. On SQLite there is one writer and the lock costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from store.tables import heads
from store.transaction import Transaction

#: The chain that all events share.
EVENTS = "events"


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The end of one chain."""

    #: The last number given; 0 for none.
    seq: int = 0
    #: Hash of the last line; empty where lines have none.
    hash: str = ""


def audit_chain(tenant: str) -> str:
    """Return the name of a tenant's audit chain."""
    return f"audit/{tenant}"


class Heads:
    """The ends of all chains, for one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        #: What this transaction has locked nobody else can move, so it is read once.
        self._mine: dict[str, Head] = {}

    def get(self, chain: str) -> Head:
        """Return the end of ``chain`` as this transaction sees it."""
        row = self._tx.row(sa.select(heads).where(heads.c.chain == chain))
        return Head(seq=row.seq, hash=row.hash) if row else Head()

    def lock(self, chains: Collection[str]) -> dict[str, Head]:
        """Return the ends of ``chains`` and keep everybody else from moving them."""
        if unlocked := set(chains) - set(self._mine):
            self._mine |= self._locked(unlocked)
        if missing := sorted(set(chains) - set(self._mine)):
            rows = [{"chain": chain, "seq": 0, "hash": ""} for chain in missing]
            self._tx.insert_new(heads, rows, heads.c.chain)
            self._mine |= self._locked(missing)
        return {chain: self._mine[chain] for chain in chains}

    def move(self, ends: Mapping[str, Head]) -> None:
        """Write the new ends of chains that were locked."""
        statement = (
            sa.update(heads)
            .where(heads.c.chain == sa.bindparam("which"))
            .values(seq=sa.bindparam("end"), hash=sa.bindparam("mark"))
        )
        rows = [{"which": c, "end": head.seq, "mark": head.hash} for c, head in ends.items()]
        self._tx.connection.execute(statement, rows)
        self._mine.update(ends)

    def _locked(self, chains: Collection[str]) -> dict[str, Head]:
        query = (
            sa.select(heads)
            .where(heads.c.chain.in_(sorted(chains)))
            .order_by(heads.c.chain)
            .with_for_update()
        )
        return {row.chain: Head(seq=row.seq, hash=row.hash) for row in self._tx.rows(query)}
