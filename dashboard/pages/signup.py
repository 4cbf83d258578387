# SPDX-License-Identifier: EUPL-1.2
"""Public: signing a group up, and the personal link of an admin."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core import errors
from core.admin import link_hash
from core.tenant import Tenant
from dashboard.auth import Doorkeeper, Throttle
from dashboard.errors import said
from dashboard.forms import Form
from dashboard.groupdesk import PILOTS
from dashboard.guest import client_of, guest_page, set_cookie
from dashboard.pages.joining import tenant_of
from dashboard.preference import chosen_lang
from dashboard.registry import Registry, Wish
from dashboard.services import Services
from dashboard.spoken import say

router = APIRouter(include_in_schema=False)


@router.get("/meedoen/{slug}/aanmelden", name="signup")
def form(request: Request, slug: str) -> Response:
    """Show the form."""
    return _form(request, tenant_of(request.app.state.services, slug))


@router.post("/meedoen/{slug}/aanmelden", name="signup-submit")
def submit(request: Request, slug: str) -> Response:
    """Take a sign-up in, and say how its admin confirms it."""
    services: Services = request.app.state.services
    sent: Form = request.state.form
    tenant = tenant_of(services, slug)
    if sent.fields.get("website"):
        # People do not see this field; programs fill it in.
        raise errors.BadInput(say("Dit formulier konden wij niet lezen."))
    throttle: Throttle = request.app.state.signups
    throttle.spend(client_of(request), services.clock.now())
    try:
        welcome = Registry(services).sign_up(tenant, _wish(sent))
    except errors.BadInput as error:
        return _form(request, tenant, sent=sent, problem=said(error))
    return guest_page(request, "aangemeld.html", tenant=tenant, welcome=welcome)


@router.get("/beheerder/{token}", name="admin-link")
def link(request: Request, token: str) -> Response:
    """Ask whether the link is used now: programs that look into mails must not use it up."""
    services: Services = request.app.state.services
    now = services.clock.now()
    with services.store.read() as work:
        admin = work.admins.invited(link_hash(token), now)
        group = work.consent.group(admin.group_id) if admin and admin.group_id else None
    tenant = services.tenants.get(admin.tenant) if admin else None
    status = 200 if tenant else 404
    values = {"tenant": tenant, "group": group, "token": token}
    return guest_page(request, "beheerderslink.html", status=status, **values)


@router.post("/beheerder/{token}", name="admin-link-use")
def use(request: Request, token: str) -> Response:
    """Use the link, once: confirm, and open a session for this group."""
    keeper: Doorkeeper = request.app.state.keeper
    opened = keeper.enter(token, client_of(request))
    if opened is None:
        values = {"tenant": None, "group": None, "token": token}
        return guest_page(request, "beheerderslink.html", status=404, **values)
    if (lang := chosen_lang(request)) and (visitor := keeper.visitor(opened)):
        keeper.choose_language(visitor, lang)
    answer = RedirectResponse("/groepen", 303)
    set_cookie(request, answer, keeper.cookie, opened)
    return answer


def _form(
    request: Request, tenant: Tenant, *, sent: Form | None = None, problem: str = ""
) -> Response:
    registry = Registry(request.app.state.services)
    return guest_page(
        request,
        "aanmelden.html",
        status=400 if problem else 200,
        tenant=tenant,
        sources=registry.sources(tenant),
        pilots=[days for days in PILOTS if days],
        sent=dict(sent.fields) if sent else {},
        problem=problem,
    )


def _wish(sent: Form) -> Wish:
    chosen = sent.text("proef")
    days = None if chosen == "geen" else sent.number("proef")
    if days not in PILOTS:
        raise errors.BadInput(say("Kies hoe lang de proef duurt."))
    return Wish(
        group=sent.text("groep", longest=100),
        source=sent.text("app", longest=32),
        area=sent.text("buurt", longest=100),
        days=days,
        name=sent.text("naam", longest=100),
        mail=sent.text("mail"),
    )
