# SPDX-License-Identifier: EUPL-1.2
"""Where a municipality that does not work with us fetches a report; a link from a mail leads here.

Mail scanners follow links, so opening takes a press on a button.
"""

from __future__ import annotations

import base64

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from core.audit import AuditEvent, Tag
from dashboard.report.desk import AtDesk, Desk
from store.handovers import Handover

router = APIRouter(include_in_schema=False)


@router.get("/overdracht/{token}", name="handover")
def show(at: AtDesk, token: str) -> Response:
    """Say that there is a report, without opening it."""
    with at.services.store.read() as work:
        if not work.handovers.waits(token, at.services.clock.now()):
            raise errors.NotFound
    return at.page("overdracht.html", token=token, report=None)


@router.post("/overdracht/{token}", name="handover-open")
def open_(at: AtDesk, token: str) -> Response:
    """Show the report; from now on the link has two days left."""
    found = _open(at, token)
    return at.page("overdracht.html", token=token, report=found, moment=at.moment)


@router.post("/overdracht/{token}/foto", name="handover-photo")
def photo(at: AtDesk, token: str) -> Response:
    """Give the photo that came along."""
    found = _open(at, token)
    if not found.content.get("photo"):
        raise errors.NotFound
    return Response(base64.b64decode(found.content["photo"]), media_type="image/jpeg")


def _open(at: Desk, token: str) -> Handover:
    now = at.services.clock.now()
    with at.services.store.write() as work:
        found = work.handovers.open(token, now)
        if found is None:
            raise errors.NotFound
        work.audit.write(
            AuditEvent(
                tag=Tag.REPORT_DISCLOSED,
                tenant=found.municipality,
                actor="link",
                object=f"handover/{found.id}",
                at=now,
                origin="web",
            )
        )
    return found
