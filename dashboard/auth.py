# SPDX-License-Identifier: EUPL-1.2
"""Who is looking: passwords, sessions, and no hint to somebody who guesses names."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from core import errors
from core.admin import Admin, AdminState, link_hash
from core.audit import AuditEvent, Result, Tag
from core.tenant import Tenant
from dashboard.access import OPERATORS, Role
from dashboard.errors import TooManyTries
from dashboard.report.crowd import connection_of
from dashboard.services import Services
from dashboard.spoken import say
from store.accounts import Account
from store.admins import AdminSession
from store.sessions import Session
from store.work import Work

#: Shortest password that a person may choose.
SHORTEST = 14
#: Of a longer one only this much is looked at, so that hashing takes no longer.
LONGEST = 200
#: A session's last use is written down at most this often.
_TOUCH = timedelta(minutes=1)
#: Tries of this many client addresses are remembered, in memory only.
_CLIENTS = 10_000

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the Argon2id hash to store."""
    return _hasher.hash(password)


def is_password(account: Account, password: str) -> bool:
    """Whether this is the account's password; where nobody is signed in."""
    try:
        return _hasher.verify(account.password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """Somebody who is signed in."""

    account: Account
    role: Role
    tenant: Tenant
    #: Has to come back with every form.
    csrf: str
    #: Names the session inside the house; not the cookie's value.
    session: str
    #: Came in by a personal link and has no account.
    linked: bool = False
    #: Through which door, for the audit log.
    origin: str = "web"

    @property
    def username(self) -> str:
        """The name that audit and decisions know."""
        return self.account.username


@dataclass(slots=True)
class Throttle:
    """Counts tries per client address over a sliding time."""

    limit: int
    span: timedelta
    _tries: OrderedDict[bytes, deque[datetime]] = field(default_factory=OrderedDict)

    def spend(self, client: str, now: datetime) -> None:
        """Count a try; raise ``TooManyTries`` beyond the limit."""
        name = connection_of(client)
        tries = self._tries.setdefault(name, deque())
        self._tries.move_to_end(name)
        while len(self._tries) > _CLIENTS:
            self._tries.popitem(last=False)
        while tries and now - tries[0] >= self.span:
            tries.popleft()
        if len(tries) >= self.limit:
            raise TooManyTries
        tries.append(now)

    def forgive(self, client: str) -> None:
        """Count from nothing again."""
        self._tries.pop(connection_of(client), None)


class Doorkeeper:
    """Opens, finds and closes sessions."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings
        self._throttle = Throttle(self._settings.attempts_per_client, self._settings.lockout)
        #: Wrong passwords given inside a session, by account: a stolen one must not guess on.
        self._again = Throttle(self._settings.attempts, self._settings.lockout)

    @cached_property
    def _nobody(self) -> str:
        """A hash for names that do not exist, so that they cost as much time as others."""
        return hash_password(secrets.token_hex(16))

    @property
    def cookie(self) -> str:
        """Name of the session cookie; the ``__Host-`` kind wherever there is https."""
        return "__Host-session" if self._settings.secure else "session"

    def login(self, name: str, password: str, client: str) -> str | None:
        """Return a new session's token, or None, whatever was wrong."""
        now = self._services.clock.now()
        self._throttle.spend(client, now)
        with self._services.store.read() as work:
            account = work.accounts.by_name(name)
        right = self._verify(account.password_hash if account else self._nobody, password)
        with self._services.store.write() as work:
            # Read again: somebody may have locked or shut the account meanwhile.
            account = work.accounts.get(account.id) if account else None
            if account is None or not right or not self._open(account, now):
                self._refuse(work, account, now, counts=not right)
                return None
            return self._start(work, account, password, now)

    def visitor(self, token: str | None, *, touch: bool = True) -> Visitor | None:
        """Return who this cookie's value belongs to, or None."""
        if not token:
            return None
        return self.by_session(session_name(token), touch=touch)

    def by_session(self, session: str, *, touch: bool = False) -> Visitor | None:
        """Return who is signed in under this session, or None."""
        now = self._services.clock.now()
        with self._services.store.read() as work:
            found = work.sessions.get(session, now)
            account = work.accounts.get(found.account_id) if found else None
        if found is None:
            return self._linked(session, now, touch=touch)
        if account is None or account.disabled:
            return None
        tenant = self._services.tenants.get(account.tenant)
        role = Role(account.role)
        if tenant is None or now - found.last_seen >= self._idle(role):
            return None
        if touch and now - found.last_seen >= _TOUCH:
            with self._services.store.write() as work:
                work.sessions.touch(session, now)
        return Visitor(account=account, role=role, tenant=tenant, csrf=found.csrf, session=session)

    def _linked(self, session: str, now: datetime, *, touch: bool) -> Visitor | None:
        """Return the admin who opened this session with a personal link, for one group only."""
        with self._services.store.read() as work:
            found = work.admins.session(session, now)
            admin = work.admins.get(found.admin_id) if found else None
        if found is None or admin is None or admin.at(now) is not AdminState.ACTIVE:
            return None
        tenant = self._services.tenants.get(admin.tenant)
        if tenant is None or now - found.last_seen >= self._settings.idle:
            return None
        if touch and now - found.last_seen >= _TOUCH:
            with self._services.store.write() as work:
                work.admins.touch(session, now)
        account = account_of(admin)
        role = Role.GROEPSBEHEER
        return Visitor(
            account=account, role=role, tenant=tenant, csrf=found.csrf, session=session, linked=True
        )

    def enter(self, token: str, client: str) -> str | None:
        """Use a personal link; return a new session's token, or None."""
        now = self._services.clock.now()
        self._throttle.spend(client, now)
        with self._services.store.write() as work:
            admin = work.admins.redeem(link_hash(token), now)
            if admin is None:
                return None
            # Who has a mail address proves with the link that it is theirs; in the group's own
            # app the code did that, and a link alone proves nothing.
            if not admin.contact and admin.confirmed_at is None:
                raise errors.NotAllowed(say("Stuur eerst de code in uw groep. Vraag dan een link."))
            work.admins.confirm(admin.id, now)
            opened = secrets.token_urlsafe(32)
            work.admins.open(
                AdminSession(
                    token_hash=session_name(opened),
                    admin_id=admin.id,
                    csrf=secrets.token_urlsafe(32),
                    created_at=now,
                    last_seen=now,
                    expires_at=now + self._settings.absolute,
                )
            )
            work.audit.write(
                AuditEvent(
                    tag=Tag.ADMIN_CONFIRMED,
                    tenant=admin.tenant,
                    actor=account_of(admin).username,
                    object=f"admin/{admin.id}",
                    at=now,
                    origin="web",
                )
            )
        return opened

    def logout(self, visitor: Visitor) -> None:
        """End the session."""
        now = self._services.clock.now()
        with self._services.store.write() as work:
            work.sessions.close(visitor.session)
            work.admins.close(visitor.session)
            work.audit.write(_event(Tag.LOGGED_OUT, visitor.account, now))

    def choose_language(self, visitor: Visitor, lang: str) -> None:
        """Show this person the pages in ``lang``, now and after the next login."""
        if visitor.account.language == lang:
            return
        now = self._services.clock.now()
        with self._services.store.write() as work:
            keep = work.admins if visitor.linked else work.accounts
            keep.set_language(visitor.account.id, lang)
            work.audit.write(_event(Tag.ACCOUNT_CHANGED, visitor.account, now))

    def change_password(self, visitor: Visitor, old: str, new: str) -> bool:
        """Set a new password and end all other sessions; False when the old one is wrong."""
        if not self.knows(visitor, old):
            return False
        hashed, now = hash_password(new), self._services.clock.now()
        with self._services.store.write() as work:
            mine = work.sessions.get(visitor.session, now)
            work.accounts.set_password(visitor.account.id, hashed)
            work.sessions.close_all(visitor.account.id)
            work.tokens.revoke_all(visitor.account.id, visitor.username, now)
            if mine:
                work.sessions.open(mine)
            work.audit.write(_event(Tag.ACCOUNT_CHANGED, visitor.account, now))
        return True

    def knows(self, visitor: Visitor, password: str) -> bool:
        """Whether this is the visitor's own password, for deeds that ask for it again.

        Raises ``TooManyTries`` after as many wrong ones as the sign-in page allows.
        """
        if visitor.linked:
            return False
        now, account = self._services.clock.now(), visitor.account.id
        self._again.spend(account, now)
        right = is_password(visitor.account, password[:LONGEST])
        if right:
            self._again.forgive(account)
        return right

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return _hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False

    def _open(self, account: Account, now: datetime) -> bool:
        locked = account.locked_until is not None and now < account.locked_until
        known = account.tenant in self._services.tenants
        return known and not locked and not account.disabled

    def _start(self, work: Work, account: Account, password: str, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        work.accounts.succeed(account.id)
        if _hasher.check_needs_rehash(account.password_hash):
            work.accounts.set_password(account.id, hash_password(password))
        session = Session(
            token_hash=session_name(token),
            account_id=account.id,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            last_seen=now,
            expires_at=now + self._settings.absolute,
        )
        work.sessions.open(session)
        work.audit.write(_event(Tag.LOGIN_SUCCEEDED, account, now))
        return token

    def _refuse(self, work: Work, account: Account | None, now: datetime, *, counts: bool) -> None:
        if account is None:
            # What was typed is not written down: people type passwords there.
            tenants = list(self._services.tenants)
            event = AuditEvent(
                tag=Tag.LOGIN_FAILED,
                tenant=tenants[0] if len(tenants) == 1 else "-",
                actor="onbekend",
                object="account/-",
                at=now,
                result=Result.REFUSED,
                origin="web",
            )
            work.audit.write(event)
            return
        if counts:
            self._count(work, account, now)
        work.audit.write(_event(Tag.LOGIN_FAILED, account, now, Result.REFUSED))

    def _count(self, work: Work, account: Account, now: datetime) -> None:
        if account.locked_until is not None and account.locked_until <= now:
            work.accounts.succeed(account.id)  # The lock is over: count from nothing again.
        limit, pause = self._settings.attempts, self._settings.lockout
        work.accounts.fail(account.id, now, limit=limit, pause=pause)

    def _idle(self, role: Role) -> timedelta:
        whole_shift = OPERATORS | {Role.WANDBORD}
        return self._settings.operator_idle if role in whole_shift else self._settings.idle


def account_of(admin: Admin) -> Account:
    """Return an admin as an account that cannot sign in and governs one group."""
    return Account(
        id=admin.id,
        tenant=admin.tenant,
        username=f"beheerder-{admin.id}",
        display_name=say("Groepsbeheerder"),
        role=Role.GROEPSBEHEER.value,
        password_hash="",
        created_at=admin.created_at,
        groups=(admin.group_id,) if admin.group_id else (),
        language=admin.language,
    )


def session_name(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _event(tag: Tag, account: Account, at: datetime, result: Result = Result.DONE) -> AuditEvent:
    return AuditEvent(
        tag=tag,
        tenant=account.tenant,
        actor=account.username,
        object=f"account/{account.id}",
        at=at,
        result=result,
        origin="web",
    )
