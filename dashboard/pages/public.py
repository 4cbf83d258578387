# SPDX-License-Identifier: EUPL-1.2
"""Pages that need no account."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from core import errors
from dashboard import render
from dashboard.assets import Assets
from dashboard.headers import security_txt
from dashboard.report.house import House
from dashboard.services import Services

router = APIRouter(include_in_schema=False)


@router.get("/licenties", name="licences")
def licences(request: Request) -> Response:
    """List what others made and under which licence."""
    assets: Assets = request.app.state.assets
    return render.page(request, "licenties.html", packages=assets.packages())


@router.get("/licenties/{number}", name="licence-text")
def licence_text(request: Request, number: int) -> Response:
    """Show the full text of one licence."""
    assets: Assets = request.app.state.assets
    packages = assets.packages()
    if not 1 <= number <= len(packages):
        raise errors.NotFound
    path = assets.folder / "vendor" / packages[number - 1].text
    return PlainTextResponse(path.read_text(encoding="utf-8"))


@router.get("/toegankelijkheid", name="accessibility")
def accessibility(request: Request) -> Response:
    """Say how accessible the pages are."""
    return render.page(request, "toegankelijkheid.html")


@router.get("/huisstijl/{slug}.css", name="house-sheet")
def house_sheet(request: Request, slug: str) -> Response:
    """Return the colours of a municipality's own look."""
    return Response(_house(request, slug).staff_sheet(), media_type="text/css")


@router.get("/huisstijl/{slug}/logo", name="house-logo")
def house_logo(request: Request, slug: str) -> Response:
    """Return its logo."""
    logo = _house(request, slug).logo
    if logo is None:
        raise errors.NotFound
    return Response(logo.data, media_type=logo.media_type)


def _house(request: Request, slug: str) -> House:
    services: Services = request.app.state.services
    if slug not in services.houses:
        raise errors.NotFound
    return services.houses[slug]


@router.get("/volgopdrachten", name="register")
def register(request: Request) -> Response:
    """List every monitoring order that was ever approved, of all municipalities here."""
    services: Services = request.app.state.services
    now = services.clock.now()
    with services.store.read() as work:
        found = [
            (tenant, work.orders.register(slug, now))
            for slug, tenant in sorted(services.tenants.items())
        ]
    return render.page(request, "volgopdrachten.html", registers=found)


@router.get("/.well-known/security.txt", name="security-txt")
def security(request: Request) -> Response:
    """Tell finders of a hole whom to call."""
    services = request.app.state.services
    expires = services.clock.now().replace(microsecond=0) + timedelta(days=180)
    text = security_txt(
        contact=services.settings.security_contact,
        expires=expires.isoformat().replace("+00:00", "Z"),
    )
    return PlainTextResponse(text)


@router.get("/favicon.svg", name="favicon")
def favicon(request: Request) -> Response:
    """Return the icon."""
    assets: Assets = request.app.state.assets
    return FileResponse(assets.folder / "favicon.svg", media_type="image/svg+xml")


@router.get("/gezond", name="health")
def health(request: Request) -> Response:
    """Say whether the database answers; for whoever watches the server."""
    with request.app.state.services.store.read() as work:
        work.events.last_id()
    return PlainTextResponse("goed\n")
