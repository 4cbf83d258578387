# SPDX-License-Identifier: EUPL-1.2
"""Files that people take away: CSV that no spreadsheet runs, and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from core.audit import Tag
from core.clock import AMSTERDAM
from dashboard.visit import Visit

#: Spreadsheets take a cell that begins like this for a formula (OWASP, CSV Injection); the wide
#: forms are what some of them turn into the narrow ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")

Cell = str | int | float | None


def csv_file(
    here: Visit, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Response:
    """Return a CSV file (RFC 4180) as Dutch spreadsheets open it: UTF-8 marked, semicolons."""
    lines = [[_safe(cell) for cell in row] for row in rows]
    name = _marked(here, name)
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([header, *lines])
    written(here, f"{name}.csv", len(lines))
    data = ("\ufeff" + out.getvalue()).encode()
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def json_file(here: Visit, name: str, value: Mapping[str, Any], count: int) -> Response:
    """Return a JSON file that also says who made it, when, and from what."""
    name = _marked(here, name)
    practice: dict[str, Any] = {"oefening": True} if here.services.settings.practice else {}
    head = practice | {
        "gemeente": here.tenant.slug,
        "gemaakt_op": stamp(here.services.clock.now()),
        "bron": "Buurtsignaal",
    }
    written(here, f"{name}.json", count)
    answer = JSONResponse(head | dict(value))
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


def written(here: Visit, file: str, count: int) -> None:
    """Write down, before the file leaves, what somebody takes away."""
    with here.services.store.write() as work:
        here.audit(work, Tag.VIEW_EXPORTED, f"export/{file}", count=count)


def _marked(here: Visit, name: str) -> str:
    """Return a file's name that says it is of a lesson, when it is."""
    return f"OEFENING-{name}" if here.services.settings.practice else name


def stamp(at: datetime) -> str:
    """Return a moment in Dutch time with its offset, to the second."""
    return at.astimezone(AMSTERDAM).isoformat(timespec="seconds")


def _safe(cell: Cell) -> Cell:
    """Return a cell that begins with no formula; a quote before it makes it text."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\x00", "")
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text
