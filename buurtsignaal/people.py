# SPDX-License-Identifier: EUPL-1.2
"""Accounts made from outside the pages: the first ones, and those of the demo."""

from __future__ import annotations

from buurtsignaal.bootstrap import House
from core import errors
from core.audit import AuditEvent, Tag
from core.identity import new_id
from dashboard.access import Role
from dashboard.auth import SHORTEST, hash_password
from store.accounts import Account


def add_account(
    house: House,
    *,
    tenant: str,
    username: str,
    display_name: str,
    role: str,
    password: str,
    groups: tuple[str, ...] = (),
    demo: bool = False,
) -> Account:
    """Make an account; ``BadInput`` names what is accepted."""
    if role not in set(Role):
        raise errors.BadInput(f"unknown role '{role}'; choose from: {', '.join(Role)}")
    if len(password) < SHORTEST:
        raise errors.BadInput(f"a password has at least {SHORTEST} characters")
    now = house.clock.now()
    account = Account(
        id=new_id(now),
        tenant=tenant,
        username=username,
        display_name=display_name,
        role=role,
        password_hash=hash_password(password),
        created_at=now,
        groups=groups,
        demo=demo,
    )
    with house.store.write() as work:
        work.accounts.add(account)
        work.audit.write(
            AuditEvent(
                tag=Tag.ACCOUNT_CREATED,
                tenant=tenant,
                actor="cli",
                object=f"account/{account.id}",
                at=now,
                origin="cli",
                detail={"role": role},
            )
        )
    return account
