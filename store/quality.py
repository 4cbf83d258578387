# SPDX-License-Identifier: EUPL-1.2
"""Counts that tell whether a model still does what its release promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core.label import Category
from core.signal import Act
from store.tables import counters, decisions, shadow_counts
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCount:
    """How many messages of one day were read, and how many became signals."""

    #: Calendar day in Europe/Amsterdam.
    day: str
    read: int
    flagged: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One decision that stands: what the model chose and what a person made of it."""

    at: datetime
    said: Category
    act: Act
    #: Set when the person chose another category.
    category: Category | None


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class ShadowKey:
    """A pair of judgements about one message, without the message."""

    tenant: str
    #: Calendar day in Europe/Amsterdam.
    day: str
    #: ``name/version`` of the model that judges and of the one that runs along.
    model: str
    shadow: str
    said: Category
    shadow_said: Category


class Quality:
    """Counts only; which message it was is known to nobody."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def days(self, tenant: str, since: str) -> list[DayCount]:
        """Return counts per day from the calendar day ``since`` on, oldest first."""
        column = counters.c
        query = (
            sa.select(column.day, column.kind, sa.func.sum(column.n).label("n"))
            .where(column.tenant == tenant, column.day >= since)
            .where(column.kind.in_(["read", "flagged"]))
            .group_by(column.day, column.kind)
        )
        sums = {(row.day, row.kind): int(row.n) for row in self._tx.rows(query)}
        return [
            DayCount(
                day=day, read=sums.get((day, "read"), 0), flagged=sums.get((day, "flagged"), 0)
            )
            for day in sorted({day for day, _ in sums})
        ]

    def decisions(self, tenant: str, since: datetime) -> list[Judged]:
        """Return what people judged since, oldest first; undone decisions do not count."""
        column = decisions.c
        where = (column.tenant == tenant, column.at >= since, column.undone_at.is_(None))
        query = sa.select(column.at, column.category_before, column.act, column.category)
        return [
            Judged(
                at=row.at,
                said=Category(row.category_before),
                act=Act(row.act),
                category=Category(row.category) if row.category else None,
            )
            for row in self._tx.rows(query.where(*where).order_by(column.at, column.id))
        ]

    def opinions(self, signal_ids: Sequence[str]) -> Mapping[str, Judged]:
        """Return the last decision that stands about each of these signals."""
        column = decisions.c
        found: dict[str, Judged] = {}
        for start in range(0, len(signal_ids), _PORTION):
            ids = signal_ids[start : start + _PORTION]
            where = (column.signal_id.in_(ids), column.undone_at.is_(None))
            query = sa.select(decisions).where(*where).order_by(column.seen_version)
            for row in self._tx.rows(query):
                category = Category(row.category) if row.category else None
                found[row.signal_id] = Judged(
                    at=row.at,
                    said=Category(row.category_before),
                    act=Act(row.act),
                    category=category,
                )
        return found

    def shadow(self, counts: Mapping[ShadowKey, int]) -> None:
        """Add to the counts of two models that judge the same messages."""
        for key in sorted(counts):
            row = {name: str(getattr(key, name)) for name in _SHADOW} | {"n": counts[key]}
            insert = self._tx.upsert(shadow_counts).values(row)
            more = {"n": shadow_counts.c.n + insert.excluded.n}
            self._tx.run(insert.on_conflict_do_update(index_elements=list(_SHADOW), set_=more))

    def shadows(self, tenant: str, since: str) -> Mapping[ShadowKey, int]:
        """Return the counts of two models from the calendar day ``since`` on."""
        column = shadow_counts.c
        query = sa.select(shadow_counts).where(column.tenant == tenant, column.day >= since)
        return {
            ShadowKey(
                tenant=row.tenant,
                day=row.day,
                model=row.model,
                shadow=row.shadow,
                said=Category(row.said),
                shadow_said=Category(row.shadow_said),
            ): row.n
            for row in self._tx.rows(query)
        }


#: Ids in one query.
_PORTION = 500
_SHADOW = ("tenant", "day", "model", "shadow", "said", "shadow_said")
