# SPDX-License-Identifier: EUPL-1.2
"""How good the model is and stays: intervals, weeks, a model that runs along, files, comparison."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from classify.measure.compare import Comparison
from classify.measure.duel import Labelled, duel
from core import errors
from core.annotation import settled
from core.audit import Tag
from core.clock import AMSTERDAM
from core.label import Category
from dashboard import figures, modelfiles, pictures, register, weeks
from dashboard.access import Role
from dashboard.bench import Bench, Tell
from dashboard.evaluation import EvaluationRoom
from dashboard.pictures import Axis
from dashboard.services import Models
from dashboard.spoken import say
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)

#: Weeks that the page looks back.
BACK = 12
#: Fewer settled messages than this tell nothing about two models.
ENOUGH = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassRow:
    """One category with what its figures are worth."""

    name: str
    precision: float
    precision_interval: tuple[float, float] | None
    recall: float
    recall_interval: tuple[float, float] | None
    average_precision: float | None


@router.get("/onderzoek/model", name="model")
def model(here: Here) -> Response:
    """Show the active model's quality, then and now; counts and figures, never a message."""
    metrics = _metrics(here)
    rows = _rows(here, metrics)
    with here.services.store.read() as work:
        start = weeks.since(here.services.clock.now(), BACK)
        days = work.quality.days(here.tenant.slug, start.isoformat())
        judged = work.quality.decisions(
            here.tenant.slug, datetime.combine(start, time(), tzinfo=AMSTERDAM)
        )
        shadows = work.quality.shadows(here.tenant.slug, start.isoformat())
    return here.page(
        "model.html",
        name=_name(here),
        rows=rows,
        intervals=_intervals(rows),
        curves=_curves(here, metrics),
        learning=_learning(metrics),
        weeks=weeks.weeks(days, judged),
        released=metrics.get("signal", {}).get("precision"),
        fewest=weeks.FEWEST,
        back=BACK,
        alongside=weeks.alongside(shadows),
        category=_names(here),
        models=here.services.research.models is not None,
    )


@router.get("/onderzoek/model/kaart.md", name="model-card")
def card(here: Here) -> Response:
    """Give the model card."""
    folder = here.services.research.folder
    file = folder / "card.md" if folder else None
    if file is None or not file.is_file():
        raise errors.NotFound("no card")
    return _file(here, "modelkaart.md", file.read_text(encoding="utf-8"), "text/markdown")


@router.get("/onderzoek/model/evaluatie.md", name="model-report")
def report(here: Here) -> Response:
    """Give the evaluation report."""
    text = modelfiles.report(_name(here) or "geen model", _metrics(here), here.services.taxonomy)
    return _file(here, "evaluatie.md", text, "text/markdown")


@router.get("/onderzoek/model/cijfers.json", name="model-metrics")
def metrics(here: Here) -> Response:
    """Give all figures for a program."""
    text = json.dumps(_metrics(here), indent=2, ensure_ascii=False) + "\n"
    return _file(here, "cijfers.json", text, "application/json")


@router.get("/onderzoek/model/algoritmeregister.json", name="algorithm-register")
def algorithm_register(here: Here) -> Response:
    """Give the entry for the national register of algorithms."""
    found = register.entry(
        here.tenant,
        here.services.taxonomy,
        _name(here) or "geen model",
        _metrics(here),
        here.services.clock.now(),
    )
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    return _file(here, "algoritmeregister.json", text, "application/json")


@router.get("/onderzoek/vergelijk", name="compare")
def compare(here: Here, een: str = "", ander: str = "") -> Response:
    """Show two models side by side."""
    models = _models(here)
    names = list(models.names())
    first = een or models.active()
    second = ander or next((n for n in names if n != first), first)
    found = {name: figures.read(models.place(name)) for name in (first, second)}
    with here.services.store.read() as work:
        now = here.services.clock.now()
        rooms = [
            room
            for room in work.rooms.list(here.tenant.slug)
            if here.visitor.username in room.people and room.is_open(now)
        ]
    return here.page(
        "vergelijk.html",
        names=names,
        active=models.active(),
        first=first,
        second=second,
        totals=figures.side_by_side(found[first], found[second]),
        scores=_both(here, found[first], found[second]),
        rooms=rooms,
        chooses=here.visitor.role is Role.BEHEER,
    )


@router.post("/onderzoek/vergelijk", name="compare-start")
def start(here: Here) -> Response:
    """Have both models judge the settled messages of a room, in memory."""
    models = _models(here)
    names = (here.form.text("een"), here.form.text("ander"))
    for name in names:
        models.place(name)
    if names[0] == names[1]:
        raise errors.BadInput(say("Kies twee verschillende modellen."))
    room_id = here.form.text("kamer")
    messages = _settled(here, room_id)
    if len(messages) < ENOUGH:
        raise errors.BadInput(
            say("Er zijn nog geen %(least)s berichten klaar in deze kamer.", least=ENOUGH)
        )
    bench = _bench(here)
    job = bench.start(
        partial(_duel, models, names, messages),
        tenant=here.tenant.slug,
        by=here.visitor.username,
        models=names,
        messages=len(messages),
    )
    with here.services.store.write() as work:
        one, other = names
        here.audit(work, Tag.MODELS_COMPARED, f"room/{room_id}", first=one, second=other)
    return here.back(f"/onderzoek/vergelijk/{job.id}")


