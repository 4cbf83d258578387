# SPDX-License-Identifier: EUPL-1.2
"""What groups say of our help: one number per member and month, tied to no signal."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from store.tables import ratings
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthScore:
    """All answers of a municipality's groups in one month."""

    #: ``2026-11``.
    month: str
    answers: int
    #: Sum of the answers, each from 1 to 5.
    total: int


class Ratings:
    """A second answer of a member in a month replaces the first."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def give(self, tenant: str, group_id: str, month: str, pseudonym: str, score: int) -> None:
        """Store an answer."""
        row = {
            "tenant": tenant,
            "group_id": group_id,
            "month": month,
            "pseudonym": pseudonym,
            "score": score,
        }
        insert = self._tx.upsert(ratings).values(row)
        keys = ["group_id", "month", "pseudonym"]
        changed = {"score": insert.excluded.score}
        self._tx.run(insert.on_conflict_do_update(index_elements=keys, set_=changed))

    def forget(self, group_id: str, pseudonyms: tuple[str, ...]) -> None:
        """Remove a member's answers."""
        table = ratings.c
        theirs = (table.group_id == group_id, table.pseudonym.in_(sorted(pseudonyms)))
        self._tx.run(sa.delete(ratings).where(*theirs))

    def months(self, tenant: str, before: str) -> list[MonthScore]:
        """Return a tenant's months before ``before``, latest first."""
        table = ratings.c
        query = (
            sa.select(
                table.month,
                sa.func.count().label("answers"),
                sa.func.sum(table.score).label("total"),
            )
            .where(table.tenant == tenant, table.month < before)
            .group_by(table.month)
            .order_by(table.month.desc())
        )
        return [
            MonthScore(month=row.month, answers=int(row.answers), total=int(row.total))
            for row in self._tx.rows(query)
        ]
