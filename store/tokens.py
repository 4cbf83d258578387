# SPDX-License-Identifier: EUPL-1.2
"""What programs show instead of a password; only hashes are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from store.tables import tokens
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Token:
    """One program's way in, at one municipality."""

    id: str
    tenant: str
    #: What it is for, in the words of who made it.
    name: str
    #: SHA-256 of what the program shows.
    token_hash: str
    #: Names of what it opens.
    scopes: tuple[str, ...]
    #: Account name of who made it, or ``cli``.
    made_by: str
    made_at: datetime
    expires_at: datetime
    #: Whose it is, and in whose name it decides; None: a system's.
    account_id: str | None = None
    last_used: datetime | None = None
    revoked_by: str | None = None
    revoked_at: datetime | None = None

    def __repr__(self) -> str:
        return f"<Token {self.id} {self.name}>"

    def opens(self, now: datetime) -> bool:
        """Whether it may be used at ``now``."""
        return self.revoked_at is None and now < self.expires_at


class Tokens:
    """Tokens of all municipalities; what was revoked or is over stays a while, to be seen."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, token: Token) -> None:
        """Store a new token."""
        row = {field: getattr(token, field) for field in Token.__slots__}
        self._tx.insert(tokens, [row | {"scopes": list(token.scopes)}])

    def by_hash(self, token_hash: str) -> Token | None:
        """Return the token of this hash, also when it is over, or None."""
        row = self._tx.row(sa.select(tokens).where(tokens.c.token_hash == token_hash))
        return _token(row) if row else None

    def get(self, tenant: str, token_id: str) -> Token:
        """Return a token of this municipality; raise ``NotFound``."""
        where = (tokens.c.tenant == tenant, tokens.c.id == token_id)
        row = self._tx.row(sa.select(tokens).where(*where))
        if row is None:
            raise errors.NotFound("no such token")
        return _token(row)

    def list(self, tenant: str) -> Sequence[Token]:
        """Return a municipality's tokens, newest first."""
        query = sa.select(tokens).where(tokens.c.tenant == tenant)
        rows = self._tx.rows(query.order_by(tokens.c.made_at.desc(), tokens.c.id.desc()))
        return [_token(row) for row in rows]

    def touch(self, token_id: str, now: datetime) -> None:
        """Write down that it was used; needs no call at every request."""
        self._tx.run(sa.update(tokens).where(tokens.c.id == token_id).values(last_used=now))

    def revoke(self, token_id: str, by: str, now: datetime) -> bool:
        """End a token; False when it was revoked already."""
        return self._revoke(by, now, tokens.c.id == token_id) > 0

    def revoke_all(self, account_id: str, by: str, now: datetime) -> int:
        """End all tokens of an account (password changed, account shut); return how many."""
        return self._revoke(by, now, tokens.c.account_id == account_id, tokens.c.expires_at > now)

    def prune(self, before: datetime) -> int:
        """Forget tokens that were over before then; return how many."""
        over = sa.or_(tokens.c.expires_at < before, tokens.c.revoked_at < before)
        return self._tx.run(sa.delete(tokens).where(over)).rowcount

    def _revoke(self, by: str, now: datetime, *where: sa.ColumnElement[bool]) -> int:
        change = sa.update(tokens).where(tokens.c.revoked_at.is_(None), *where)
        return self._tx.run(change.values(revoked_by=by, revoked_at=now)).rowcount


def _token(row: sa.Row[Any]) -> Token:
    return Token(**{**row._asdict(), "scopes": tuple(row.scopes)})