@router.get("/onderzoek/vergelijk/{id}", name="comparison")
def comparison(here: Here, id: str) -> Response:
    """Show how far a comparison is, or what it found."""
    job = _bench(here).job(id, tenant=here.tenant.slug, by=here.visitor.username)
    return here.page("vergelijking.html", job=job)


@router.post("/beheer/model", name="model-activate")
def activate(here: Here) -> Response:
    """Choose the model that judges after the next start."""
    name = here.form.text("model")
    try:
        before = _models(here).activate(name)
    except errors.ModelRefused:
        raise errors.BadInput(say("Dit model is niet heel. Er is niets veranderd.")) from None
    with here.services.store.write() as work:
        here.audit(work, Tag.MODEL_ACTIVATED, f"model/{name}", before=before)
    return here.back("/onderzoek/vergelijk")


def _duel(
    models: Models, names: tuple[str, str], messages: list[Labelled], tell: Tell
) -> Comparison:
    first, second = (models.load(name) for name in names)
    return duel(messages, first, second, tell)


def _settled(here: Visit, room_id: str) -> list[Labelled]:
    with here.services.store.read() as work:
        EvaluationRoom(here.services).room(work, here.visitor, room_id)
        answers = work.labels.of_room(room_id)
        items = work.rooms.items(room_id)
    found = []
    for item in items:
        truth = settled(answers.get(item.id, ()))
        if truth is not None and item.masked is not None:
            found.append(Labelled(text=item.masked, origin=item.origin, category=truth.category))
    return found


def _rows(here: Visit, metrics: Mapping[str, Any]) -> list[ClassRow]:
    names, areas = _names(here), metrics.get("average_precision", {})
    return [
        ClassRow(
            name=names.get(slug, slug),
            precision=row["precision"],
            precision_interval=modelfiles.precision_interval(metrics, slug),
            recall=row["recall"],
            recall_interval=modelfiles.recall_interval(metrics, slug),
            average_precision=areas.get(slug),
        )
        for slug, row in metrics.get("categories", {}).items()
    ]


def _intervals(rows: list[ClassRow]) -> dict[str, Any]:
    """Return the pictures that the rows make; empty without rows."""
    if not rows:
        return {}
    precision = [(r.name, *_around(r.precision, r.precision_interval)) for r in rows]
    recall = [(r.name, *_around(r.recall, r.recall_interval)) for r in rows]
    points = [(r.name, r.recall, r.precision) for r in rows]
    # Down to where the lowest is: the dots would lie on top of each other otherwise.
    low = int(10 * min(min(r.recall, r.precision) for r in rows)) / 10
    across = Axis(name=say("gevonden"), low=low, digits=2)
    up = Axis(name=say("precisie"), low=low, digits=2)
    return {
        "precision": pictures.intervals(precision, say("Precisie per categorie met 95%%-interval")),
        "recall": pictures.intervals(recall, say("Gevonden per categorie met 95%%-interval")),
        "points": pictures.named(points, say("Precisie tegen gevonden per categorie"), across, up),
    }


def _around(value: float, ends: tuple[float, float] | None) -> tuple[float, float, float]:
    low, high = ends or (value, value)
    return low, value, high


def _curves(here: Visit, metrics: Mapping[str, Any]) -> list[tuple[str, Any]]:
    names = _names(here)
    found = metrics.get("curves", {}).get("precision_recall", {})
    across, up = Axis(name=say("gevonden")), Axis(name=say("precisie"))
    return [
        (
            names.get(slug, slug),
            pictures.line(
                list(zip(curve["x"], curve["y"], strict=True)),
                say("Precisie tegen gevonden: %(name)s", name=names.get(slug, slug)),
                across,
                up,
            ),
        )
        for slug, curve in found.items()
        if curve["x"]
    ]


def _learning(metrics: Mapping[str, Any]) -> dict[str, Any] | None:
    points = [(p["messages"], p["macro_f1"]) for p in metrics.get("learning_curve", ())]
    if not points:
        return None
    across = Axis(name=say("berichten om van te leren"), high=max(x for x, _ in points), digits=0)
    drawn = pictures.line(points, say("F1 bij meer berichten"), across, Axis(name="F1"))
    return {"picture": drawn, "points": points}


def _both(
    here: Visit, first: Mapping[str, Any], second: Mapping[str, Any]
) -> list[tuple[str, float | None, float | None]]:
    one, other = first.get("categories", {}), second.get("categories", {})
    return [
        (here.services.taxonomy[c].name, one.get(c, {}).get("f1"), other.get(c, {}).get("f1"))
        for c in Category
        if c in one or c in other
    ]


def _file(here: Visit, name: str, text: str, kind: str) -> Response:
    with here.services.store.write() as work:
        here.audit(work, Tag.FIGURES_EXPORTED, f"model/{_name(here)}", file=name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)


def _metrics(here: Visit) -> Mapping[str, Any]:
    folder = here.services.research.folder
    return figures.read(folder) if folder else {}


def _name(here: Visit) -> str | None:
    folder = here.services.research.folder
    return f"{folder.parent.name}/{folder.name}" if folder else None


def _names(here: Visit) -> dict[str, str]:
    return {category.value: here.services.taxonomy[category].name for category in Category}


def _models(here: Visit) -> Models:
    models = here.services.research.models
    if models is None:
        raise errors.NotFound("no models to choose from")
    return models


def _bench(here: Visit) -> Bench:
    bench: Bench = here.request.app.state.bench
    return bench
