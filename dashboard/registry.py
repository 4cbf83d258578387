# SPDX-License-Identifier: EUPL-1.2
"""Who looks after which group: sign-ups, personal links, hand-over. Each deed one transaction."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import errors
from core.admin import (
    LINK,
    Admin,
    AdminState,
    Rank,
    Signup,
    Verdict,
    code_hash,
    link_hash,
)
from core.audit import AuditEvent, Result, Tag
from core.identity import MakeId, new_id
from core.tenant import Tenant
from dashboard.auth import Visitor
from dashboard.services import Services
from dashboard.spoken import say
from ingest.texts import ALONE
from store.outbox import OutboxRow
from store.work import Work

_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
#: No letters and digits that look alike.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
#: Undecided sign-ups that a municipality takes in a day; each can cause one mail.
MOST_A_DAY = 50


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Wish:
    """What somebody fills in to sign a group up."""

    group: str
    source: str
    area: str
    days: int | None
    name: str
    mail: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Welcome:
    """What is told after a sign-up or a new link; code and link are shown this once."""

    mailed: bool
    code: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Newcomer:
    """Somebody who is to look after a group."""

    group_id: str
    name: str
    mail: str
    rank: Rank


class Registry:
    """Writes to the registry, with a line in the audit log for each deed."""

    def __init__(self, services: Services, make_id: MakeId = new_id) -> None:
        self._services = services
        self._make_id = make_id

    def sources(self, tenant: Tenant) -> list[str]:
        """Return the apps whose groups can be signed up here."""
        talking = self._services.speaking & tenant.connectors.keys()
        return sorted((self._services.uploads | talking) - ALONE)

    def sign_up(self, tenant: Tenant, wish: Wish) -> Welcome:
        """Take a sign-up in; nothing is read before admin, municipality and group said yes."""
        self._check(tenant, wish)
        now = self._services.clock.now()
        code = "".join(secrets.choice(_LETTERS) for _ in range(10))
        with self._services.store.write() as work:
            if work.signups.waiting(tenant.slug, now - timedelta(days=1)) >= MOST_A_DAY:
                raise errors.Overloaded(say("Er zijn nu te veel aanmeldingen. Probeer het morgen."))
            admin = self._newcomer(tenant, wish.name, wish.mail, Rank.HEAD, None, now)
            work.admins.add(admin)
            signup = Signup(
                id=self._make_id(now),
                tenant=tenant.slug,
                name=wish.group,
                source=wish.source,
                area=wish.area,
                days=wish.days,
                admin_id=admin.id,
                code_hash=code_hash(tenant.slug, code),
                created_at=now,
            )
            work.signups.add(signup)
            self._audit(work, tenant, Tag.GROUP_SIGNED_UP, "-", f"signup/{signup.id}", now)
            # Strangers can fill in any address, so that mail holds no word of theirs.
            welcome = self._link(work, tenant, admin, "een groep in uw buurt", now)
        speaks = wish.source not in self._services.uploads
        # A link that was not mailed is for who proves themselves in the group, with the code.
        own = welcome.link if speaks and not wish.mail else ""
        return Welcome(mailed=welcome.mailed, code=_grouped(code) if speaks else "", link=own)

    def decide(self, who: Visitor, signup_id: str, *, approved: bool) -> None:
        """Approve or refuse what an admin has confirmed."""
        now = self._services.clock.now()
        with self._services.store.write() as work:
            signup = work.signups.get(who.tenant.slug, signup_id)
            admin = work.admins.get(signup.admin_id)
            if approved and admin.at(now) is not AdminState.ACTIVE:
                raise errors.BadInput(say("De beheerder heeft de aanmelding nog niet bevestigd."))
            verdict = Verdict.APPROVED if approved else Verdict.REFUSED
            work.signups.decide(signup.id, verdict, who.username, now)
            if approved:
                self._settle(work, signup, now)
            else:
                work.admins.leave(signup.admin_id, now)
            tag = Tag.GROUP_APPROVED if approved else Tag.GROUP_REFUSED
            self._audit(work, who.tenant, tag, who.username, f"signup/{signup.id}", now)

    def add(self, who: Visitor, newcomer: Newcomer) -> Welcome:
        """Invite somebody to look after a group of this municipality."""
        with self._services.store.write() as work:
            return self.added(work, who, newcomer)

    def added(self, work: Work, who: Visitor, newcomer: Newcomer) -> Welcome:
        """Do the same within a transaction that holds more."""
        if problem := problem_of(newcomer.name, newcomer.mail):
            raise errors.BadInput(problem)
        now, tenant = self._services.clock.now(), who.tenant
        group = work.consent.group(newcomer.group_id)
        if group.tenant != tenant.slug:
            raise errors.NotFound
        admin = self._newcomer(tenant, newcomer.name, newcomer.mail, newcomer.rank, group.id, now)
        work.admins.add(admin)
        self._audit(work, tenant, Tag.ADMIN_INVITED, who.username, f"admin/{admin.id}", now)
        return self._link(work, tenant, admin, group.name, now)

    def renew(self, who: Visitor, admin_id: str) -> Welcome:
        """Make a new link, with which an admin confirms anew."""
        now = self._services.clock.now()
        with self._services.store.write() as work:
            admin = self.of_tenant(work, who.tenant, admin_id)
            if admin.at(now) is AdminState.LEFT:
                raise errors.BadInput(say("Deze beheerder is vertrokken."))
            group = work.consent.group(admin.group_id).name if admin.group_id else "uw groep"
            self._audit(work, who.tenant, Tag.ADMIN_INVITED, who.username, f"admin/{admin.id}", now)
            return self._link(work, who.tenant, admin, group, now)

    def leave(self, who: Visitor, admin_id: str) -> Admin | None:
        """Let an admin go; return the deputy who takes over, or None."""
        now = self._services.clock.now()
        with self._services.store.write() as work:
            admin = self.of_tenant(work, who.tenant, admin_id)
            if admin.group_id:
                # Two who leave at the same time must not each count on the other.
                work.consent.hold_alone([admin.group_id])
            heir = work.admins.leave(admin.id, now)
            detail = {"heir": heir.id if heir else None}
            self._audit(
                work, who.tenant, Tag.ADMIN_LEFT, who.username, f"admin/{admin.id}", now, **detail
            )
        return heir

    def of_tenant(self, work: Work, tenant: Tenant, admin_id: str) -> Admin:
        """Return an admin of this municipality; raise ``NotFound``."""
        admin = work.admins.get(admin_id)
        if admin.tenant != tenant.slug:
            raise errors.NotFound
        return admin

    def _settle(self, work: Work, signup: Signup, now: datetime) -> None:
        """Give the group what was signed up; a file's group is made here, others said a code."""
        group_id = signup.group_id
        if group_id is None and signup.source in self._services.uploads:
            group = work.consent.ensure(
                signup.tenant,
                signup.source,
                f"aanmelding-{signup.id}",
                id=self._make_id(now),
                at=now,
            )
            work.signups.link(signup.id, group.id)
            group_id = group.id
        if group_id is not None:
            work.consent.set_profile(group_id, name=signup.name, area=signup.area)
            work.admins.place(signup.admin_id, group_id)
            work.events.put(signup.tenant, "groep", "group.changed", group_id, now)

    def _check(self, tenant: Tenant, wish: Wish) -> None:
        if not wish.group.strip():
            raise errors.BadInput(say("Vul de naam van de groep in."))
        if wish.source not in self.sources(tenant):
            raise errors.BadInput(say("Kies de app van uw groep."))
        if wish.area and wish.area not in tenant.areas:
            raise errors.BadInput(say("Kies een buurt uit de lijst."))
        needs_mail = wish.source in self._services.uploads
        if problem := problem_of(wish.name, wish.mail, needs_mail=needs_mail):
            raise errors.BadInput(problem)

    def _newcomer(
        self, tenant: Tenant, name: str, mail: str, rank: Rank, group: str | None, now: datetime
    ) -> Admin:
        return Admin(
            id=self._make_id(now),
            tenant=tenant.slug,
            group_id=group,
            rank=rank,
            name=name,
            contact=mail,
            created_at=now,
        )

    def _link(self, work: Work, tenant: Tenant, admin: Admin, group: str, now: datetime) -> Welcome:
        """Make a personal link; mail it where that is possible, else it is for the page."""
        token = secrets.token_urlsafe(32)
        work.admins.invite(admin.id, link_hash(token), now, now + LINK)
        address = f"{self._services.settings.public_url.rstrip('/')}/beheerder/{token}"
        if not (tenant.mailer and admin.contact):
            return Welcome(mailed=False, link=address)
        texts = self._services.texts[tenant.slug]
        text = texts.say("link_mail", tenant, groep=group or "uw groep", adres=address)
        letter = OutboxRow(
            id=self._make_id(now),
            tenant=tenant.slug,
            kind="invite",
            target=tenant.mailer,
            payload={"source": "mail", "chat": admin.contact, "text": text, "reply_to": None},
            idempotency_key=link_hash(token),
            created_at=now,
            due_at=now,
        )
        work.outbox.put([letter])
        return Welcome(mailed=True)

    def _audit(
        self,
        work: Work,
        tenant: Tenant,
        tag: Tag,
        actor: str,
        thing: str,
        now: datetime,
        **detail: str | int | None,
    ) -> None:
        event = AuditEvent(
            tag=tag,
            tenant=tenant.slug,
            actor=actor,
            object=thing,
            at=now,
            result=Result.DONE,
            origin="web",
            detail=detail,
        )
        work.audit.write(event)


def problem_of(name: str, mail: str, *, needs_mail: bool = True) -> str:
    """Say what is wrong with a name and an address, or nothing."""
    if not name.strip() or len(name) > 100 or not name.isprintable():
        return say("Vul een naam in van hoogstens 100 tekens.")
    if not mail and not needs_mail:
        return ""
    if len(mail) > 200 or not _MAIL.fullmatch(mail):
        return say("Vul een e-mailadres in, zoals naam@voorbeeld.nl.")
    return ""


def without_admin(group_id: str, admins: Sequence[Admin], now: datetime) -> bool:
    """Whether nobody looks after a group who has confirmed it."""
    mine = (admin for admin in admins if admin.group_id == group_id)
    return not any(admin.at(now) is AdminState.ACTIVE for admin in mine)


def _grouped(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"
