# SPDX-License-Identifier: EUPL-1.2

"""Tokens for programs: an operator's own, and those of systems that read no message."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from dashboard.access import Role
from dashboard.api.document import BASE
from dashboard.api.keyring import LONGEST, NAME, Keyring, Made
from dashboard.api.scope import READING, SYSTEMS, Scope, personal
from dashboard.auth import Throttle, is_password
from dashboard.spoken import say
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)

#: Scope → what it opens, for people.
OPENS = {
    Scope.MELDKAMER: say("signalen van de meldkamer lezen, zonder persoonsgegevens"),
    Scope.HANDHAVING: say("signalen van handhaving lezen, zonder persoonsgegevens"),
    Scope.COUNTS: say("aantallen per plek en tijd"),
    Scope.SOURCES: say("hoe het met de bronnen gaat"),
    Scope.DECIDE: say("besluiten nemen in uw naam"),
}
#: Days that a system's token can last.
DAYS = (30, 90, LONGEST)


@router.get("/tokens", name="tokens")
def tokens(here: Here) -> Response:
    """Show the tokens: one's own, or those of the municipality."""
    return _page(here)


@router.post("/tokens", name="token-make")
def make(here: Here) -> Response:
    """Make a token; it is shown once."""
    name = here.form.text("naam", longest=NAME)
    chosen = {scope for scope in Scope if here.form.text(f"mag-{scope}") == "ja"}
    keyring = Keyring(here.services)
    if here.visitor.role is Role.BEHEER:
        days = here.form.number("dagen")
        made = keyring.for_system(here.visitor, name=name, scopes=chosen, days=days)
    else:
        _check_password(here)
        made = keyring.for_person(here.visitor, name=name, scopes=chosen)
    return _page(here, made=made)


@router.post("/tokens/{id}", name="token-revoke")
def revoke(here: Here, id: str) -> Response:
    """End a token."""
    Keyring(here.services).revoke(here.visitor, id)
    return here.back("/tokens")


def _check_password(here: Visit) -> None:
    """Ask again who it is: what this token decides, this person decides."""
    tries: Throttle = here.request.app.state.token_tries
    tries.spend(here.visitor.account.id, here.services.clock.now())
    if not is_password(here.visitor.account, here.form.fields.get("wachtwoord", "")):
        raise errors.BadInput(say("Uw wachtwoord klopt niet."))


def _page(here: Visit, *, made: Made | None = None) -> Response:
    now, visitor = here.services.clock.now(), here.visitor
    manages = visitor.role is Role.BEHEER
    with here.services.store.read() as work:
        found = work.tokens.list(here.tenant.slug)
        accounts = {a.id: a.display_name for a in work.accounts.list(here.tenant.slug)}
    mine = [t for t in found if manages or t.account_id == visitor.account.id]
    choices = SYSTEMS - READING if manages else personal(visitor.role)
    return here.page(
        "tokens.html",
        tokens=mine,
        standing={t.id: _standing(t.opens(now), revoked=t.revoked_at is not None) for t in mine},
        owners={t.id: accounts.get(t.account_id or "", "") for t in mine},
        choices=[(scope, OPENS[scope]) for scope in Scope if scope in choices],
        opens={scope.value: said for scope, said in OPENS.items()},
        manages=manages,
        days=DAYS,
        longest=NAME,
        hours=round(here.services.settings.absolute.total_seconds() / 3600),
        base=BASE,
        made=made,
    )


def _standing(opens: bool, *, revoked: bool) -> str:
    if revoked:
        return "ingetrokken"
    return "werkt" if opens else "afgelopen"
