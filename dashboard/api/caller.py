# SPDX-License-Identifier: EUPL-1.2
"""The program that calls, and what one call may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from core import errors
from core.label import Queue
from core.tenant import Tenant
from dashboard.access import Role
from dashboard.api.scope import SCOPES, Scope
from dashboard.auth import Visitor
from dashboard.errors import LoginNeeded
from dashboard.services import Services
from dashboard.visit import Visit
from store.accounts import Account
from store.tokens import Token

_NOT_OPEN = "Dit token geeft daar geen toegang toe."
#: In the eyes of the pages a system sees what this role sees, and never more than its scopes say.
_ROLES = {Queue.MELDKAMER: Role.MELDKAMER, Queue.HANDHAVING: Role.HANDHAVING}


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who shows a token that holds."""

    token: Token
    tenant: Tenant
    #: None: a system, which is nobody and decides nothing.
    account: Account | None
    #: What the token opens now: never more than its person's role.
    scopes: frozenset[Scope]

    @property
    def queues(self) -> tuple[Queue, ...]:
        """The queues that it may read."""
        return tuple(queue for queue in Queue if any(s.queue is queue for s in self.scopes))

    def visitor(self, role: Role) -> Visitor:
        """Return the caller as somebody who uses the pages in this role."""
        return Visitor(
            account=self.account or _nobody(self.token, role),
            role=role,
            tenant=self.tenant,
            csrf="",
            session="",
            origin="api",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call; whoever makes it may."""

    request: Request
    services: Services
    #: None where no token is needed and none was shown.
    caller: Caller | None

    @property
    def who(self) -> Caller:
        """Return the caller, where a token is needed."""
        if self.caller is None:
            raise LoginNeeded
        return self.caller

    def queue(self, asked: Queue | None = None) -> Queue:
        """Return the queue that is asked for, or the only one the token opens."""
        mine = self.who.queues
        if asked is not None and asked not in mine:
            raise errors.NotAllowed(_NOT_OPEN)
        if asked is None and len(mine) != 1:
            raise errors.BadInput("Kies een wachtrij: dit token opent er meer dan één.")
        return asked or mine[0]

    def queue_of(self, queues: tuple[Queue, ...]) -> Queue:
        """Return the first of these queues that the token opens; raise ``NotFound``."""
        found = next((queue for queue in self.who.queues if queue in queues), None)
        if found is None:
            raise errors.NotFound
        return found

    def at(self, queue: Queue) -> Visit:
        """Return the call as a visit of somebody at this queue."""
        return self._visit(_ROLES[queue])

    def everywhere(self) -> Visit:
        """Return the call as a visit of somebody who sees counts of all queues, or the own."""
        account = self.who.account
        return self._visit(Role(account.role) if account else Role.ONDERZOEK)

    def _visit(self, role: Role) -> Visit:
        visitor = self.who.visitor(role)
        return Visit(request=self.request, services=self.services, visitor=visitor)


def admit(request: Request) -> None:
    """Let a call through when its token opens the route; for every route."""
    name = str(getattr(request.scope.get("route"), "name", ""))
    if name not in SCOPES:
        raise errors.NotAllowed(_NOT_OPEN)
    wanted, caller = SCOPES[name], _caller(request)
    if wanted is None:
        return
    if caller is None:
        raise LoginNeeded
    if not wanted & caller.scopes:
        raise errors.NotAllowed(_NOT_OPEN)


def call(request: Request) -> Call:
    """Return the call that was let in."""
    services: Services = request.app.state.services
    return Call(request=request, services=services, caller=_caller(request))


def _caller(request: Request) -> Caller | None:
    found: Caller | None = request.state.caller
    return found


def _nobody(token: Token, role: Role) -> Account:
    """Return a system as an account that cannot sign in; its name says which token it was."""
    return Account(
        id=token.id,
        tenant=token.tenant,
        username=f"token-{token.id}",
        display_name=token.name,
        role=role.value,
        password_hash="",
        created_at=token.made_at,
    )


#: Type of a route's argument.
Calling = Annotated[Call, Depends(call)]
