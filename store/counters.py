# SPDX-License-Identifier: EUPL-1.2
"""Counts per group and day; all that is ever kept of messages that were no signal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from store.tables import counters
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class CounterKey:
    """What is counted."""

    tenant: str
    #: Our own group id.
    group: str
    #: Calendar day in Europe/Amsterdam, ``2026-11-21``.
    day: str
    #: read | dropped | flagged | decided | forwarded | public
    kind: str
    #: Category slug, drop reason, or empty.
    what: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CounterRow:
    """One count of one group on one day."""

    group: str
    day: str
    kind: str
    what: str
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """One count over all groups and days of a tenant."""

    kind: str
    what: str
    n: int


class Counters:
    """Added up in the transaction of the deed that is counted."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._waiting: Counter[CounterKey] = Counter()

    def add(self, counts: Mapping[CounterKey, int]) -> None:
        """Add to the counts."""
        self._tx.must_write()
        self._waiting.update(counts)

    def per_day(self, group_id: str, since: str) -> list[CounterRow]:
        """Return a group's counts from day ``since`` on."""
        self.flush()
        query = (
            sa.select(counters)
            .where(counters.c.group_id == group_id, counters.c.day >= since)
            .order_by(counters.c.day, counters.c.kind, counters.c.what)
        )
        return [
            CounterRow(group=row.group_id, day=row.day, kind=row.kind, what=row.what, n=row.n)
            for row in self._tx.rows(query)
        ]

    def totals(self, tenant: str, since: str) -> list[Total]:
        """Return a tenant's counts from day ``since`` on, summed over groups and days."""
        self.flush()
        table = counters.c
        query = (
            sa.select(table.kind, table.what, sa.func.sum(table.n).label("n"))
            .where(table.tenant == tenant, table.day >= since)
            .group_by(table.kind, table.what)
            .order_by(table.kind, table.what)
        )
        return [Total(kind=row.kind, what=row.what, n=int(row.n)) for row in self._tx.rows(query)]

    def flush(self) -> None:
        """Write what waits, in one order for everybody so that nobody waits in a circle."""
        rows = [
            {
                "tenant": key.tenant,
                "group_id": key.group,
                "day": key.day,
                "kind": key.kind,
                "what": key.what,
                "n": n,
            }
            for key, n in sorted(self._waiting.items())
            if n
        ]
        self._waiting.clear()
        if not rows:
            return
        insert = self._tx.upsert(counters)
        statement = insert.on_conflict_do_update(
            index_elements=["tenant", "group_id", "day", "kind", "what"],
            set_={"n": counters.c.n + insert.excluded.n},
        )
        self._tx.connection.execute(statement, rows)
