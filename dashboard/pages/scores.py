# SPDX-License-Identifier: EUPL-1.2
"""The stop button: nobody sees what the model thinks until somebody switches it on again."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from core.audit import Tag
from core.label import Queue
from dashboard.deed import tell
from dashboard.spoken import say
from dashboard.visit import Here
from store.switches import SCORES, Switch

router = APIRouter(include_in_schema=False)


@router.get("/scores", name="scores")
def scores(here: Here) -> Response:
    """Show how the switch stands and who put it there."""
    with here.services.store.read() as work:
        switch = work.switches.get(here.tenant.slug, SCORES)
        account = work.accounts.by_name(switch.changed_by) if switch else None
    who = account.display_name if account else switch.changed_by if switch else ""
    return here.page("scores.html", on=switch is None or switch.on, switch=switch, who=who)


@router.post("/scores", name="scores-switch")
def switch(here: Here) -> Response:
    """Turn the switch; every screen hears of it at once."""
    wanted = here.form.text("stand")
    if wanted not in ("aan", "uit"):
        raise errors.BadInput(say("Kies aan of uit."))
    on, now, slug = wanted == "aan", here.services.clock.now(), here.tenant.slug
    with here.services.store.write() as work:
        to = Switch(on=on, changed_by=here.visitor.username, changed_at=now)
        if work.switches.turn(slug, SCORES, to):
            tag = Tag.SCORES_SWITCHED_ON if on else Tag.SCORES_SWITCHED_OFF
            here.audit(work, tag, f"tenant/{slug}")
            tell(work, slug, Queue, "scores.changed", wanted, now)
    return here.back("/scores")
