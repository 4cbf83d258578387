# SPDX-License-Identifier: EUPL-1.2
"""One request on the report pages: the form, the language and how to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse

from core import errors
from core.clock import AMSTERDAM
from dashboard import forms, render, words
from dashboard.report.form import Form, Reporting
from dashboard.report.ticket import Tickets
from dashboard.report.wording import LANGUAGES, Wording
from dashboard.services import Services

_FOLLOW = "/melden/volgen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What a report page gets to work with; nobody is signed in."""

    request: Request
    services: Services

    @property
    def reporting(self) -> Reporting:
        """The way in."""
        return self.services.reporting

    @property
    def tickets(self) -> Tickets:
        """What forms carry instead of a cookie."""
        found: Tickets = self.request.app.state.tickets
        return found

    @property
    def given(self) -> forms.Form:
        """What was sent."""
        found: forms.Form = self.request.state.form
        return found

    @property
    def lang(self) -> str:
        """Dutch, unless the address or the form asks for English."""
        form = getattr(self.request.state, "form", None)
        sent = form.fields.get("taal", "") if form else ""
        asked = self.request.query_params.get("taal", sent)
        return asked if asked in LANGUAGES else LANGUAGES[0]

    @property
    def plain(self) -> Wording:
        """The wording that belongs to no municipality."""
        found: Wording = self.request.app.state.wordings[self.lang]
        return found

    def form(self, slug: str) -> Form:
        """Return the form of a municipality; raise ``NotFound``."""
        found = self.reporting.forms.get(slug)
        if found is None:
            raise errors.NotFound
        return found

    def page(
        self, template: str, form: Form | None = None, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Return a page in the municipality's own look and words."""
        say = form.wordings[self.lang] if form else self.plain
        return render.page(
            self.request,
            f"melden/{template}",
            status=status,
            say=say,
            form=form,
            other=LANGUAGES[1 - LANGUAGES.index(self.lang)],
            here=self._here(),
            **values,
        )

    def _here(self) -> str:
        """Return the address where this page begins, for the other language."""
        path = self.request.url.path
        return _FOLLOW if path.startswith(_FOLLOW) else path.removesuffix("/foto")

    def moment(self, at: datetime) -> str:
        """Return a moment in the Netherlands as this language writes it."""
        if self.lang == "nl":
            return words.moment(at)
        local = at.astimezone(AMSTERDAM)
        return f"{local.day} {local:%B %Y %H:%M}"


def desk(request: Request) -> Desk:
    """Return the desk at which a request stands."""
    return Desk(request=request, services=request.app.state.services)


#: Type of a page's argument.
AtDesk = Annotated[Desk, Depends(desk)]
