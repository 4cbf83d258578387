# SPDX-License-Identifier: EUPL-1.2
"""What a group's admin sees and decides; never the words of others."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from core import errors
from core.admin import AdminState, Rank
from core.consent import ConsentState
from core.label import Category
from core.survey import SurveyState
from dashboard import words
from dashboard.forms import File
from dashboard.groupdesk import PILOTS, GroupDesk, since
from dashboard.handled import handled
from dashboard.pages.joining import address_of, share_text
from dashboard.readings import FEW, Kind, reading
from dashboard.registry import Newcomer, Registry, Welcome
from dashboard.shown import Shown
from dashboard.spoken import say
from dashboard.surveying import Surveying
from dashboard.visit import Here, Visit
from store.consent import Group, Mode

router = APIRouter(include_in_schema=False)

_MODES: Mapping[str, Mode] = {"iedereen": "everybody", "alleen-ja": "only-yes"}

#: Days that the page looks back.
BACK = 28
#: Questions to the whole group that it lists.
QUESTIONS = 10


@router.get("/groepen", name="groups")
def groups(here: Here) -> Response:
    """List the groups that this admin governs."""
    now = here.services.clock.now()
    with here.services.store.read() as work:
        known = work.consent.hold(here.visitor.account.groups)
    mine = sorted(
        (g for g in known.values() if g.tenant == here.tenant.slug), key=lambda g: g.name.lower()
    )
    if len(mine) == 1:
        return here.back(f"/groep/{mine[0].id}")
    states = {g.id: words.CONSENT[g.consent.at(now)] for g in mine}
    return here.page("groepen.html", groups=mine, states=states)


@router.get("/groep/{id}", name="group")
def group(here: Here, id: str) -> Response:
    """Show one group: where its consent stands, and counts."""
    return _page(here, id)


@router.post("/groep/{id}/toestemming", name="group-opt-in")
def opt_in(here: Here, id: str) -> Response:
    """Allow reading, after everything was explained."""
    form = here.form
    if form.text("gelezen") != "ja" or form.text("verteld") != "ja":
        raise errors.BadInput(say("Zet eerst beide vinkjes. Anders geeft u geen toestemming."))
    chosen = form.text("proef")
    days_chosen = None if chosen == "geen" else form.number("proef")
    GroupDesk(here.services).allow(here.visitor, id, days_chosen)
    return here.back(f"/groep/{id}?aan")


@router.post("/groep/{id}/stop", name="group-opt-out")
def opt_out(here: Here, id: str) -> Response:
    """Stop reading at once."""
    GroupDesk(here.services).stop(here.visitor, id)
    return here.back(f"/groep/{id}?uit")


@router.post("/groep/{id}/wie", name="group-mode")
def mode(here: Here, id: str) -> Response:
    """Choose whose messages are read."""
    chosen = here.form.text("wie")
    if chosen == "iedereen" and here.form.text("verteld") != "ja":
        raise errors.BadInput(say("Zet eerst het vinkje. Vertel het aan alle leden."))
    if chosen not in _MODES:
        raise errors.BadInput(say("Kies van wie wij berichten lezen."))
    GroupDesk(here.services).choose_mode(here.visitor, id, _MODES[chosen])
    return here.back(f"/groep/{id}?wie")


@router.post("/groep/{id}/vervanger", name="deputy-add")
def deputy(here: Here, id: str) -> Response:
    """Invite somebody who can take over."""
    _find(here, id)
    form = here.form
    newcomer = Newcomer(
        group_id=id, name=form.text("naam", longest=100), mail=form.text("mail"), rank=Rank.DEPUTY
    )
    return _page(here, id, welcome=Registry(here.services).add(here.visitor, newcomer))


@router.post("/groep/{id}/weg", name="admin-leave")
def leave(here: Here, id: str) -> Response:
    """Stop as an admin; a deputy takes over where there is one."""
    _find(here, id)
    if not here.visitor.linked:
        raise errors.BadInput(say("U werkt met een account. Vraag uw gemeente om dat te sluiten."))
    Registry(here.services).leave(here.visitor, here.visitor.account.id)
    return here.back("/meedoen")


@router.post("/groep/{id}/export", name="group-upload")
async def upload(here: Here, id: str) -> Response:
    """Take a chat export in."""
    desk = GroupDesk(here.services)
    found = await run_in_threadpool(_find, here, id)
    if found.source not in here.services.uploads:
        raise errors.BadInput(say("Voor deze groep kunt u geen export uploaden."))
    file = here.form.files.get("bestand", File(filename="", data=b""))
    outcome = await desk.upload(here.visitor, found, file)
    await run_in_threadpool(desk.uploaded, here.visitor, found, outcome)
    counts = {
        "gelezen": outcome.read,
        "overgeslagen": outcome.dropped,
        "dubbel": outcome.duplicates,
        "signalen": len(outcome.signals),
    }
    return here.back(f"/groep/{id}?{urlencode(counts)}")


def _find(here: Visit, id: str) -> Group:
    with here.services.store.read() as work:
        return GroupDesk(here.services).group(work, here.visitor, id)


def _page(here: Visit, id: str, *, welcome: Welcome | None = None) -> Response:
    now = here.services.clock.now()
    with here.services.store.read() as work:
        found = GroupDesk(here.services).group(work, here.visitor, id)
        counts = work.counters.per_day(id, since(now, BACK))
        ledger = work.consent.ledger(id)
        admins = [a for a in work.admins.of_group(id) if a.at(now) is not AdminState.LEFT]
        surveys = [
            survey
            for survey in work.surveys.of_group(id)
            if survey.state(now) is not SurveyState.OVER
        ]
        asked = work.questions.to_group(id, QUESTIONS)
        shown = Shown(here.services, work, here.tenant)
        signals = handled(work, here.services.taxonomy, shown, id)
    told = reading(counts, since(now, 0))
    state = found.consent.at(now)
    return here.page(
        "groep.html",
        group=found,
        state=words.CONSENT[state],
        granted=state is ConsentState.GRANTED,
        area=here.tenant.areas.get(found.area, found.area),
        days=told.days,
        dropped=[_reason(kind) for kind in told.kinds["dropped"]],
        forwarded=[_category(here, kind) for kind in told.kinds["forwarded"]],
        few=FEW,
        signals=signals,
        asked=asked,
        surveys=[(each, Surveying(here.services).link(each.id, id)) for each in surveys],
        ledger=list(reversed(ledger)),
        explanation=here.services.texts[here.tenant.slug].say("uitleg", here.tenant),
        pilots=[d for d in PILOTS if d],
        # Heads come before deputies.
        admins=sorted(
            (a.rank.value, a.at(now).value, a.id == here.visitor.account.id) for a in admins
        ),
        welcome=welcome,
        share=share_text(here.services, here.tenant),
        address=address_of(here.services, here.tenant),
        speaks=found.source in here.services.speaking,
        uploads=found.source in here.services.uploads,
        outcome=_outcome(here),
        back=BACK,
    )


def _category(here: Visit, kind: Kind) -> tuple[str, str]:
    known = kind.what in set(Category)
    name = here.services.taxonomy[Category(kind.what)].name if known else kind.what
    return name, _told(kind)


def _reason(kind: Kind) -> tuple[str, str]:
    return words.DROPPED.get(kind.what, kind.what), _told(kind)


def _told(kind: Kind) -> str:
    return say("niet genoemd") if kind.count is None else kind.count.text


def _outcome(here: Visit) -> dict[str, int] | None:
    """Return the counts of an upload that just ended."""
    given = here.request.query_params
    names = ("gelezen", "overgeslagen", "dubbel", "signalen")
    if not all(given.get(name, "").isdigit() and len(given[name]) < 9 for name in names):
        return None
    return {name: int(given[name]) for name in names}
