# SPDX-License-Identifier: EUPL-1.2
"""Following one's own report with a code, answering a question and taking the report back."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from core import errors
from dashboard.report.desk import AtDesk, Desk
from dashboard.report.entry import ANSWER
from dashboard.report.following import Standing, standing_of
from dashboard.report.form import Form, NotTaken

router = APIRouter(include_in_schema=False)

_PURPOSE = "answer"


@router.get("/melden/volgen", name="follow")
def ask(at: AtDesk) -> Response:
    """Ask for the code; it never stands in an address."""
    return at.page("volgen.html", unknown=False)


@router.post("/melden/volgen", name="follow-show")
def show(at: AtDesk) -> Response:
    """Say where the report stands."""
    return _show(at)


@router.post("/melden/volgen/antwoord", name="follow-answer")
async def answer(at: AtDesk) -> Response:
    """Hand an answer to the line; the same ticket counts once."""
    ticket = at.tickets.read(_PURPOSE, at.given.text("ticket", longest=200))
    found = await run_in_threadpool(_find, at)
    if found is None or ticket is None:
        return await run_in_threadpool(_show, at)
    form, standing = found
    question = at.given.text("vraag", longest=36)
    text = at.given.fields.get("antwoord", "").strip()
    say = form.wordings[at.lang]
    if not any(q.id == question for q in standing.questions):
        raise errors.NotFound
    if not text or len(text) > ANSWER:
        wrong = say("error_long", tekens=ANSWER) if text else say("answer_empty")
        return await run_in_threadpool(_show, at, wrong=wrong, typed=text, status=400)
    code = at.given.text("code", longest=60)
    try:
        await at.reporting.answer(form, code, question, ticket.seed, text)
    except (NotTaken, errors.Overloaded):
        busy = say("error_busy")
        return await run_in_threadpool(_show, at, wrong=busy, typed=text, status=503)
    return await run_in_threadpool(_show, at, done=say("answer_thanks"))


@router.post("/melden/volgen/wissen", name="follow-withdraw")
async def withdraw(at: AtDesk) -> Response:
    """Erase the report for good, when its maker is sure."""
    found = await run_in_threadpool(_find, at)
    if found is None:
        return await run_in_threadpool(_show, at)
    form, say = found[0], found[0].wordings[at.lang]
    if not at.given.text("zeker"):
        unsure = say("withdraw_unsure")
        return await run_in_threadpool(_show, at, wrong=unsure, status=400)
    try:
        await at.reporting.withdraw(form, at.given.text("code", longest=60))
    except (NotTaken, errors.Overloaded):
        return await run_in_threadpool(_show, at, wrong=say("error_busy"), status=503)
    return await run_in_threadpool(_show, at, done=say("withdraw_done"))


def _find(at: Desk) -> tuple[Form, Standing] | None:
    found = at.reporting.find(at.given.fields.get("code", "")[:60])
    if found is None:
        return None
    form, key = found
    with at.services.store.read() as work:
        standing = standing_of(
            work,
            form,
            key,
            at.services.taxonomy,
            form.wordings[at.lang],
            at.services.clock.now(),
        )
    return None if standing is None else (form, standing)


def _show(
    at: Desk, *, done: str = "", wrong: str = "", typed: str = "", status: int = 200
) -> Response:
    code = at.given.fields.get("code", "")[:60]
    found = _find(at)
    if found is None:
        return at.page("volgen.html", status=404, unknown=True)
    form, standing = found
    return at.page(
        "stand.html",
        form,
        status=status,
        standing=standing,
        code=code,
        ticket=at.tickets.issue(_PURPOSE),
        longest=ANSWER,
        done=done,
        wrong=wrong,
        typed=typed,
        moment=at.moment,
    )
