# SPDX-License-Identifier: EUPL-1.2
"""One request by somebody: the guard that lets it in, and what a page may do with it."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from core import errors
from core.audit import AuditEvent, Result, Tag
from core.label import Queue
from core.tenant import Tenant
from dashboard import forms, render
from dashboard.access import allowed
from dashboard.auth import Doorkeeper, Visitor
from dashboard.errors import Forged, LoginNeeded
from dashboard.practice.keeper import PracticeKeeper
from dashboard.preference import tongue_of
from dashboard.report.crowd import Crowd
from dashboard.services import Services
from dashboard.spoken import say
from dashboard.tongue import Tongue
from ingest.report_form.photo import LARGEST
from store.work import Work

_SAFE = frozenset({"GET", "HEAD"})
_NUL = re.compile("\x00|%00")
#: Routes that a browser calls by itself: no sign that somebody is still there.
_UNATTENDED = frozenset({"stream", "look", "present", "sources"})
#: Routes for people without account or cookie. There is no session that somebody else's page
#: could misuse; a ticket or a secret that only the sender knows does what a token does elsewhere.
_COOKIELESS = frozenset(
    {
        *("report-submit", "follow-show", "follow-answer", "follow-withdraw"),
        *("handover-open", "handover-photo", "questionnaire-send", "rating-send"),
        "reminders-choose",
    }
)
#: Routes that take a file.
_UPLOADS = frozenset({"group-upload", "room-upload"})


async def guard(request: Request) -> None:
    """Let a request through when its role may and its form is ours; for every route."""
    if _NUL.search(f"{request.url.path}?{request.url.query}"):
        # No id of ours has one, and PostgreSQL takes it for a mistake of ours.
        raise errors.NotFound
    name = str(getattr(request.scope.get("route"), "name", ""))
    keeper: Doorkeeper | PracticeKeeper = request.app.state.keeper
    token = request.cookies.get(keeper.cookie)
    visitor = await run_in_threadpool(keeper.visitor, token, touch=name not in _UNATTENDED)
    request.state.visitor = visitor
    if not allowed(name, visitor.role if visitor else None):
        raise (
            LoginNeeded
            if visitor is None
            else errors.NotAllowed(say("Uw account heeft geen toegang tot dit onderdeel."))
        )
    if request.method not in _SAFE:
        await _check_form(request, name, visitor)


async def _check_form(request: Request, name: str, visitor: Visitor | None) -> None:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forged
    settings = request.app.state.services.settings
    largest = settings.upload_bytes + forms.SMALL if name in _UPLOADS else forms.SMALL
    if name in _COOKIELESS:
        request.state.form = await _read_open(request, name)
        return
    form = await forms.read(request, largest=largest)
    expected = visitor.csrf if visitor else request.cookies.get(login_cookie(request), "")
    given = form.fields.get("csrf", "")
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Forged
    request.state.form = form


async def _read_open(request: Request, name: str) -> forms.Form:
    """Return what somebody without account sent; the crowd is held back before it is read."""
    crowd: Crowd = request.app.state.crowd
    address = request.client.host if request.client else "-"
    crowd.pass_by(address, request.app.state.services.clock.now())
    # More than a photo may be, so that whoever sends a larger one gets the own words back.
    photo = 5 * LARGEST // 2 if name == "report-submit" else 0
    return await forms.read(request, largest=photo + forms.SMALL)


def login_cookie(request: Request) -> str:
    """Return the name of the cookie that ties the login form to this browser."""
    return "__Host-login" if request.app.state.services.settings.secure else "login"


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """What a page gets to work with; somebody is signed in."""

    request: Request
    services: Services
    visitor: Visitor

    @property
    def tenant(self) -> Tenant:
        """The municipality of whoever looks."""
        return self.visitor.tenant

    @property
    def form(self) -> forms.Form:
        """What was sent."""
        form: forms.Form = self.request.state.form
        return form

    @property
    def queue(self) -> Queue:
        """The operator's own queue."""
        queue = self.visitor.role.queue
        if queue is None:
            raise errors.NotAllowed(say("Alleen een medewerker met een werkrij kan dit."))
        return queue

    @property
    def tongue(self) -> Tongue:
        """The language that whoever looks reads."""
        return tongue_of(self.request)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page."""
        return render.page(self.request, template, status=status, **values)

    def back(self, path: str) -> RedirectResponse:
        """Send the browser on after a form, so that a reload sends nothing twice."""
        return RedirectResponse(str(self.request.scope.get("root_path", "")) + path, 303)

    def audit(
        self,
        work: Work,
        tag: Tag,
        object: str,
        *,
        result: Result = Result.DONE,
        **detail: str | int | float | bool | None,
    ) -> None:
        """Write down what this visitor did."""
        event = AuditEvent(
            tag=tag,
            tenant=self.tenant.slug,
            actor=self.visitor.username,
            object=object,
            at=self.services.clock.now(),
            result=result,
            origin=self.visitor.origin,
            detail=detail,
        )
        work.audit.write(event)


def visit(request: Request) -> Visit:
    """Return the visit that the guard let in."""
    services: Services = request.app.state.services
    return Visit(request=request, services=services, visitor=request.state.visitor)


#: Type of a page's argument.
Here = Annotated[Visit, Depends(visit)]
