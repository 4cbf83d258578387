# SPDX-License-Identifier: EUPL-1.2
"""What joining means, for everybody to read and to share: one public page per municipality."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from core import errors
from core.tenant import Tenant
from dashboard import render
from dashboard.qr import qr_svg
from dashboard.services import Services

router = APIRouter(include_in_schema=False)


@router.get("/meedoen", name="joining")
def joining(request: Request) -> Response:
    """List the municipalities that one can join."""
    services: Services = request.app.state.services
    tenants = sorted(services.tenants.values(), key=lambda t: t.name.lower())
    return render.page(request, "meedoen.html", tenants=tenants)


@router.get("/meedoen/{slug}", name="join")
def join(request: Request, slug: str) -> Response:
    """Say who reads, why, what is kept, for how long, and how to stop."""
    services: Services = request.app.state.services
    tenant = tenant_of(services, slug)
    return render.page(
        request,
        "meedoen-gemeente.html",
        tenant=tenant,
        address=address_of(services, tenant),
        share=share_text(services, tenant),
    )


@router.get("/meedoen/{slug}/qr.svg", name="join-qr")
def picture(request: Request, slug: str) -> Response:
    """Return the page's address as a QR code."""
    services: Services = request.app.state.services
    address = address_of(services, tenant_of(services, slug))
    return Response(qr_svg(address), media_type="image/svg+xml")


def tenant_of(services: Services, slug: str) -> Tenant:
    """Return the municipality; raise ``NotFound``."""
    tenant = services.tenants.get(slug)
    if tenant is None:
        raise errors.NotFound
    return tenant


def address_of(services: Services, tenant: Tenant) -> str:
    """Return where the page of a municipality is, as a phone must find it."""
    return f"{services.settings.public_url.rstrip('/')}/meedoen/{tenant.slug}"


def share_text(services: Services, tenant: Tenant) -> str:
    """Return what an admin can send to the members."""
    adres = address_of(services, tenant)
    return services.texts[tenant.slug].say("delen", tenant, adres=adres)
