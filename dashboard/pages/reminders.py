# SPDX-License-Identifier: EUPL-1.2
"""Public: an admin's reminders off or on, by the link at the end of each of them."""

from __future__ import annotations

import hmac

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from core import errors
from core.admin import Admin, AdminState
from core.audit import AuditEvent, Tag
from core.openlink import stop_mark
from dashboard import forms, render
from dashboard.services import Services

router = APIRouter(include_in_schema=False)


@router.get("/herinneringen/{admin_id}/{mark}", name="reminders")
def show(request: Request, admin_id: str, mark: str) -> Response:
    """Ask first: programs that look into mails follow links."""
    return _page(request, _admin(request, admin_id, mark), mark)


@router.post("/herinneringen/{admin_id}/{mark}", name="reminders-choose")
def choose(request: Request, admin_id: str, mark: str) -> Response:
    """Switch them off, or on again."""
    form: forms.Form = request.state.form
    quiet = form.text("herinner") != "aan"
    services: Services = request.app.state.services
    admin, now = _admin(request, admin_id, mark), services.clock.now()
    with services.store.write() as work:
        work.admins.mute(admin.id, quiet=quiet)
        work.audit.write(
            AuditEvent(
                tag=Tag.ADMIN_MUTED if quiet else Tag.ADMIN_UNMUTED,
                tenant=admin.tenant,
                actor=f"beheerder-{admin.id}",
                object=f"admin/{admin.id}",
                at=now,
                origin="web",
            )
        )
    return _page(request, _admin(request, admin_id, mark), mark)


def _admin(request: Request, admin_id: str, mark: str) -> Admin:
    services: Services = request.app.state.services
    expected = stop_mark(services.sample_key, admin_id)
    if not hmac.compare_digest(mark.encode(), expected.encode()):
        raise errors.NotFound
    with services.store.read() as work:
        found = work.admins.get(admin_id)
    # Who left gets nothing any more, and nothing is kept of them.
    if found.at(services.clock.now()) is AdminState.LEFT:
        raise errors.NotFound
    return found


def _page(request: Request, admin: Admin, mark: str) -> Response:
    return render.page(request, "herinneringen.html", admin=admin, mark=mark)
