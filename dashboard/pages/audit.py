# SPDX-License-Identifier: EUPL-1.2
"""The audit log, for the supervisor; looking at it is written down in it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from core.audit import Tag
from dashboard.visit import Here

router = APIRouter(include_in_schema=False)

PAGE = 100


@router.get("/toezicht", name="audit")
def audit(here: Here, voor: int | None = None, controle: bool = False) -> Response:
    """Show lines, newest first; ``controle`` recomputes the whole chain."""
    slug = here.tenant.slug
    with here.services.store.read() as work:
        lines = work.audit.lines(slug, limit=PAGE, before_seq=voor)
        verification = work.audit.verify(slug) if controle else None
    with here.services.store.write() as work:
        here.audit(work, Tag.AUDIT_CONSULTED, "audit", lines=len(lines), verified=controle)
    return here.page(
        "toezicht.html",
        lines=lines,
        verification=verification,
        before=voor,
        more=lines[-1].seq if len(lines) == PAGE and lines[-1].seq > 1 else None,
    )
