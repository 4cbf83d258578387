# SPDX-License-Identifier: EUPL-1.2
"""Which sources are out of reach, for who watches a queue."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from dashboard.render import markup
from dashboard.sources import away
from dashboard.visit import Here

router = APIRouter(include_in_schema=False)


@router.get("/bronnen", name="sources")
def sources(here: Here) -> Response:
    """One line for each source that is away; empty when all is well."""
    seen = here.services.connectors(here.tenant.slug)
    lines = away(seen, here.services.clock.now())
    return HTMLResponse(markup(here.request, "bronnen.html", away=lines))
