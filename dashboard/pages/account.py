# SPDX-License-Identifier: EUPL-1.2
"""One's own account: a new password."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from dashboard.auth import SHORTEST, Doorkeeper
from dashboard.visit import Here

router = APIRouter(include_in_schema=False)


@router.get("/wachtwoord", name="password")
def form(here: Here) -> Response:
    """Show the form."""
    return _page(here)


@router.post("/wachtwoord", name="password-change")
async def change(here: Here) -> Response:
    """Set the new password; all other sessions of this account end."""
    old, new = (here.form.fields.get(name, "") for name in ("oud", "nieuw"))
    if len(new) < SHORTEST or len(new) > 200:
        return _page(here, status=400, problem=f"Kies minstens {SHORTEST} tekens.")
    keeper: Doorkeeper = here.request.app.state.keeper
    if not await run_in_threadpool(keeper.change_password, here.visitor, old, new):
        return _page(here, status=400, problem="Uw huidige wachtwoord klopt niet.")
    return _page(here, done=True)


def _page(here: Here, *, status: int = 200, problem: str = "", done: bool = False) -> Response:
    return here.page(
        "wachtwoord.html", status=status, problem=problem, done=done, shortest=SHORTEST
    )
