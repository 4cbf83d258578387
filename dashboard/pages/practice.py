# SPDX-License-Identifier: EUPL-1.2
"""Where lessons are started and steered, and where people find the one that runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from core import errors
from core.audit import Tag
from core.lesson import Card
from dashboard.access import Role
from dashboard.practice import answers
from dashboard.practice.classroom import SPEEDS, Classroom
from dashboard.practice.ground import ROOT, Ground
from dashboard.practice.marks import Mark, marks, trainees
from dashboard.spoken import say
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One message that came in, and how everybody together did."""

    card: Card
    best: str
    decided: int
    right: int


@router.get("/oefenen", name="practice")
def practice(here: Here) -> Response:
    """Show the lesson that runs; to a trainer also how people do."""
    classroom = _ground(here).classroom(here.tenant.slug)
    trains = here.visitor.role is Role.BEHEER
    found = marks(classroom) if classroom and trains else []
    return here.page(
        "oefenen.html",
        classroom=classroom,
        trains=trains,
        lessons=_ground(here).lessons(),
        speeds=SPEEDS,
        place=ROOT,
        people=trainees(found, _names(here)) if found else (),
        asked=_asked(here, classroom, found) if classroom and trains else (),
    )


@router.post("/oefenen/les", name="practice-start")
async def start(here: Here) -> Response:
    """Start a lesson; the one that ran is thrown away."""
    await _begin(here, here.form.text("les"), _speed(here))
    return here.back("/oefenen")


@router.post("/oefenen/stand", name="practice-steer")
async def steer(here: Here) -> Response:
    """Pause, go on, change the pace, start again or end."""
    classroom = _ground(here).classroom(here.tenant.slug)
    deed = _DEEDS.get(here.form.text("doe"))
    if classroom is None or deed is None:
        raise errors.BadInput(say("Er is nu geen les. Begin er een."))
    await deed(here, classroom)
    return here.back("/oefenen")


async def _pause(_: Visit, classroom: Classroom) -> None:
    await run_in_threadpool(classroom.pause)


async def _resume(_: Visit, classroom: Classroom) -> None:
    await run_in_threadpool(classroom.resume)


async def _pace(here: Visit, classroom: Classroom) -> None:
    await run_in_threadpool(classroom.pace, _speed(here))


async def _again(here: Visit, classroom: Classroom) -> None:
    await _begin(here, classroom.lesson.slug, classroom.speed)


async def _end(here: Visit, classroom: Classroom) -> None:
    await run_in_threadpool(_write_down, here, Tag.LESSON_ENDED, classroom.lesson.slug)
    await _ground(here).end(here.tenant.slug)


_DEEDS: dict[str, Callable[[Visit, Classroom], Awaitable[None]]] = {
    "pauze": _pause,
    "verder": _resume,
    "tempo": _pace,
    "opnieuw": _again,
    "stop": _end,
}


async def _begin(here: Visit, slug: str, speed: float) -> None:
    await _ground(here).begin(here.tenant.slug, slug, speed=speed)
    await run_in_threadpool(_write_down, here, Tag.LESSON_STARTED, slug)


def _write_down(here: Visit, tag: Tag, slug: str) -> None:
    with here.services.store.write() as work:
        here.audit(work, tag, f"lesson/{slug}")


def _speed(here: Visit) -> float:
    try:
        return float(here.form.text("tempo"))
    except ValueError:
        raise errors.BadInput(say("Kies een tempo uit de lijst.")) from None


def _asked(here: Visit, classroom: Classroom, found: Sequence[Mark]) -> list[Asked]:
    taxonomy = here.services.taxonomy
    asked = []
    for card in classroom.signals.values():
        own = [mark for mark in found if mark.card is card]
        right = sum(mark.right for mark in own)
        says = answers.best(card, taxonomy)
        asked.append(Asked(card=card, best=says, decided=len(own), right=right))
    return asked


def _names(here: Visit) -> dict[str, str]:
    with here.services.store.read() as work:
        accounts = work.accounts.list(here.tenant.slug)
    return {account.username: account.display_name for account in accounts}


def _ground(here: Visit) -> Ground:
    ground: Ground = here.request.app.state.ground
    return ground
