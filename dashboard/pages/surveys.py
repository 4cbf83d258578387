# SPDX-License-Identifier: EUPL-1.2
"""Questionnaires as a researcher sees them: scheduled, running, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from core.survey import (
    CHOICE,
    LONGEST,
    MOST_CHOICES,
    MOST_QUESTIONS,
    QUESTION,
    Answered,
    SurveyState,
)
from dashboard import words
from dashboard.errors import said
from dashboard.export import Cell, csv_file
from dashboard.groupdesk import since
from dashboard.readings import rough
from dashboard.spoken import say
from dashboard.surveyfigures import Told, told
from dashboard.surveying import Surveying
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)

_HEADER = ("vraag", "tekst", "soort", "antwoord", "aantal")


@router.get("/onderzoek/vragenlijsten", name="surveys")
def surveys(here: Here) -> Response:
    """List the questionnaires, with a form for a new one."""
    return _page(here)


@router.post("/onderzoek/vragenlijsten", name="survey-make")
def make(here: Here) -> Response:
    """Schedule one; what was typed is not lost when something has to be mended."""
    try:
        made = Surveying(here.services).make(here.visitor, here.form)
    except errors.BadInput as error:
        return _page(here, problem=said(error))
    return here.back(f"/onderzoek/vragenlijst/{made.id}")


@router.get("/onderzoek/vragenlijst/{id}", name="survey")
def survey(here: Here, id: str) -> Response:
    """Show one: how far it is while it runs, the answers once it is over."""
    desk, now = Surveying(here.services), here.services.clock.now()
    with here.services.store.read() as work:
        found = work.surveys.get(here.tenant.slug, id)
        state = found.state(now)
        answers = rough(work.surveys.answers(id))
        waiting = frozenset(work.surveys.unsent(id))
        groups = work.consent.hold(found.groups)
        results = told(work, found) if state is SurveyState.OVER else []
    if results:
        desk.consulted(here.visitor, id)
    return here.page(
        "vragenlijst.html",
        survey=found,
        state=state,
        answers=answers,
        results=results,
        groups=[
            (g, g.id not in waiting, g.source in here.services.speaking, desk.link(id, g.id))
            for g in groups.values()
        ],
        kinds=words.ANSWERED,
    )


@router.post("/onderzoek/vragenlijst/{id}/stop", name="survey-stop")
def stop(here: Here, id: str) -> Response:
    """End one before its day."""
    Surveying(here.services).stop(here.visitor, id)
    return here.back(f"/onderzoek/vragenlijst/{id}")


@router.get("/onderzoek/vragenlijst/{id}/uitkomst.csv", name="survey-csv")
def as_csv(here: Here, id: str) -> Response:
    """Return the answers as a file; what the page hides is not in it."""
    with here.services.store.read() as work:
        found = work.surveys.get(here.tenant.slug, id)
        if found.state(here.services.clock.now()) is not SurveyState.OVER:
            raise errors.BadInput(say("De uitkomst komt als de vragenlijst voorbij is."))
        results = told(work, found)
    return csv_file(here, f"vragenlijst-{id}", _HEADER, _lines(results))


def _lines(results: list[Told]) -> Iterator[list[Cell]]:
    for n, each in enumerate(results, start=1):
        head: list[Cell] = [n, each.question.text, each.question.answered.value]
        if each.answers is None:
            yield [*head, "", "minder dan 5"]
        for option, count in each.counts:
            yield [*head, option, "niet getoond" if count is None else count]
        for text in each.words:
            yield [*head, text, 1]


def _page(here: Visit, *, problem: str = "") -> Response:
    now = here.services.clock.now()
    with here.services.store.read() as work:
        found = work.surveys.of_tenant(here.tenant.slug)
        groups = Surveying(here.services).groups(work, here.tenant)
    return here.page(
        "vragenlijsten.html",
        status=400 if problem else 200,
        surveys=[(each, each.state(now)) for each in found],
        groups=groups,
        problem=problem,
        sent=dict(here.form.fields) if problem else {},
        kinds=words.ANSWERED,
        usual=Answered.SCALE,
        questions=range(1, MOST_QUESTIONS + 1),
        longest={"question": QUESTION, "choice": CHOICE, "choices": MOST_CHOICES},
        days=LONGEST.days,
        first=since(now, 0),
        last=since(now + timedelta(days=14), 0),
    )
