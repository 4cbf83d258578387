# SPDX-License-Identifier: EUPL-1.2
"""Files that people take away: CSV that no spreadsheet runs, and JSON."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from core.audit import Tag
from core.clock import AMSTERDAM
from core.identity import new_id
from dashboard.visit import Visit
from store.exports import Export

#: Spreadsheets take a cell that begins like this for a formula (OWASP, CSV Injection); the wide
#: forms are what some of them turn into the narrow ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")

Cell = str | int | float | None


def csv_file(
    here: Visit,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    signals: Iterable[str] = (),
) -> Response:
    """Return a CSV file (RFC 4180) as Dutch spreadsheets open it: UTF-8 marked, semicolons.

    ``signals`` are the ids of those in it; an erasure finds the file back by them.
    """
    lines = [[_safe(cell) for cell in row] for row in rows]
    name = _marked(here, name)
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([header, *lines])
    written(here, f"{name}.csv", len(lines), signals)
    data = ("\ufeff" + out.getvalue()).encode()
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def json_file(
    here: Visit,
    name: str,
    value: Mapping[str, Any],
    count: int,
    *,
    signals: Iterable[str] = (),
) -> Response:
    """Return a JSON file that also says who made it, when, and from what."""
    name = _marked(here, name)
    practice: dict[str, Any] = {"oefening": True} if here.services.settings.practice else {}
    head = practice | {
        "gemeente": here.tenant.slug,
        "gemaakt_op": stamp(here.services.clock.now()),
        "bron": "Buurtsignaal",
    }
    written(here, f"{name}.json", count, signals)
    answer = JSONResponse(head | dict(value))
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


def written(here: Visit, file: str, count: int, signals: Iterable[str] = ()) -> None:
    """Write down, before the file leaves, what somebody takes away."""
    now, inside = here.services.clock.now(), list(signals)
    with here.services.store.write() as work:
        if inside:
            export = Export(
                id=new_id(now),
                tenant=here.tenant.slug,
                file=file,
                made_by=here.visitor.username,
                made_at=now,
            )
            work.exports.add(export, inside)
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
    return f"'{text}" if runs(text) else text


def runs(text: str) -> bool:
    """Whether a spreadsheet could take a cell for a formula; it may skip what nobody sees."""
    seen = next((n for n, sign in enumerate(text) if _is_seen(sign)), len(text))
    return text.startswith(_FORMULA) or text[seen:].startswith(_FORMULA)


def _is_seen(sign: str) -> bool:
    return not sign.isspace() and unicodedata.category(sign) not in ("Cc", "Cf", "Zs")
