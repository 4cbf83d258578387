# SPDX-License-Identifier: EUPL-1.2
"""The list of an operator's signals: filters, search, map and files; every view is an address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from core import errors
from core.label import SIGNAL_CATEGORIES
from core.selection import LONGEST_SEARCH, Standing
from core.tenant import MapSource
from dashboard import words
from dashboard.errors import said
from dashboard.export import Cell, csv_file, json_file, stamp
from dashboard.listing import (
    AGES,
    PAGE,
    Row,
    SearchRefused,
    asked,
    chips,
    found,
    rows,
    searched,
)
from dashboard.pages.queue import looked_at
from dashboard.shown import UNLABELLED, ScoresOff, Shown
from dashboard.spoken import say
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)

#: Most rows of one file; a file of more is made in parts, by age or area.
MOST = 20_000
_HEADER = (
    *("id", "incident", "ontvangen", "geschreven", "categorie", "urgentie", "stand"),
    *("wijk", "groep", "bron", "plaats", "plaats_genoemd", "breedte", "lengte", "straal_m"),
    "tekst_zonder_persoonsgegevens",
)


@router.get("/lijst", name="list")
def listing(here: Here) -> Response:
    """Show the list, with a map beside it where the municipality has one."""
    wanted = asked(here)
    refused: SearchRefused | ScoresOff | None = None
    ids: list[str] = []
    listed: list[Row] = []
    with here.services.store.read() as work:
        shown = Shown(here.services, work, here.tenant)
        running = work.dossiers.list(here.tenant.slug)
        try:
            ids = found(here, work, shown, wanted)
            part = ids[(wanted.page - 1) * PAGE : wanted.page * PAGE]
            listed = rows(here, shown, work.overview.items(part))
        except (SearchRefused, ScoresOff) as error:
            refused = error
    searched(here, wanted, None if refused else len(ids))
    looked_at(here, f"queue/{here.queue.value}", {row.item.id for row in listed})
    now = here.services.clock.now()
    return here.page(
        "lijst.html",
        status=400 if refused else 200,
        rows=listed,
        total=len(ids),
        refused=said(refused) if refused else "",
        by_person=isinstance(refused, SearchRefused),
        scores=shown.scores,
        blind_left_out=shown.samples and bool(wanted.selection.categories),
        asked=wanted,
        chips=chips(here, wanted),
        last=max(1, -(-len(ids) // PAGE)),
        first=(wanted.page - 1) * PAGE,
        choices=_choices(here, shown),
        ages=[(key, name) for key, (_, name) in AGES.items()],
        standings=list(Standing),
        longest=LONGEST_SEARCH,
        map=here.tenant.map,
        sources=MapSource,
        dossiers=[d for d in running if now < d.until],
    )


@router.get("/lijst.csv", name="list-csv")
def as_csv(here: Here) -> Response:
    """Return the list as a file for a spreadsheet."""
    found = _all_rows(here)
    ids = [row.item.id for row in found]
    return csv_file(here, "lijst", _HEADER, map(_cells, found), signals=ids)


@router.get("/lijst.json", name="list-json")
def as_json(here: Here) -> Response:
    """Return the list as JSON."""
    found = _all_rows(here)
    listed = [dict(zip(_HEADER, _cells(row), strict=True)) for row in found]
    ids = [row.item.id for row in found]
    return json_file(here, "lijst", {"signalen": listed}, len(listed), signals=ids)


@router.get("/kaartlaag", name="map-layer")
def layer(here: Here) -> Response:
    """Return the municipality's own map as GeoJSON (RFC 7946)."""
    path = here.tenant.map.layer
    if path is None or not path.is_file():
        raise errors.NotFound
    return FileResponse(path, media_type="application/geo+json")


def _all_rows(here: Visit) -> Sequence[Row]:
    wanted = asked(here)
    try:
        with here.services.store.read() as work:
            shown = Shown(here.services, work, here.tenant)
            ids = found(here, work, shown, wanted)
            if len(ids) > MOST:
                raise errors.BadInput(
                    say(
                        "Een bestand heeft hoogstens %(most)s regels. "
                        "Kies een kortere tijd of een wijk.",
                        most=MOST,
                    )
                )
            listed = rows(here, shown, work.overview.items(ids))
    except (SearchRefused, ScoresOff):
        searched(here, wanted, None)
        raise
    searched(here, wanted, len(ids))
    for part in _portions(ids):
        looked_at(here, f"queue/{here.queue.value}", set(part))
    return listed


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """An audit line names at most a thousand signals."""
    for start in range(0, len(ids), 1_000):
        yield ids[start : start + 1_000]


def _cells(row: Row) -> list[Cell]:
    item, spot = row.item, row.spot
    return [
        item.id,
        item.incident_id,
        stamp(item.received_at),
        stamp(item.sent_at),
        item.category.value if row.labelled else UNLABELLED,
        item.urgency.value if row.urgency else None,
        row.state,
        row.area,
        row.group,
        row.source,
        row.place,
        "ja" if row.stated else "nee",
        spot.lat if spot else None,
        spot.lon if spot else None,
        round(spot.radius) if spot and spot.radius else None,
        row.quote.text,
    ]


def _choices(here: Visit, shown: Shown) -> list[dict[str, Any]]:
    """Return the filters with several choices, as the form shows them."""
    taxonomy = here.services.taxonomy
    by_label: list[dict[str, Any]] = [
        {
            "name": "categorie",
            "title": say("Categorie"),
            "options": [(c.value, taxonomy[c].name) for c in SIGNAL_CATEGORIES],
        },
        {
            "name": "urgentie",
            "title": say("Urgentie"),
            "options": [(u.value, name) for u, name in words.URGENCY.items()],
        },
    ]
    return [
        *(by_label if shown.scores else []),
        {"name": "wijk", "title": say("Wijk"), "options": list(here.tenant.areas.items())},
        {
            "name": "bron",
            "title": say("Soort bron"),
            "options": [(o.value, name) for o, name in words.ORIGIN.items()],
        },
    ]
