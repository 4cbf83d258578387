# SPDX-License-Identifier: EUPL-1.2
"""People who may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core import errors
from store.tables import accounts
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """One person's account at one municipality."""

    id: str
    tenant: str
    #: Unique over all municipalities; compared in lower case.
    username: str
    display_name: str
    #: meldkamer | handhaving | groepsbeheer | onderzoek | toezicht | beheer
    role: str
    #: Argon2id; made by the dashboard.
    password_hash: str
    created_at: datetime
    #: Our ids of the groups that a groepsbeheer account governs.
    groups: tuple[str, ...] = ()
    demo: bool = False
    disabled: bool = False
    #: Wrong passwords since the last right one.
    failures: int = 0
    locked_until: datetime | None = None
    #: Language of the pages: nl | en
    language: str = "nl"

    def __repr__(self) -> str:
        return f"<Account {self.username} {self.role}>"


class Accounts:
    """Accounts with their lock after too many wrong passwords."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, account: Account) -> None:
        """Store a new account; ``BadInput`` when the name is taken."""
        row = {field: getattr(account, field) for field in Account.__slots__}
        row |= {"username": account.username.lower(), "groups": list(account.groups)}
        if not self._tx.insert_new(accounts, [row], accounts.c.id):
            raise errors.BadInput("there is an account of this name already")

    def get(self, account_id: str) -> Account:
        """Return the account; raise ``NotFound``."""
        row = self._tx.row(sa.select(accounts).where(accounts.c.id == account_id))
        if row is None:
            raise errors.NotFound("no such account")
        return _account(row)

    def by_name(self, username: str) -> Account | None:
        """Return the account of this name in any case, or None."""
        query = sa.select(accounts).where(accounts.c.username == username.lower())
        row = self._tx.row(query)
        return _account(row) if row else None

    def list(self, tenant: str) -> Sequence[Account]:
        """Return a tenant's accounts by name."""
        query = sa.select(accounts).where(accounts.c.tenant == tenant)
        return [_account(row) for row in self._tx.rows(query.order_by(accounts.c.username))]

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Replace the password and lift the lock."""
        self._set(account_id, password_hash=password_hash, failures=0, locked_until=None)

    def set_profile(
        self, account_id: str, *, display_name: str, role: str, groups: Sequence[str]
    ) -> None:
        """Replace name, role and governed groups."""
        self._set(account_id, display_name=display_name, role=role, groups=[*groups])

    def set_language(self, account_id: str, language: str) -> None:
        """Show the pages in this language from now on."""
        self._set(account_id, language=language)

    def fail(
        self,
        account_id: str,
        at: datetime,
        *,
        limit: int = 10,
        pause: timedelta = timedelta(minutes=15),
    ) -> Account:
        """Count a wrong password; from ``limit`` on the account is locked for ``pause``."""
        self._set(account_id, failures=accounts.c.failures + 1)
        account = self.get(account_id)
        if account.failures >= limit:
            self._set(account_id, locked_until=at + pause)
        return self.get(account_id)

    def succeed(self, account_id: str) -> None:
        """Forget wrong passwords after a right one."""
        self._set(account_id, failures=0, locked_until=None)

    def disable(self, account_id: str, *, disabled: bool = True) -> None:
        """Shut an account, or open it again."""
        self._set(account_id, disabled=disabled)

    def _set(self, account_id: str, **values: Any) -> None:
        self._tx.run(sa.update(accounts).where(accounts.c.id == account_id).values(**values))


def _account(row: sa.Row[Any]) -> Account:
    return Account(**{**row._asdict(), "groups": tuple(row.groups)})
