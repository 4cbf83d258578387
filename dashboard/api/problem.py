# SPDX-License-Identifier: EUPL-1.2
"""Every failure as problem+json (RFC 9457): what is wrong, and never what was sent."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core import errors
from dashboard.api.shape import shape
from dashboard.errors import speaks, status_of

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
#: status → (title, what it means for whoever programs against us).
TEXTS: Mapping[int, tuple[str, str]] = {
    400: ("Verzoek klopt niet", "Er mist iets of een waarde kan niet."),
    401: ("Token nodig", "Stuur een geldig token mee: Authorization: Bearer …"),
    403: ("Geen toegang", "Dit token geeft daar geen toegang toe."),
    404: ("Niet gevonden", "Dit bestaat niet, of niet voor dit token."),
    405: ("Kan hier niet", "Deze methode kan op dit adres niet."),
    409: ("Al gewijzigd", "Er is intussen iets veranderd. Haal het opnieuw op."),
    410: ("Te lang geleden", "Dit is niet meer te volgen. Haal alles opnieuw op."),
    413: ("Te groot", "Dit verzoek is te groot."),
    422: ("Sleutel al gebruikt", "Deze Idempotency-Key hoort bij een ander verzoek."),
    429: ("Te veel verzoeken", "Wacht het aantal seconden dat in Retry-After staat."),
    500: ("Fout bij ons", "Dat ligt aan ons. Probeer het over een minuut nog eens."),
}
_MISSING = "Dit is verplicht."
_WRONG = "Deze waarde kan niet."
_UNKNOWN = "Dit kennen wij niet."


class Gone(errors.BuurtsignaalError):
    """What a cursor points at was forgotten."""


class KeyUsed(errors.BuurtsignaalError):
    """The idempotency key came with another request before."""


class Mistake(BaseModel):
    """One thing that is wrong in a request."""

    model_config = shape("Fout")

    where: str = Field(serialization_alias="in", description="path, query, header of body")
    name: str = Field(serialization_alias="naam", description="Naam van de parameter of het veld.")
    detail: str = Field(description="Wat er niet klopt.")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = shape("Probleem")

    type: str = Field(description="Soort probleem; about:blank zegt dat de status genoeg zegt.")
    title: str = Field(description="Korte omschrijving.")
    status: int = Field(description="HTTP-status.")
    detail: str = Field(description="Wat u eraan kunt doen.")
    mistakes: list[Mistake] | None = Field(
        None, serialization_alias="fouten", description="Alles wat er in het verzoek niet klopt."
    )


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(errors.BuurtsignaalError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


def problem(
    status: int,
    detail: str = "",
    *,
    mistakes: Sequence[Mistake] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a failure as an answer."""
    title, usual = TEXTS.get(status, (HTTPStatus(status).phrase, ""))
    found = Problem(
        type="about:blank",
        title=title,
        status=status,
        detail=detail or usual or title,
        mistakes=list(mistakes) or None,
    )
    extra = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    body = found.model_dump(by_alias=True, exclude_none=True)
    return JSONResponse(body, status, headers=extra | dict(headers or {}), media_type=MEDIA_TYPE)


async def _ours(request: Request, error: Exception) -> Response:
    status = _STATUS.get(type(error)) or status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        # The class alone: a message might quote what somebody sent.
        name = getattr(request.scope.get("route"), "name", "?")
        log.error("%s %s: %s", request.method, name, type(error).__name__)
    return problem(status, str(error) if speaks(error) else "")


async def _http(_: Request, error: Exception) -> Response:
    known = cast("HTTPException", error)
    return problem(known.status_code, headers=known.headers)


async def _invalid(_: Request, error: Exception) -> Response:
    found = cast("RequestValidationError", error).errors()
    return problem(400, mistakes=[_mistake(each) for each in found])


def _mistake(error: Mapping[str, Any]) -> Mistake:
    where, *names = (str(part) for part in error["loc"])
    said = {"missing": _MISSING, "extra_forbidden": _UNKNOWN}.get(error["type"], _WRONG)
    # A key that we do not know may be anything that somebody sent.
    name = "?" if said == _UNKNOWN else ".".join(names)
    return Mistake(where=where, name=name, detail=said)


_STATUS: Mapping[type[Exception], int] = {Gone: 410, KeyUsed: 422}
