# SPDX-License-Identifier: EUPL-1.2
"""Places and times at which much is written; counts only, small ones hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from core.label import SIGNAL_CATEGORIES, Category, Queue
from dashboard.export import Cell, csv_file, json_file
from dashboard.heatmap import heatmap
from dashboard.hotspots import DAYS, Picture, Spot, picture
from dashboard.shown import SCORES_OFF, ScoresOff, Shown
from dashboard.spoken import say
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)

#: Days back that can be counted.
SPANS = (7, 28, 90)
_HEADER = ("soort", "plek", "dag", "uur", "aantal")


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """Which signals are counted."""

    days: int = SPANS[1]
    category: Category | None = None
    area: str = ""

    @property
    def query(self) -> str:
        pairs = {"dagen": self.days, "categorie": self.category or "", "wijk": self.area}
        return urlencode({name: value for name, value in pairs.items() if value})


@router.get("/plekken-en-tijden", name="hotspots")
def hotspots(here: Here) -> Response:
    """Show hours by weekdays, neighbourhoods and places."""
    asked = _asked(here)
    made, shown = count(here, asked)
    return here.page(
        "plekken.html",
        asked=asked,
        scores=shown.scores,
        blind_left_out=shown.samples and asked.category is not None,
        picture=made,
        drawing=heatmap(made),
        days=DAYS,
        spans=SPANS,
        areas=here.tenant.areas,
        categories=[(c, here.services.taxonomy[c].name) for c in SIGNAL_CATEGORIES],
        most=lambda spot: _most(here, spot),
    )


@router.get("/plekken-en-tijden.csv", name="hotspots-csv")
def as_csv(here: Here) -> Response:
    """Return the same counts for a spreadsheet."""
    made, _ = count(here, _asked(here))
    return csv_file(here, "plekken-en-tijden", _HEADER, _lines(made))


@router.get("/plekken-en-tijden.json", name="hotspots-json")
def as_json(here: Here) -> Response:
    """Return the same counts as JSON."""
    made, _ = count(here, _asked(here))
    lines = [dict(zip(_HEADER, line, strict=True)) for line in _lines(made)]
    return json_file(here, "plekken-en-tijden", {"aantallen": lines}, len(lines))


def _asked(here: Visit) -> Counted:
    params = here.request.query_params
    try:
        days = int(params.get("dagen") or SPANS[1])
        category = Category(slug) if (slug := params.get("categorie")) else None
    except ValueError:
        raise errors.BadInput(say("Dit filter kennen wij niet.")) from None
    area = params.get("wijk", "")
    if days not in SPANS or (area and area not in here.tenant.areas):
        raise errors.BadInput(say("Dit filter kennen wij niet."))
    return Counted(days=days, category=category, area=area)


def count(here: Visit, asked: Counted) -> tuple[Picture, Shown]:
    """Return the counts; whose category nobody may know counts with none."""
    mine = here.visitor.role.queue
    since = here.services.clock.now() - timedelta(days=asked.days)
    queues = (mine,) if mine else tuple(Queue)
    with here.services.store.read() as work:
        shown = Shown(here.services, work, here.tenant)
        if asked.category is not None and not shown.scores:
            raise ScoresOff(SCORES_OFF)
        moments = [
            moment if shown.labelled(moment.id, moment.state) else replace(moment, category=None)
            for moment in work.tallies.moments(here.tenant.slug, queues, since)
        ]
    wanted = [
        moment
        for moment in moments
        if asked.category in (None, moment.category) and asked.area in ("", moment.area)
    ]
    return picture(wanted), shown


def _lines(made: Picture) -> Iterator[list[Cell]]:
    for spot in made.areas:
        yield ["wijk", spot.key, "", "", spot.count.text]
    for spot in made.places:
        yield ["plaats", spot.key, "", "", spot.count.text]
    for day, row in zip(DAYS, made.cells, strict=True):
        for hour, count in enumerate(row):
            yield ["tijd", "", day, hour, count.text]


def _most(here: Visit, spot: Spot) -> str:
    return here.services.taxonomy[spot.most].name if spot.most else "–"
