# SPDX-License-Identifier: EUPL-1.2
"""What groups say of our help: one number per member and month, tied to no signal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store.tables import rating_links, ratings
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

    def invite(self, group_id: str, token_hash: str, until: datetime) -> None:
        """Let whoever has this link answer for the group until then; the same twice is one."""
        row = {"token_hash": token_hash, "group_id": group_id, "expires_at": until}
        self._tx.insert_new(rating_links, [row], rating_links.c.token_hash)

    def invited(self, token_hash: str, now: datetime) -> str | None:
        """Return the group that a link is of, while it can be used."""
        table = rating_links.c
        query = sa.select(table.group_id).where(
            table.token_hash == token_hash, table.expires_at > now
        )
        found: str | None = self._tx.scalar(query)
        return found

    def given(self, group_id: str, month: str) -> int:
        """Return how many answers of a group a month has."""
        theirs = (ratings.c.group_id == group_id, ratings.c.month == month)
        return int(self._tx.scalar(sa.select(sa.func.count()).where(*theirs)))

    def prune(self, now: datetime) -> int:
        """Forget links that are over; return how many."""
        over = sa.delete(rating_links).where(rating_links.c.expires_at <= now)
        return self._tx.run(over).rowcount

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
