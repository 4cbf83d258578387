# SPDX-License-Identifier: EUPL-1.2
"""Who looks after the groups, for the municipality's administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from core.admin import Admin, AdminState, Rank, Signup, Verdict
from core.audit import Tag
from dashboard import roster, words
from dashboard.access import Role
from dashboard.forms import File
from dashboard.registry import Newcomer, Registry, Welcome, without_admin
from dashboard.spoken import say
from dashboard.visit import Here, Visit
from store.consent import Group
from store.work import Work

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """A group with who looks after it."""

    group: Group
    state: str
    admins: tuple[Admin, ...]
    #: Nobody who confirmed looks after it, and no account does.
    alone: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A sign-up that waits for the municipality."""

    signup: Signup
    admin: Admin
    confirmed: bool


@router.get("/beheer/groepen", name="registry")
def registry(here: Here) -> Response:
    """Show sign-ups, groups without an admin, and all admins."""
    return _page(here)


@router.post("/beheer/groepen/aanmelding/{id}", name="signup-decide")
def decide(here: Here, id: str) -> Response:
    """Approve or refuse a sign-up."""
    said = here.form.text("besluit")
    if said not in ("goed", "af"):
        raise errors.BadInput(say("Kies goedkeuren of afwijzen."))
    Registry(here.services).decide(here.visitor, id, approved=said == "goed")
    return here.back("/beheer/groepen")


@router.post("/beheer/groepen/beheerder", name="admin-add")
def add(here: Here) -> Response:
    """Invite an admin or a deputy."""
    welcome = Registry(here.services).add(here.visitor, newcomer(here, here.form.text("groep")))
    return _page(here, welcome=welcome)


@router.post("/beheer/groepen/beheerder/{id}", name="admin-change")
def change(here: Here, id: str) -> Response:
    """Make a new link for an admin, or let one go."""
    deed, desk = here.form.text("doe"), Registry(here.services)
    if deed == "link":
        return _page(here, welcome=desk.renew(here.visitor, id))
    if deed != "weg":
        raise errors.BadInput(say("Kies wat u met de beheerder wilt doen."))
    desk.leave(here.visitor, id)
    return here.back("/beheer/groepen")


@router.get("/beheer/groepen/lijst.csv", name="admins-export")
def export(here: Here) -> Response:
    """Give the list of admins; who took it along is written down."""
    now = here.services.clock.now()
    with here.services.store.write() as work:
        groups = {g.id: g for g in work.consent.groups(here.tenant.slug)}
        admins = _present(work.admins.list(here.tenant.slug), now)
        here.audit(work, Tag.ADMINS_EXPORTED, f"tenant/{here.tenant.slug}", admins=len(admins))
    headers = {"Content-Disposition": 'attachment; filename="groepsbeheerders.csv"'}
    text = roster.export(admins, groups, now)
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/beheer/groepen/lijst", name="admins-import")
def take_in(here: Here) -> Response:
    """Invite everybody in a list, or nobody when any line is wrong."""
    file = here.form.files.get("bestand", File(filename="", data=b""))
    now, tenant = here.services.clock.now(), here.tenant.slug
    desk, made = Registry(here.services), 0
    with here.services.store.write() as work:
        groups = {g.id: g for g in work.consent.groups(tenant)}
        known = {(a.group_id, a.contact.lower()) for a in _present(work.admins.list(tenant), now)}
        found = roster.read(file.data, groups)
        for each in found:
            if (each.group_id, each.mail.lower()) not in known:
                desk.added(work, here.visitor, each)
                made += 1
        here.audit(work, Tag.ADMINS_IMPORTED, f"tenant/{tenant}", new=made, lines=len(found))
    return _page(here, imported=(made, len(found)))


def newcomer(here: Visit, group_id: str) -> Newcomer:
    """Return who is named in the form."""
    form = here.form
    rank = form.text("rol") or Rank.DEPUTY.value
    if rank not in set(Rank):
        raise errors.BadInput(say("Kies hoofd of vervanger."))
    return Newcomer(
        group_id=group_id,
        name=form.text("naam", longest=100),
        mail=form.text("mail"),
        rank=Rank(rank),
    )


def _page(
    here: Visit, *, welcome: Welcome | None = None, imported: tuple[int, int] | None = None
) -> Response:
    now = here.services.clock.now()
    with here.services.store.read() as work:
        looked = _looked(here, work, now)
        asked = _asked(here, work, now)
    return here.page(
        "groepsbeheerders.html",
        looked=looked,
        alone=[each for each in looked if each.alone],
        asked=asked,
        states={a.id: a.at(now).value for each in looked for a in each.admins},
        soon={a.id for each in looked for a in each.admins if a.ends_soon(now)},
        ranks=[rank.value for rank in Rank],
        welcome=welcome,
        imported=imported,
    )


def _looked(here: Visit, work: Work, now: datetime) -> list[Looked]:
    admins = _present(work.admins.list(here.tenant.slug), now)
    accounts = work.accounts.list(here.tenant.slug)
    covered = {
        group
        for account in accounts
        if account.role == Role.GROEPSBEHEER.value and not account.disabled
        for group in account.groups
    }
    return [
        Looked(
            group=group,
            state=words.CONSENT[group.consent.at(now)],
            admins=tuple(
                sorted((a for a in admins if a.group_id == group.id), key=lambda a: a.rank.value)
            ),
            alone=group.id not in covered and without_admin(group.id, admins, now),
        )
        for group in work.consent.groups(here.tenant.slug)
    ]


def _asked(here: Visit, work: Work, now: datetime) -> list[Asked]:
    found = [
        Asked(
            signup=signup,
            admin=(admin := work.admins.get(signup.admin_id)),
            confirmed=admin.at(now) is AdminState.ACTIVE,
        )
        for signup in work.signups.list(here.tenant.slug)
        if signup.verdict is Verdict.NEW
    ]
    # Who never confirmed is forgotten, and with them what they asked.
    return [each for each in found if each.admin.at(now) is not AdminState.LEFT]


def _present(admins: list[Admin], now: datetime) -> list[Admin]:
    return [admin for admin in admins if admin.at(now) is not AdminState.LEFT]
