# SPDX-License-Identifier: EUPL-1.2
"""Who is signed in; only hashes of tokens are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store.tables import sessions
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Session:
    """One browser that is signed in."""

    #: SHA-256 of the cookie's token.
    token_hash: str
    account_id: str
    csrf: str
    created_at: datetime
    last_seen: datetime
    expires_at: datetime


class Sessions:
    """Server-side sessions."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def open(self, session: Session) -> None:
        """Store a new session."""
        row = {field: getattr(session, field) for field in Session.__slots__}
        self._tx.insert(sessions, [row])

    def get(self, token_hash: str, now: datetime) -> Session | None:
        """Return the session while it has not expired, or None."""
        where = (sessions.c.token_hash == token_hash, sessions.c.expires_at > now)
        row = self._tx.row(sa.select(sessions).where(*where))
        return Session(**row._asdict()) if row else None

    def touch(self, token_hash: str, now: datetime) -> None:
        """Write down that the session was used; needs no call at every request."""
        which = sa.update(sessions).where(sessions.c.token_hash == token_hash)
        self._tx.run(which.values(last_seen=now))

    def close(self, token_hash: str) -> None:
        """End a session."""
        self._tx.run(sa.delete(sessions).where(sessions.c.token_hash == token_hash))

    def close_all(self, account_id: str) -> int:
        """End all sessions of an account (password changed, account shut); return how many."""
        return self._tx.run(sa.delete(sessions).where(sessions.c.account_id == account_id)).rowcount

    def prune(self, now: datetime) -> int:
        """Forget expired sessions; return how many."""
        return self._tx.run(sa.delete(sessions).where(sessions.c.expires_at <= now)).rowcount
