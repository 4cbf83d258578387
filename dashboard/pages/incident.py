# SPDX-License-Identifier: EUPL-1.2
"""An incident: all its messages, joining and taking apart, asking."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from core.identity import new_id
from core.incident import Incident, IncidentState
from core.signal import View
from dashboard import words
from dashboard.cards import Cards
from dashboard.desk import QUESTION, Desk
from dashboard.letters import Letters
from dashboard.pages.queue import categories, looked_at
from dashboard.shown import Shown
from dashboard.spoken import say
from dashboard.visit import Here, Visit
from store.questions import Addressee
from store.work import Work

router = APIRouter(include_in_schema=False)

#: Incidents that one can be merged with: heard of in this time.
RECENT = timedelta(days=2)


@router.get("/incident/{id}", name="incident")
def incident(here: Here, id: str) -> Response:
    """Show an incident."""
    letters = Letters(here.services, new_id)
    now = here.services.clock.now()
    with here.services.store.read() as work:
        found = work.incidents.survivor(id)
        if found.tenant != here.tenant.slug:
            raise errors.NotFound
        if found.id != id:
            return here.back(f"/incident/{found.id}")
        rows = work.signals.of_incident(id, with_text=True)
        mine = [row for row in rows if here.queue in row.queues]
        if not mine:
            raise errors.NotFound
        maker = Cards(here.services, here.visitor, work)
        cards = [maker.card(row) for row in mine]
        groups = {row.group_id: work.consent.group(row.group_id) for row in mine}
        latest = work.events.last_id()
        shown = Shown(here.services, work, here.tenant)
        others = _others(here, work, found, shown)
    looked_at(here, f"incident/{id}", {row.id for row in rows})
    return here.page(
        "incident.html",
        incident=found,
        # Its category came from the model too.
        name=here.services.taxonomy[found.category].name
        if all(card.labelled for card in cards)
        else say("zonder label"),
        tips=_tips(here) if any(letters.can_speak(g, now) for g in groups.values()) else (),
        state=_STATE[found.state],
        cards=cards,
        hidden=len(rows) - len(mine),
        others=others,
        latest=latest,
        session=here.visitor.session[:16],
        categories=categories(here),
        askable={g for g, group in groups.items() if letters.can_speak(group, now)},
        alone={g for g, group in groups.items() if letters.only_reporter(group)},
        longest=QUESTION,
    )


@router.post("/incident/{id}/samenvoegen", name="incident-merge")
def merge(here: Here, id: str) -> Response:
    """Put all messages of this incident into another one."""
    into = here.form.text("in", longest=36)
    if not into:
        raise errors.BadInput(say("Kies met welk incident u wilt samenvoegen."))
    merged = Desk(here.services).merge(here.visitor, id, into)
    return here.back(f"/incident/{merged.id}")


@router.post("/signaal/{id}/losmaken", name="incident-split")
def split(here: Here, id: str) -> Response:
    """Give one message its own incident."""
    made = Desk(here.services).split(here.visitor, id)
    return here.back(f"/incident/{made.id}")


@router.post("/signaal/{id}/vraag", name="ask")
def ask(here: Here, id: str) -> Response:
    """Ask the reporter or the whole group."""
    to = here.form.text("aan")
    if to not in ("reporter", "group"):
        raise errors.BadInput(say("Kies aan wie u de vraag stelt."))
    text = here.form.text("vraag", longest=QUESTION)
    Desk(here.services).ask(here.visitor, id, cast("Addressee", to), text)
    with here.services.store.read() as work:
        incident_id = work.signals.get(id).incident_id
    return here.back(f"/incident/{incident_id}?gevraagd")


_STATE = {
    IncidentState.OPEN: say("open"),
    IncidentState.CLOSED: say("gesloten"),
    IncidentState.MERGED: say("samengevoegd"),
}


def _tips(here: Visit) -> list[tuple[str, str, str]]:
    """Return key, name and text of each prevention tip in this municipality's wording."""
    texts = here.services.texts[here.tenant.slug]
    return [(key, name, texts.say(key, here.tenant)) for key, name in words.TIP.items()]


def _others(here: Visit, work: Work, found: Incident, shown: Shown) -> list[tuple[str, str]]:
    """Return id and description of incidents this one could be merged with."""
    since = here.services.clock.now() - RECENT
    choices: list[tuple[str, str]] = []
    for incident in work.incidents.open_ones(here.tenant.slug, since)[:50]:
        rows = work.signals.of_incident(incident.id)
        if incident.id == found.id or not any(here.queue in row.queues for row in rows):
            continue
        places = ", ".join(sorted(_bare(incident.places))) or say("geen plaats")
        labelled = all(shown.view(row) is View.FULL for row in rows)
        name = here.services.taxonomy[incident.category].name if labelled else say("Zonder label")
        when = words.moment(incident.last_at)
        choices.append(
            (
                incident.id,
                say(
                    "%(name)s, %(places)s, %(when)s, %(rows)s berichten",
                    name=name,
                    places=places,
                    when=when,
                    rows=len(rows),
                ),
            )
        )
    return choices


def _bare(places: frozenset[str]) -> set[str]:
    """Return places as people name them: ``street:kerkstraat 12`` without its kind."""
    return {place.partition(":")[2] or place for place in places}
