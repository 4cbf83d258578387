# SPDX-License-Identifier: EUPL-1.2
"""Accounts, groups and connectors, for the functional administrator."""

from __future__ import annotations

import secrets
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from core.audit import Tag
from core.identity import new_id
from dashboard import sources, words
from dashboard.access import Role
from dashboard.auth import hash_password
from dashboard.spoken import say
from dashboard.visit import Here, Visit
from store.accounts import Account
from store.work import Work

router = APIRouter(include_in_schema=False)


@router.get("/beheer", name="admin")
def admin(here: Here) -> Response:
    """Show everything an administrator looks after."""
    return _page(here)


@router.post("/beheer/accounts", name="account-create")
def create(here: Here) -> Response:
    """Make an account; its first password is shown once."""
    form, now = here.form, here.services.clock.now()
    name = form.text("naam", longest=100).lower()
    display = form.text("weergave", longest=100)
    if not name or not display or " " in name:
        raise errors.BadInput(say("Vul een gebruikersnaam zonder spaties in, en een naam."))
    password = secrets.token_urlsafe(15)
    with here.services.store.write() as work:
        role = _role(form.text("rol"))
        if work.accounts.by_name(name) is not None:
            raise errors.BadInput(say("Deze gebruikersnaam bestaat al. Kies een andere."))
        account = Account(
            id=new_id(now),
            tenant=here.tenant.slug,
            username=name,
            display_name=display,
            role=role.value,
            password_hash=hash_password(password),
            created_at=now,
            groups=_groups(here, work, role),
        )
        work.accounts.add(account)
        here.audit(work, Tag.ACCOUNT_CREATED, f"account/{account.id}", role=role.value)
    return _page(here, made=(name, password))


@router.post("/beheer/accounts/{id}", name="account-change")
def change(here: Here, id: str) -> Response:
    """Shut or open an account, or give it a new password."""
    deed, password = here.form.text("doe"), secrets.token_urlsafe(15)
    with here.services.store.write() as work:
        account = work.accounts.get(id)
        if account.tenant != here.tenant.slug:
            raise errors.NotFound
        if account.id == here.visitor.account.id:
            raise errors.BadInput(say("Uw eigen account verandert u bij ‘Wachtwoord’."))
        _change(work, account, deed, password)
        work.tokens.revoke_all(account.id, here.visitor.username, here.services.clock.now())
        here.audit(work, Tag.ACCOUNT_CHANGED, f"account/{id}", deed=deed)
    made = (account.username, password) if deed == "wachtwoord" else None
    return _page(here, made=made)


def _change(work: Work, account: Account, deed: str, password: str) -> None:
    if deed == "wachtwoord":
        work.accounts.set_password(account.id, hash_password(password))
    elif deed in ("sluit", "open"):
        work.accounts.disable(account.id, disabled=deed == "sluit")
    else:
        raise errors.BadInput(say("Kies wat u met het account wilt doen."))
    work.sessions.close_all(account.id)


def _page(here: Visit, *, made: tuple[str, str] | None = None) -> Response:
    now = here.services.clock.now()
    with here.services.store.read() as work:
        accounts = work.accounts.list(here.tenant.slug)
        groups = work.consent.groups(here.tenant.slug)
    return here.page(
        "beheer.html",
        accounts=accounts,
        locked={a.id for a in accounts if _is_locked(a, now)},
        groups=groups,
        states={g.id: words.CONSENT[g.consent.at(now)] for g in groups},
        connectors=here.services.connectors(here.tenant.slug),
        standing=sources.standing,
        behind=sources.behind,
        roles=[role.value for role in Role],
        made=made,
    )


def _is_locked(account: Account, now: datetime) -> bool:
    return account.locked_until is not None and account.locked_until > now


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise errors.BadInput(say("Kies een rol.")) from None


def _groups(here: Visit, work: Work, role: Role) -> tuple[str, ...]:
    chosen = here.form.text("groep", longest=36)
    if role is not Role.GROEPSBEHEER or not chosen:
        return ()
    if work.consent.group(chosen).tenant != here.tenant.slug:
        raise errors.NotFound
    return (chosen,)
