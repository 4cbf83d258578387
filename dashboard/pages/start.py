# SPDX-License-Identifier: EUPL-1.2
"""The first page after signing in, for each role its own."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from dashboard.access import Role
from dashboard.visit import Here

router = APIRouter(include_in_schema=False)

_HOME = {
    Role.MELDKAMER: "/meldkamer",
    Role.HANDHAVING: "/handhaving",
    Role.GROEPSBEHEER: "/groepen",
    Role.ONDERZOEK: "/onderzoek",
    Role.TOEZICHT: "/toezicht",
    Role.BEHEER: "/beheer",
    Role.WANDBORD: "/wandbord",
}


@router.get("/", name="start")
def start(here: Here) -> Response:
    """Go to where this role works."""
    home = _HOME[here.visitor.role]
    watching = here.services.settings.practice and here.visitor.role.queue is None
    return here.back("/wandbord" if watching else home)
