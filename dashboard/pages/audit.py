# SPDX-License-Identifier: EUPL-1.2
"""The audit log, for the supervisor; looking at it is written down in it."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from core.audit import Tag
from dashboard.export import Cell, csv_file, json_file, stamp
from dashboard.visit import Here, Visit
from store.audit import AuditLine

router = APIRouter(include_in_schema=False)

#: A line's number, no larger than a database counts.
Before = Annotated[int | None, Query(ge=0, lt=2**63)]

PAGE = 100
#: Lines of one file; older ones come with ``voor``.
MOST = 20_000
_HEADER = ("nr", "tijd", "handeling", "wie", "waaraan", "uitkomst", "via", "bijzonderheden", "hash")


@router.get("/toezicht", name="audit")
def audit(here: Here, voor: Before = None, controle: bool = False) -> Response:
    """Show lines, newest first; ``controle`` recomputes the whole chain."""
    slug = here.tenant.slug
    with here.services.store.read() as work:
        lines = work.audit.lines(slug, limit=PAGE, before_seq=voor)
        verification = work.audit.verify(slug) if controle else None
    with here.services.store.write() as work:
        here.audit(work, Tag.AUDIT_CONSULTED, "audit", lines=len(lines), verified=controle)
    return here.page(
        "toezicht.html",
        lines=lines,
        verification=verification,
        before=voor,
        more=lines[-1].seq if len(lines) == PAGE and lines[-1].seq > 1 else None,
    )


@router.get("/toezicht.csv", name="audit-csv")
def as_csv(here: Here, voor: Before = None) -> Response:
    """Return lines, newest first, for a spreadsheet."""
    return csv_file(here, "logboek", _HEADER, map(_cells, _lines(here, voor)))


@router.get("/toezicht.json", name="audit-json")
def as_json(here: Here, voor: Before = None) -> Response:
    """Return lines, newest first, as JSON; with the hashes the chain can be checked elsewhere."""
    told = [dict(zip(_HEADER, _cells(line), strict=True)) for line in _lines(here, voor)]
    return json_file(here, "logboek", {"regels": told}, len(told))


def _lines(here: Visit, before: int | None) -> list[AuditLine]:
    with here.services.store.read() as work:
        return list(work.audit.lines(here.tenant.slug, limit=MOST, before_seq=before))


def _cells(line: AuditLine) -> list[Cell]:
    event = line.event
    return [
        line.seq,
        stamp(event.at),
        event.tag.value,
        event.actor,
        event.object,
        event.result.value,
        event.origin,
        json.dumps(dict(event.detail), sort_keys=True),
        line.hash,
    ]
