# SPDX-License-Identifier: EUPL-1.2
"""One's own account: a new password, and the language of the pages."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from core import errors
from dashboard.auth import SHORTEST, Doorkeeper
from dashboard.preference import safe_path
from dashboard.spoken import say
from dashboard.tongue import LANGUAGES
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
        return _page(
            here, status=400, problem=say("Kies minstens %(shortest)s tekens.", shortest=SHORTEST)
        )
    keeper: Doorkeeper = here.request.app.state.keeper
    if not await run_in_threadpool(keeper.change_password, here.visitor, old, new):
        return _page(here, status=400, problem=say("Uw huidige wachtwoord klopt niet."))
    return _page(here, done=True)


@router.post("/taal", name="language")
def language(here: Here) -> Response:
    """Show the pages in another language from now on, and go back to where the button was."""
    lang = here.form.text("taal")
    if lang not in LANGUAGES:
        raise errors.BadInput(say("Kies een taal."))
    keeper: Doorkeeper = here.request.app.state.keeper
    keeper.choose_language(here.visitor, lang)
    return here.back(safe_path(here.form.text("terug", longest=2_000)))


def _page(here: Here, *, status: int = 200, problem: str = "", done: bool = False) -> Response:
    return here.page(
        "wachtwoord.html", status=status, problem=problem, done=done, shortest=SHORTEST
    )
