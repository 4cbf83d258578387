# SPDX-License-Identifier: EUPL-1.2
"""The evaluation rooms of researchers: opening, filling, figures, examples and data sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from core import errors
from core.annotation import Answer, Lane, settled
from core.audit import Tag
from core.label import Category
from dashboard import dataset, roomfigures
from dashboard.access import Role
from dashboard.evaluation import BACK, LONGEST, MOST, EvaluationRoom, researchers
from dashboard.forms import File
from dashboard.spoken import say
from dashboard.visit import Here, Visit
from store.rooms import Item

router = APIRouter(include_in_schema=False)

#: Examples on one page.
EXAMPLES = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One item with what people and the model said of it."""

    item: Item
    truth: Answer


@router.get("/onderzoek/kamers", name="rooms")
def rooms(here: Here) -> Response:
    """List the rooms: a researcher's own, or for the administrator all of them."""
    now = here.services.clock.now()
    with here.services.store.read() as work:
        found = work.rooms.list(here.tenant.slug)
        people = researchers(work, here.tenant.slug)
    manages = here.visitor.role is Role.BEHEER
    mine = [r for r in found if manages or here.visitor.username in r.people]
    return here.page(
        "kamers.html",
        rooms=[(room, room.is_open(now)) for room in mine],
        people=people,
        manages=manages,
        longest=LONGEST,
        legal_basis=here.tenant.legal_basis,
    )


@router.post("/onderzoek/kamers", name="room-open")
def open_room(here: Here) -> Response:
    """Open a room for the people whose box was ticked."""
    form = here.form
    people = [name.removeprefix("mens-") for name in form.fields if name.startswith("mens-")]
    EvaluationRoom(here.services).open(
        here.visitor,
        name=form.text("naam", longest=100),
        purpose=form.text("doel"),
        legal_basis=form.text("grondslag"),
        people=people,
        days=form.number("dagen"),
    )
    return here.back("/onderzoek/kamers")


@router.post("/onderzoek/kamer/{id}/sluit", name="room-close")
def close_room(here: Here, id: str) -> Response:
    """Close a room for good."""
    EvaluationRoom(here.services).close(here.visitor, id)
    return here.back("/onderzoek/kamers")


@router.get("/onderzoek/kamer/{id}", name="room")
def room(here: Here, id: str) -> Response:
    """Show how far a room is and how far its people agree; no message."""
    with here.services.store.read() as work:
        found = EvaluationRoom(here.services).room(work, here.visitor, id)
        items, answers = work.rooms.items(id), work.labels.of_room(id)
        versions = work.rooms.datasets(id)
        busy = work.labels.next(id, here.visitor.username) is not None
    shown = roomfigures.in_steps(answers) if busy else answers
    counts = roomfigures.confusion(items, shown)
    labels = [c for c in Category if any(c in pair for pair in counts)]
    return here.page(
        "kamer.html",
        room=found,
        progress=roomfigures.progress(items, answers, here.visitor.username),
        category=roomfigures.on_category(shown),
        urgency=roomfigures.on_urgency(shown),
        busy=busy,
        step=roomfigures.STEP,
        precision=roomfigures.precision(items, shown),
        confusion=counts,
        labels=labels,
        names={c: here.services.taxonomy[c].name for c in Category},
        versions=versions,
        lanes=list(Lane),
        most=MOST,
        back=BACK,
        came=_came(here),
    )


@router.post("/onderzoek/kamer/{id}/vul", name="room-fill")
def fill(here: Here, id: str) -> Response:
    """Draw stored signals into the room."""
    came = EvaluationRoom(here.services).fill(
        here.visitor, id, _lane(here), here.form.number("aantal")
    )
    return here.back(f"/onderzoek/kamer/{id}?erbij={came}")


@router.post("/onderzoek/kamer/{id}/bestand", name="room-upload")
async def upload(here: Here, id: str) -> Response:
    """Take messages from a file."""
    file = here.form.files.get("bestand", File(filename="", data=b""))
    if here.form.text("mag") != "ja":
        raise errors.BadInput(
            say("Zet eerst het vinkje. Anders mogen wij dit bestand niet gebruiken.")
        )
    if not file.data:
        raise errors.BadInput(say("Kies eerst een bestand."))
    desk = EvaluationRoom(here.services)
    lane, wanted = _lane(here), here.form.number("aantal")
    came = await run_in_threadpool(desk.upload, here.visitor, id, file.data, lane, wanted)
    return here.back(f"/onderzoek/kamer/{id}?erbij={came}")


@router.get("/onderzoek/kamer/{id}/voorbeelden", name="room-examples")
def examples(here: Here, id: str, juist: str = "", model: str = "") -> Response:
    """Show messages that people settled on one category and the model called another."""
    truth, said = _category(juist), _category(model)
    desk = EvaluationRoom(here.services)
    with here.services.store.read() as work:
        found = desk.room(work, here.visitor, id)
        answers = work.labels.of_room(id)
        items = work.rooms.items(id)
    chosen = _chosen(items, answers, truth, said)[:EXAMPLES]
    desk.looked_at(here.visitor, found, [example.item for example in chosen])
    return here.page(
        "kamer-voorbeelden.html",
        room=found,
        examples=chosen,
        truth=here.services.taxonomy[truth].name,
        said=here.services.taxonomy[said].name,
        most=EXAMPLES,
    )


@router.post("/onderzoek/kamer/{id}/dataset", name="room-dataset")
def export(here: Here, id: str) -> Response:
    """Give the data set as a zip; the same answers give the same version and bytes."""
    now = here.services.clock.now()
    with here.services.store.write() as work:
        found = EvaluationRoom(here.services).room(work, here.visitor, id)
        items, answers = work.rooms.items(id), work.labels.of_room(id)
        opinions = work.quality.opinions([item.signal for item in items if item.signal])
        made = dataset.content(found, items, answers, opinions)
        if not made.rows and not made.weak_rows:
            raise errors.BadInput(say("Er is nog geen bericht met een label. Label eerst."))
        version = work.rooms.record(id, made.sha256, made.rows, here.visitor.username, now)
        here.audit(
            work,
            Tag.DATASET_EXPORTED,
            f"room/{id}",
            version=version.version,
            items=made.rows,
            sha256=made.sha256,
        )
    name = f"buurtsignaal-dataset-v{version.version}.zip"
    return Response(
        dataset.pack(found, made, version),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lane(here: Visit) -> Lane:
    try:
        return Lane(here.form.text("hoe"))
    except ValueError:
        raise errors.BadInput(say("Kies hoe de berichten worden gekozen.")) from None


def _category(slug: str) -> Category:
    try:
        return Category(slug)
    except ValueError:
        raise errors.NotFound("no such category") from None


def _came(here: Visit) -> int | None:
    given = here.request.query_params.get("erbij", "")
    return int(given) if given.isdigit() and len(given) < 6 else None


def _chosen(
    items: Sequence[Item], answers: roomfigures.Answers, truth: Category, said: Category
) -> list[Example]:
    found = []
    for item in items:
        answer = settled(answers.get(item.id, ()))
        # What nobody settled is left out: it would tell a colleague's answer.
        if item.masked is None or answer is None:
            continue
        if (answer.category, item.said) == (truth, said):
            found.append(Example(item=item, truth=answer))
    return found
