# SPDX-License-Identifier: EUPL-1.2
"""Files that people took along, and what must go out of them because it was erased here."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from core import errors
from core.audit import Tag
from dashboard.access import Role
from dashboard.visit import Here, Visit
from store.exports import Export
from store.work import Work

router = APIRouter(include_in_schema=False)


@router.get("/bestanden", name="files")
def files(here: Here) -> Response:
    """List an operator's own files, or for the administrator all of them."""
    everybody = here.visitor.role is Role.BEHEER
    with here.services.store.read() as work:
        found = work.exports.of_tenant(
            here.tenant.slug, made_by="" if everybody else here.visitor.username
        )
        listed = [
            (each, work.exports.unsettled(each.id) if each.unsettled else ()) for each in found
        ]
    return here.page("bestanden.html", files=listed, everybody=everybody)


@router.post("/bestanden/{id}/gewist", name="file-settle")
def settle(here: Here, id: str) -> Response:
    """Write down that what was shown is out of the file."""
    shown = [name for name in here.form.text("signalen", longest=60_000).split(",") if name]
    now = here.services.clock.now()
    with here.services.store.write() as work:
        export = _mine(here, work, id)
        # Only what was on the page: more may have been erased since.
        count = work.exports.settle(export.id, shown, now)
        if count:
            here.audit(work, Tag.EXPORT_SETTLED, f"export/{export.id}", signals=count)
    return here.back("/bestanden")


def _mine(here: Visit, work: Work, id: str) -> Export:
    export = work.exports.get(here.tenant.slug, id)
    if here.visitor.role is not Role.BEHEER and export.made_by != here.visitor.username:
        raise errors.NotFound
    return export
