# SPDX-License-Identifier: EUPL-1.2
"""Public: a group's questionnaire, and whether it helped. No account, no cookie, no name.

A page can be sent in once. Nobody is recognised, so nobody is kept from opening it again; that
is the price of asking without a name, and a crowd from one connection is held back.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from core import errors
from core.admin import link_hash
from core.clock import AMSTERDAM
from core.survey import WORDS, Answered, Survey, SurveyState
from dashboard import forms, render
from dashboard.errors import said
from dashboard.report.ticket import Ticket, Tickets
from dashboard.services import Services
from dashboard.spoken import say
from dashboard.surveying import Surveying, field_of
from store.consent import Group

router = APIRouter(include_in_schema=False)

#: A page that was open for longer is asked for again; programs are faster than the least.
_OPEN, _LEAST = timedelta(hours=6), timedelta(seconds=2)
#: Answers of one group in one month; groups are smaller.
MOST_RATINGS = 500


@router.get("/vragenlijst/{token}", name="questionnaire")
def show(request: Request, token: str) -> Response:
    """Show the questions, or say that it is not the time."""
    return _survey_page(request, token, _survey(request, token))


@router.post("/vragenlijst/{token}", name="questionnaire-send")
def send(request: Request, token: str) -> Response:
    """Take the answers in, once for each page."""
    survey = _survey(request, token)
    ticket = _ticket(request, _survey_purpose(survey))
    if isinstance(ticket, str):
        return _survey_page(request, token, survey, problem=ticket)
    try:
        taken = Surveying(_services(request)).answer(survey, ticket.seed, _given(request))
    except errors.BadInput as error:
        return _survey_page(request, token, survey, problem=said(error))
    if not taken:
        return _survey_page(request, token, survey, problem=say("U hebt nog niets ingevuld."))
    return render.page(request, "antwoord-dank.html", title=survey.title)


@router.get("/oordeel/{token}", name="rating")
def rate_page(request: Request, token: str) -> Response:
    """Ask one question: did it help?"""
    return _rating_page(request, token, _group(request, token))


@router.post("/oordeel/{token}", name="rating-send")
def rate(request: Request, token: str) -> Response:
    """Take one number in, tied to a group and a month and to nobody."""
    group, services = _group(request, token), _services(request)
    ticket = _ticket(request, _rating_purpose(group))
    if isinstance(ticket, str):
        return _rating_page(request, token, group, problem=ticket)
    given = _given(request).text("cijfer")
    if given not in {"1", "2", "3", "4", "5"}:
        return _rating_page(
            request, token, group, problem=say("Kies een getal van 1 tot en met 5.")
        )
    month = f"{services.clock.now().astimezone(AMSTERDAM):%Y-%m}"
    page = hashlib.sha256(f"{group.id}|{ticket.seed}".encode()).hexdigest()[:32]
    with services.store.write() as work:
        if work.ratings.given(group.id, month) >= MOST_RATINGS:
            raise errors.Overloaded(say("Er zijn al heel veel antwoorden van deze groep."))
        work.ratings.give(group.tenant, group.id, month, page, int(given))
    return render.page(request, "antwoord-dank.html", title=say("Heeft het geholpen?"))


def _survey(request: Request, token: str) -> Survey:
    with _services(request).store.read() as work:
        found = work.surveys.by_link(link_hash(token))
    if found is None or found.tenant not in _services(request).tenants:
        raise errors.NotFound
    return found


def _group(request: Request, token: str) -> Group:
    services = _services(request)
    with services.store.read() as work:
        found = work.ratings.invited(link_hash(token), services.clock.now())
        if found is None:
            raise errors.NotFound
        group = work.consent.group(found)
    if group.tenant not in services.tenants:
        raise errors.NotFound
    return group


def _ticket(request: Request, purpose: str) -> Ticket | str:
    """Return the page's ticket, or what to tell whoever sent it."""
    tickets: Tickets = request.app.state.tickets
    now = _services(request).clock.now()
    ticket = tickets.read(purpose, _given(request).fields.get("ticket", "")[:200])
    if _given(request).fields.get("website"):
        # People do not see this field; programs fill it in.
        return say("Dit formulier konden wij niet lezen.")
    if ticket is None or ticket.age(now) > _OPEN:
        return say("Deze pagina stond te lang open. Verstuur uw antwoorden nog een keer.")
    if ticket.age(now) < _LEAST:
        return say("Dat ging heel snel. Wacht even en verstuur het nog een keer.")
    return ticket


def _survey_page(request: Request, token: str, survey: Survey, *, problem: str = "") -> Response:
    state = survey.state(_services(request).clock.now())
    return _page(
        request,
        "vragen.html",
        token,
        _survey_purpose(survey),
        problem,
        survey=survey,
        tenant=_services(request).tenants[survey.tenant],
        state=state,
        states=SurveyState,
        kinds=Answered,
        fields=[field_of(n) for n in range(len(survey.questions))],
        longest=WORDS,
    )


def _rating_page(request: Request, token: str, group: Group, *, problem: str = "") -> Response:
    tenant = _services(request).tenants[group.tenant]
    return _page(request, "oordeel.html", token, _rating_purpose(group), problem, tenant=tenant)


def _page(
    request: Request, template: str, token: str, purpose: str, problem: str, **values: Any
) -> Response:
    tickets: Tickets = request.app.state.tickets
    form = getattr(request.state, "form", None)
    return render.page(
        request,
        template,
        status=400 if problem else 200,
        token=token,
        problem=problem,
        sent=dict(form.fields) if form else {},
        ticket=tickets.issue(purpose),
        **values,
    )


def _survey_purpose(survey: Survey) -> str:
    return f"survey {survey.id}"


def _rating_purpose(group: Group) -> str:
    return f"rating {group.id}"


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _given(request: Request) -> forms.Form:
    form: forms.Form = request.state.form
    return form
