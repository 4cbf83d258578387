# SPDX-License-Identifier: EUPL-1.2
"""Making, finding and ending tokens; the token itself is shown once and kept nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import errors
from core.audit import AuditEvent, Tag
from core.identity import MakeId, new_id
from dashboard.access import Role
from dashboard.api.caller import Caller
from dashboard.api.scope import READING, SYSTEMS, Scope, personal
from dashboard.auth import Visitor, session_name
from dashboard.deed import audit
from dashboard.services import Services
from dashboard.spoken import say
from store.tokens import Token
from store.work import Work

#: What every token begins with, so that a program that looks for leaked secrets knows it.
PREFIX = "bs_"
#: Longest life of a system's token, in days; a person's lasts one shift, like a session.
LONGEST = 365
#: Longest name.
NAME = 100
#: The last use is written down at most this often.
_TOUCH = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Made:
    """A new token, and what its program has to show."""

    token: Token
    #: Shown once.
    secret: str


def make(
    work: Work,
    *,
    tenant: str,
    name: str,
    scopes: Collection[Scope],
    by: str,
    now: datetime,
    lasts: timedelta,
    origin: str,
    account_id: str | None = None,
    make_id: MakeId = new_id,
) -> Made:
    """Store a token and write down who made it; raise ``BadInput`` for one that opens nothing."""
    if not name or len(name) > NAME:
        raise errors.BadInput(
            say("Geef het token een naam van 1 tot %(longest)s tekens.", longest=NAME)
        )
    if not scopes:
        raise errors.BadInput(say("Kies waar het token toegang toe geeft."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        id=make_id(now),
        tenant=tenant,
        name=name,
        token_hash=session_name(secret),
        scopes=tuple(sorted(scope.value for scope in scopes)),
        made_by=by,
        made_at=now,
        expires_at=now + lasts,
        account_id=account_id,
    )
    work.tokens.add(token)
    work.audit.write(
        AuditEvent(
            tag=Tag.PROGRAM_ADMITTED,
            tenant=tenant,
            actor=by,
            object=f"token/{token.id}",
            at=now,
            origin=origin,
            detail={"scopes": " ".join(token.scopes), "until": token.expires_at.isoformat()},
        )
    )
    return Made(token=token, secret=secret)


def make_for_system(
    work: Work,
    *,
    tenant: str,
    name: str,
    scopes: Collection[Scope],
    days: int,
    by: str,
    now: datetime,
    origin: str,
) -> Made:
    """Make the token of a system; it opens nothing that only a person may do."""
    if not 1 <= days <= LONGEST:
        raise errors.BadInput(say("Een token is 1 tot %(days)s dagen geldig.", days=LONGEST))
    if not SYSTEMS.issuperset(scopes):
        raise errors.BadInput(say("Een systeem neemt geen besluiten."))
    return make(
        work,
        tenant=tenant,
        name=name,
        scopes=scopes,
        by=by,
        now=now,
        lasts=timedelta(days=days),
        origin=origin,
    )


class Keyring:
    """Tokens of the municipalities that are served here."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def for_system(self, who: Visitor, *, name: str, scopes: Collection[Scope], days: int) -> Made:
        """Make a system's token from the pages; who makes it may see no message, and nor may it."""
        if READING.intersection(scopes):
            raise errors.NotAllowed(say("Een token dat signalen leest, maakt u op de server zelf."))
        now = self._services.clock.now()
        with self._services.store.write() as work:
            return make_for_system(
                work,
                tenant=who.tenant.slug,
                name=name,
                scopes=scopes,
                days=days,
                by=who.username,
                now=now,
                origin=who.origin,
            )

    def for_person(self, who: Visitor, *, name: str, scopes: Collection[Scope]) -> Made:
        """Make somebody's own token; raise ``NotAllowed`` for what their role does not open."""
        if not personal(who.role).issuperset(scopes):
            raise errors.NotAllowed(say("Uw rol geeft daar geen toegang toe."))
        now = self._services.clock.now()
        with self._services.store.write() as work:
            return make(
                work,
                tenant=who.tenant.slug,
                name=name,
                scopes=scopes,
                by=who.username,
                now=now,
                lasts=self._services.settings.absolute,
                origin=who.origin,
                account_id=who.account.id,
            )

    def revoke(self, who: Visitor, token_id: str) -> None:
        """End a token: one's own, or any of the municipality for who administers it."""
        now = self._services.clock.now()
        with self._services.store.write() as work:
            token = work.tokens.get(who.tenant.slug, token_id)
            if who.role is not Role.BEHEER and token.account_id != who.account.id:
                raise errors.NotFound
            if work.tokens.revoke(token.id, who.username, now):
                audit(work, who, Tag.PROGRAM_DISMISSED, f"token/{token.id}", now)

    def find(self, secret: str) -> Caller | None:
        """Return who shows this token now, or None, whatever is wrong with it."""
        now = self._services.clock.now()
        with self._services.store.read() as work:
            token = work.tokens.by_hash(session_name(secret))
            if token is None or not token.opens(now):
                return None
            caller = self._caller(work, token)
        if caller and (token.last_used is None or now - token.last_used >= _TOUCH):
            with self._services.store.write() as work:
                work.tokens.touch(token.id, now)
        return caller

    def _caller(self, work: Work, token: Token) -> Caller | None:
        tenant = self._services.tenants.get(token.tenant)
        account = work.accounts.get(token.account_id) if token.account_id else None
        if tenant is None or (account and account.disabled):
            return None
        may = personal(Role(account.role)) if account else SYSTEMS
        scopes = frozenset(scope for scope in Scope if scope.value in token.scopes)
        return Caller(token=token, tenant=tenant, account=account, scopes=scopes & may)
