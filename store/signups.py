# SPDX-License-Identifier: EUPL-1.2
"""Groups that want to join, until the municipality has decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from core.admin import Signup, Verdict
from store.tables import admins, signups
from store.text import storable
from store.transaction import Transaction


class Signups:
    """Each is decided once."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, signup: Signup) -> None:
        """Store a new sign-up."""
        row = {field: getattr(signup, field) for field in Signup.__slots__}
        row |= {"name": storable(signup.name)[:200], "verdict": signup.verdict.value}
        self._tx.insert(signups, [row])

    def get(self, tenant: str, signup_id: str) -> Signup:
        """Return the sign-up of this tenant; raise ``NotFound``."""
        where = (signups.c.tenant == tenant, signups.c.id == signup_id)
        row = self._tx.row(sa.select(signups).where(*where))
        if row is None:
            raise errors.NotFound("no such sign-up")
        return _signup(row)

    def list(self, tenant: str) -> list[Signup]:
        """Return all of a tenant, latest first."""
        query = sa.select(signups).where(signups.c.tenant == tenant)
        ordered = query.order_by(signups.c.created_at.desc(), signups.c.id.desc())
        return [_signup(row) for row in self._tx.rows(ordered)]

    def waiting(self, tenant: str, since: datetime) -> int:
        """Return how many came in since then and are not decided."""
        table = signups.c
        query = sa.select(sa.func.count()).where(
            table.tenant == tenant,
            table.created_at >= since,
            table.verdict == Verdict.NEW.value,
        )
        return int(self._tx.scalar(query) or 0)

    def by_code(self, tenant: str, code_hash: str) -> Signup | None:
        """Return the sign-up that still waits for this code, or None."""
        table = signups.c
        query = sa.select(signups).where(
            table.tenant == tenant,
            table.code_hash == code_hash,
            table.group_id.is_(None),
            table.verdict != Verdict.REFUSED.value,
        )
        row = self._tx.row(query)
        return _signup(row) if row else None

    def link(self, signup_id: str, group_id: str) -> None:
        """Write down which group it is, once; ``AlreadyDecided`` after that."""
        where = (signups.c.id == signup_id, signups.c.group_id.is_(None))
        if not self._tx.run(sa.update(signups).where(*where).values(group_id=group_id)).rowcount:
            raise errors.AlreadyDecided("this sign-up has its group already")

    def decide(self, signup_id: str, verdict: Verdict, by: str, at: datetime) -> None:
        """Write down what the municipality says, once; ``AlreadyDecided`` after that."""
        values = {"verdict": verdict.value, "decided_by": by, "decided_at": at}
        where = (signups.c.id == signup_id, signups.c.verdict == Verdict.NEW.value)
        if not self._tx.run(sa.update(signups).where(*where).values(**values)).rowcount:
            raise errors.AlreadyDecided("this sign-up was decided already")

    def prune(self) -> int:
        """Forget what a group is called that was refused, or whose admin is gone before the yes.

        Strangers wrote that; return how many it were.
        """
        gone = sa.select(admins.c.id).where(admins.c.left_at.is_not(None))
        over = sa.or_(
            signups.c.verdict == Verdict.REFUSED.value,
            sa.and_(signups.c.verdict == Verdict.NEW.value, signups.c.admin_id.in_(gone)),
        )
        named = (over, signups.c.name != "")
        return self._tx.run(sa.update(signups).where(*named).values(name="")).rowcount


def _signup(row: sa.Row[Any]) -> Signup:
    return Signup(**(row._asdict() | {"verdict": Verdict(row.verdict)}))
