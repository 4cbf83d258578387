# SPDX-License-Identifier: EUPL-1.2
"""Inside a lesson: what the script says of what somebody decided, and why."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from core import errors
from dashboard.practice import answers
from dashboard.practice.classroom import Classroom
from dashboard.practice.marks import Mark, mark_of, marks
from dashboard.render import markup
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """One's own choice beside that of the script."""

    mark: Mark
    chosen: str
    best: str


@router.get("/uitleg", name="explained")
def explained(here: Here) -> Response:
    """Show everything that this person decided in the lesson, the latest first."""
    classroom = _classroom(here)
    own = [m for m in marks(classroom) if m.decision.actor == here.visitor.username]
    own.sort(key=lambda mark: mark.decision.at, reverse=True)
    return here.page(
        "uitleg.html",
        lesson=classroom.lesson,
        explanations=[_explain(here, mark) for mark in own],
        right=sum(mark.right for mark in own),
    )


@router.get("/uitleg/{id}", name="explanation")
def explanation(here: Here, id: str) -> Response:
    """Return the explanation of one message, for whoever decided about it."""
    mark = mark_of(_classroom(here), id, here.visitor.username)
    if mark is None:
        raise errors.NotFound
    piece = markup(here.request, "uitleg-stuk.html", explanation=_explain(here, mark))
    return HTMLResponse(piece)


def _explain(here: Visit, mark: Mark) -> Explanation:
    taxonomy = here.services.taxonomy
    return Explanation(
        mark=mark,
        chosen=answers.chosen(mark.decision, taxonomy),
        best=answers.best(mark.card, taxonomy),
    )


def _classroom(here: Visit) -> Classroom:
    classroom: Classroom | None = here.request.app.state.classroom
    if classroom is None:
        raise errors.NotFound
    return classroom
