# SPDX-License-Identifier: EUPL-1.2
"""Dossiers about places and patterns: the list, one dossier, and what is done with it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from core.audit import Tag
from core.dossier import LONGEST, NOTE, PURPOSE, READABLE, TITLE, DossierState, NoteKind
from dashboard import filing
from dashboard.dossier import File, file_of, told
from dashboard.export import json_file
from dashboard.pages.queue import looked_at
from dashboard.spoken import say
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)


@router.get("/dossiers", name="dossiers")
def dossiers(here: Here) -> Response:
    """Show all dossiers of the municipality, and the form for a new one."""
    slug, now = here.tenant.slug, here.services.clock.now()
    with here.services.store.read() as work:
        known = [d for d in work.dossiers.list(slug) if now < d.erased_at]
        counts = work.dossiers.counts(slug)
    return here.page(
        "dossiers.html",
        dossiers=[(d, d.at(now), counts.get(d.id, 0)) for d in known],
        areas=here.tenant.areas,
        terms=filing.TERMS,
        longest=LONGEST.days,
        readable=READABLE.days,
        title_length=TITLE,
        purpose_length=PURPOSE,
    )


@router.post("/dossiers", name="dossier-open")
def open_dossier(here: Here) -> Response:
    """Open a dossier."""
    return here.back(f"/dossier/{filing.open_dossier(here).id}")


@router.get("/dossier/{id}.json", name="dossier-json")
def as_json(here: Here, id: str) -> Response:
    """Return one dossier as JSON: facts and opinions apart, texts without personal data."""
    file = _consulted(here, id)
    ids = [row.item.id for row in file.rows]
    return json_file(here, f"dossier-{file.dossier.id}", told(file), len(file.rows), signals=ids)


@router.get("/dossier/{id}", name="dossier")
def dossier(here: Here, id: str) -> Response:
    """Show one dossier."""
    file = _consulted(here, id)
    return here.page(
        "dossier.html",
        file=file,
        dossier=file.dossier,
        running=file.state is DossierState.RUNNING,
        area=here.tenant.areas.get(file.dossier.area, file.dossier.area),
        kinds=list(NoteKind),
        note_length=NOTE,
    )


@router.post("/signaal/{id}/dossier", name="dossier-gather")
def gather(here: Here, id: str) -> Response:
    """Put a signal in a dossier."""
    chosen = here.form.text("dossier", longest=36)
    if not chosen:
        raise errors.BadInput(say("Kies een dossier."))
    filing.gather(here, chosen, id)
    return here.back(f"/dossier/{chosen}")


@router.post("/dossier/{id}/uit", name="dossier-release")
def release(here: Here, id: str) -> Response:
    """Take a signal out of a dossier."""
    filing.release(here, id, here.form.text("signaal", longest=36))
    return here.back(f"/dossier/{id}")


@router.post("/dossier/{id}/notitie", name="dossier-note")
def note(here: Here, id: str) -> Response:
    """Write a note."""
    filing.add_note(here, id)
    return here.back(f"/dossier/{id}")


@router.post("/dossier/{id}/sluiten", name="dossier-close")
def close(here: Here, id: str) -> Response:
    """End the work on a dossier."""
    filing.close(here, id)
    return here.back(f"/dossier/{id}")


def _consulted(here: Visit, id: str) -> File:
    with here.services.store.read() as work:
        file = file_of(here, work, id)
    if here.services.clock.now() >= file.dossier.erased_at:
        raise errors.NotFound
    with here.services.store.write() as work:
        here.audit(work, Tag.DOSSIER_CONSULTED, f"dossier/{id}", signals=len(file.rows))
    looked_at(here, f"dossier/{id}", {row.item.id for row in file.rows})
    return file
