# SPDX-License-Identifier: EUPL-1.2

"""Tokens of other systems, made where the server is run."""

from __future__ import annotations

from collections.abc import Sequence

from buurtsignaal.bootstrap import House
from core import errors
from core.audit import AuditEvent, Tag
from dashboard.api.keyring import Made, make_for_system
from dashboard.api.scope import SYSTEMS, Scope


def admit_system(house: House, *, tenant: str, name: str, scopes: Sequence[str], days: int) -> Made:
    """Make a system's token; ``BadInput`` names what is accepted."""
    if unknown := sorted(set(scopes) - {scope.value for scope in SYSTEMS}):
        raise errors.BadInput(
            f"unknown scope '{unknown[0]}'; choose from: {', '.join(sorted(SYSTEMS))}"
        )
    with house.store.write() as work:
        return make_for_system(
            work,
            tenant=tenant,
            name=name,
            scopes={Scope(scope) for scope in scopes},
            days=days,
            by="cli",
            now=house.clock.now(),
            origin="cli",
        )


def revoke_token(house: House, *, tenant: str, token_id: str) -> None:
    """End a token; ``AlreadyDecided`` when it was revoked before."""
    now = house.clock.now()
    with house.store.write() as work:
        token = work.tokens.get(tenant, token_id)
        if not work.tokens.revoke(token.id, "cli", now):
            raise errors.AlreadyDecided("this token was revoked already")
        work.audit.write(
            AuditEvent(
                tag=Tag.PROGRAM_DISMISSED,
                tenant=tenant,
                actor="cli",
                object=f"token/{token.id}",
                at=now,
                origin="cli",
            )
        )
