# SPDX-License-Identifier: EUPL-1.2
"""Every failure becomes a page in plain words, or problem+json for programs (RFC 9457)."""

from __future__ import annotations

import logging
import traceback
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import errors
from dashboard import render
from dashboard.below import below
from dashboard.preference import chosen_lang, tongue_of
from dashboard.spoken import Spoken, heard, say

log = logging.getLogger(__name__)


class LoginNeeded(errors.BuurtsignaalError):
    """This page needs a session."""


class Forged(errors.BuurtsignaalError):
    """The form did not come from our own page, or the session has ended."""


class TooManyTries(errors.BuurtsignaalError):
    """Too many tries from this address; wait a while."""


_STATUS: dict[type[Exception], int] = {
    LoginNeeded: 401,
    Forged: 403,
    TooManyTries: 429,
    errors.TooLarge: 413,
    errors.BadInput: 400,
    errors.NoConsent: 409,
    errors.NotFound: 404,
    errors.AlreadyDecided: 409,
    errors.NotAllowed: 403,
    errors.Overloaded: 503,
}

#: status → (title, what it means for the reader).
TEXTS: dict[int, tuple[str, str]] = {
    400: (say("Dat klopt niet helemaal"), say("Er mist iets of het is niet goed ingevuld.")),
    401: (say("Log eerst in"), say("Voor deze pagina moet u ingelogd zijn.")),
    403: (say("Dit mag u niet"), say("Uw account heeft geen toegang tot dit onderdeel.")),
    404: (say("Niet gevonden"), say("Deze pagina bestaat niet, of het signaal is al gewist.")),
    405: (say("Dat kan hier niet"), say("Deze handeling kan op deze pagina niet.")),
    409: (say("Iemand was u voor"), say("Er is intussen iets veranderd. Kijk nog eens.")),
    413: (say("Te groot"), say("Dit bestand is te groot.")),
    429: (say("Even wachten"), say("Er is te vaak geprobeerd. Wacht een kwartier.")),
    503: (
        say("Het is nu te druk"),
        say("Er komt nu te veel tegelijk binnen. Probeer het later nog eens."),
    ),
    500: (say("Er ging iets mis"), say("Dat ligt aan ons. Probeer het over een minuut nog eens.")),
}
#: Pages of the report form.
OPEN_PATHS = ("/melden", "/en/report", "/overdracht")
_FORGED = (
    say("Dit formulier is verlopen"),
    say("Uw sessie is voorbij of het formulier kwam niet van onze pagina. Er is niets gewijzigd."),
)
#: Errors whose own words are meant for the reader.
_SPEAKS = (errors.BadInput, errors.AlreadyDecided, errors.NotAllowed, errors.NoConsent)


def status_of(error: Exception) -> int:
    """Return the HTTP status that says what an error means."""
    return next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 500)


def speaks(error: Exception) -> bool:
    """Whether the error's own words are for the reader."""
    return isinstance(error, _SPEAKS)


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(errors.BuurtsignaalError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


def answer(request: Request, status: int, title: str, detail: str) -> Response:
    """Return the failure in the form that the asker reads."""
    if wants_json(request):
        title, detail = heard(tongue_of(request), (title, detail))
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JSONResponse(problem, status, media_type="application/problem+json")
    if request.url.path.startswith(OPEN_PATHS):
        return _without_account(request, status)
    values = {"code": status, "title": title, "detail": detail}
    return render.page(request, "fout.html", status=status, **values)


def _without_account(request: Request, status: int) -> Response:
    """Return the failure to somebody on the report form: without script, in their language."""
    lang = "en" if request.query_params.get("taal") == "en" else "nl"
    say = request.app.state.wordings[lang]
    keys = {404: "failed_missing", 413: "error_photo_large", 429: "failed_busy"}
    key = keys.get(status, "failed_else")
    other = "nl" if lang == "en" else "en"
    values = {"say": say, "text": say(key), "form": None, "here": "/melden", "other": other}
    return render.page(request, "melden/fout.html", status=status, **values)


def said(error: Exception) -> str:
    """Return what an error says to the reader, in whatever language that turns out to be."""
    words = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
    return words if isinstance(words, Spoken) else below(words)


def wants_json(request: Request) -> bool:
    """Whether a program asks: the API, or our own script."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or accept.startswith("application/json")


async def _ours(request: Request, error: Exception) -> Response:
    if isinstance(error, LoginNeeded) and request.method == "GET" and not wants_json(request):
        lang = chosen_lang(request)
        return RedirectResponse(f"/inloggen?taal={lang}" if lang else "/inloggen", 303)
    status = status_of(error)
    if status == 500:
        # The class alone: a message might quote what somebody sent.
        log.error("%s %s: %s", request.method, _route(request), type(error).__name__)
    title, detail = _FORGED if isinstance(error, Forged) else TEXTS[status]
    if speaks(error):
        detail = said(error)
    return answer(request, status, title, detail)


async def _http(request: Request, error: Exception) -> Response:
    status = cast("HTTPException", error).status_code
    title, detail = TEXTS.get(status, (HTTPStatus(status).phrase, ""))
    return answer(request, status, title, detail)


async def _invalid(request: Request, _: Exception) -> Response:
    return answer(request, 400, *TEXTS[400])


class Failsafe:
    """Turns what nobody foresaw into our own page, inside the security headers.

    The log gets the lines of code, never the error's message: a database driver quotes
    the values of a statement, and those are what citizens wrote.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer 500 when that fails before the answer began."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            lines = "".join(traceback.format_tb(error.__traceback__)[-6:])
            log.error("%s in\n%s", type(error).__name__, lines)  # noqa: TRY400
            # Who got half an answer hears nothing more; raised on, the server would log it all.
            if not started:
                failed = answer(Request(scope), 500, *TEXTS[500])
                await failed(scope, receive, send)


def _route(request: Request) -> str:
    """The route's name instead of its address, which could hold anything."""
    return str(getattr(request.scope.get("route"), "name", "?"))
