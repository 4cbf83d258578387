# SPDX-License-Identifier: EUPL-1.2
"""One message on the screen, one or two keys, the next: labelling, and ruling where two differ."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from core import errors
from core.annotation import Answer, AnswerKind
from core.label import Category, Urgency
from dashboard import words
from dashboard.errors import wants_json
from dashboard.evaluation import EvaluationRoom
from dashboard.render import markup
from dashboard.spoken import say
from dashboard.visit import Here, Visit
from store.rooms import Item

router = APIRouter(include_in_schema=False)

#: A place in the room, no larger than a database counts.
After = Annotated[int, Query(lt=2**31)]

#: The keys that operators know too: a digit or letter for a category, then one for the urgency.
KEYS = "1234567890abdn"
_URGENCY_KEYS = "123"


@router.get("/onderzoek/kamer/{id}/label", name="labelling")
def labelling(here: Here, id: str, na: After = 0) -> Response:
    """Show the next message that this person has not labelled."""
    item = EvaluationRoom(here.services).next(here.visitor, id, after=max(0, na))
    return _page(here, id, item, ruling=False)


@router.post("/onderzoek/kamer/{id}/label/{item}", name="label")
def label(here: Here, id: str, item: str) -> Response:
    """Keep a label and show the next message."""
    return _answer(here, id, item, ruling=False)


@router.get("/onderzoek/kamer/{id}/oordeel", name="ruling")
def ruling(here: Here, id: str, na: After = 0) -> Response:
    """Show the next message on which two others differ."""
    item = EvaluationRoom(here.services).next(here.visitor, id, after=max(0, na), ruling=True)
    return _page(here, id, item, ruling=True)


@router.post("/onderzoek/kamer/{id}/oordeel/{item}", name="rule")
def rule(here: Here, id: str, item: str) -> Response:
    """Keep a ruling and show the next message."""
    return _answer(here, id, item, ruling=True)


@router.post("/onderzoek/kamer/{id}/ongedaan", name="label-undo")
def undo(here: Here, id: str) -> Response:
    """Take one's last answer back and show its message again."""
    ruling = here.form.text("soort") == AnswerKind.RULING.value
    item = EvaluationRoom(here.services).undo(here.visitor, id, ruling=ruling)
    if not wants_json(here.request):
        where = f"?na={item.position - 1}" if item else ""
        return here.back(f"/onderzoek/kamer/{id}/{_path(ruling)}{where}")
    if item is None:
        raise errors.BadInput(say("Er is niets om terug te nemen."))
    return JSONResponse({"piece": _piece(here, id, item, ruling=ruling)})


def _answer(here: Visit, room_id: str, item_id: str, *, ruling: bool) -> Response:
    form = here.form
    try:
        category = Category(form.text("categorie"))
        urgency = Urgency(slug) if (slug := form.text("urgentie")) else None
    except ValueError:
        raise errors.BadInput(say("Kies een categorie.")) from None
    after = form.number("na") if form.text("na") else 0
    item = EvaluationRoom(here.services).answer(
        here.visitor, room_id, item_id, category, urgency, ruling=ruling, after=after
    )
    if wants_json(here.request):
        return JSONResponse({"piece": _piece(here, room_id, item, ruling=ruling)})
    return here.back(f"/onderzoek/kamer/{room_id}/{_path(ruling)}?na={after}")


def _page(here: Visit, room_id: str, item: Item | None, *, ruling: bool) -> Response:
    # A script asks for the piece alone, when somebody passes a message over.
    if wants_json(here.request):
        return JSONResponse({"piece": _piece(here, room_id, item, ruling=ruling)})
    with here.services.store.read() as work:
        room = EvaluationRoom(here.services).room(work, here.visitor, room_id)
    values = _values(here, room_id, item, ruling=ruling)
    return here.page("kamer-label.html", room=room, guide=guide(here), **values)


def _piece(here: Visit, room_id: str, item: Item | None, *, ruling: bool) -> str:
    """Return the markup of one message with its form."""
    values = _values(here, room_id, item, ruling=ruling)
    return markup(here.request, "kamer-bericht.html", **values)


def _values(here: Visit, room_id: str, item: Item | None, *, ruling: bool) -> dict[str, Any]:
    given: tuple[Answer, ...] = ()
    if item is not None and ruling:
        with here.services.store.read() as work:
            given = work.labels.of(item.id)
    taxonomy = here.services.taxonomy
    names = [(c.value, taxonomy[c].name) for c in Category]
    urgencies = [(u.value, words.URGENCY[u]) for u in Urgency]
    return {
        "room_id": room_id,
        "item": item,
        "ruling": ruling,
        "base": f"/onderzoek/kamer/{room_id}/{_path(ruling)}",
        # In alphabetical order: who said what is nobody's business.
        "answers": sorted(
            (taxonomy[a.category].name, words.URGENCY[a.urgency] if a.urgency else "")
            for a in given
            if a.kind is AnswerKind.LABEL
        ),
        "categories": [(k, *named) for k, named in zip(KEYS, names, strict=True)],
        "urgencies": [(k, *named) for k, named in zip(_URGENCY_KEYS, urgencies, strict=True)],
    }


def guide(here: Visit) -> list[tuple[str, str, list[str]]]:
    """Return name, meaning and kinds of each category, from the taxonomy that the model knows."""
    infos = [here.services.taxonomy[category] for category in Category]
    return [(i.name, i.description, [s.name for s in i.subcategories]) for i in infos]


def _path(ruling: bool) -> str:
    return "oordeel" if ruling else "label"
