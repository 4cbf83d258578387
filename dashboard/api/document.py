# SPDX-License-Identifier: EUPL-1.2
"""The OpenAPI document: made from the routes, with what every route has in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from dashboard.api.gate import SPAN, VERSION
from dashboard.api.problem import MEDIA_TYPE, TEXTS, Problem
from dashboard.api.scope import SCOPES
from dashboard.services import WebSettings

#: Where the interface begins.
BASE = "/api/v1"
#: OpenAPI version that the document follows.
OPENAPI = "3.1.0"

Document = dict[str, Any]
#: Name → type, and what it says.
Headers = dict[str, tuple[str, str]]

_TEXT = """Hiermee volgt een ander systeem de signalen van Buurtsignaal, zoals een zaaksysteem of \
de meldkamer. Teksten zijn altijd zonder persoonsgegevens. Zoeken op een persoon kan niet.

**Token.** Stuur het mee als `Authorization: Bearer …`. Een token geldt voor één gemeente, opent \
alleen wat erbij staat, en loopt af. Een besluit neemt alleen een mens, met een eigen token.

**Grens.** Elk antwoord zegt in `RateLimit-Remaining` hoeveel verzoeken u nog hebt en in \
`RateLimit-Reset` na hoeveel seconden u weer verder mag. Bij 429 staat dat ook in `Retry-After`.

**Niet twee keer ophalen.** Stuur de `ETag` van het vorige antwoord mee als `If-None-Match`. Is er \
niets veranderd? Dan is het antwoord 304, zonder inhoud."""
_TAGS = {
    "Signalen": "Wat er in de werkrijen staat en stond.",
    "Incidenten": "Signalen die over hetzelfde gaan.",
    "Wijzigingen": "Volgen wat er verandert.",
    "Besluiten": "Wat mensen besluiten.",
    "Aantallen": "Tellen zonder dat iemand herkenbaar is.",
    "Volgopdrachten": "Het openbare register.",
    "Taxonomie": "Categorieën, urgenties en hun codes.",
    "Bronnen": "Hoe het met de bronnen gaat.",
}
#: Classes of the code that callers know by another name.
_NAMES = {
    "Act": "SoortBesluit",
    "Category": "Categorie",
    "Kind": "SoortWijziging",
    "OrderState": "StandVolgopdracht",
    "Origin": "SoortBron",
    "Queue": "Wachtrij",
    "Reason": "Reden",
    "Receiver": "Ontvanger",
    "Standing": "Stand",
    "Urgency": "Urgentie",
    "View": "Label",
}
_HEADERS: Headers = {
    "API-Version": ("string", "Volledige versie van deze API."),
    "RateLimit-Limit": ("integer", f"Verzoeken per {SPAN.total_seconds():.0f} seconden."),
    "RateLimit-Remaining": ("integer", "Verzoeken die u nog hebt."),
    "RateLimit-Reset": ("integer", "Seconden tot de telling opnieuw begint."),
}
_ETAG: Headers = {"ETag": ("string", "Merk van dit antwoord, voor If-None-Match.")}
_LOCATION: Headers = {"Location": ("string", "Waar het besluit staat.")}
_RETRY: Headers = {"Retry-After": ("integer", "Seconden die u wacht.")}
#: Statuses that only some routes answer with.
_OWN: Mapping[str, tuple[int, ...]] = {
    "changes": (410,),
    "decide": (404, 409, 413, 422),
    "decision-undo": (404, 409, 413),
    "signal": (404,),
    "signal-history": (404,),
    "incident": (404,),
    "decision": (404,),
    "orders": (404,),
}


def describe(app: FastAPI, settings: WebSettings) -> Document:
    """Return the document."""
    found = get_openapi(
        title="Buurtsignaal",
        version=VERSION,
        openapi_version=OPENAPI,
        description=_TEXT,
        routes=app.routes,
        tags=[{"name": name, "description": said} for name, said in _TAGS.items()],
        servers=[{"url": f"{settings.public_url.rstrip('/')}{BASE}", "description": "Deze API."}],
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    )
    found["info"]["contact"] = {
        "name": "Beheer van de Buurtsignaal-API",
        "url": found["servers"][0]["url"],
        "email": settings.api_contact,
    }
    for methods in found["paths"].values():
        for method, operation in methods.items():
            _complete(operation, reads=method == "get")
    components = found["components"]
    components["schemas"] = {
        name: made
        for name, made in components["schemas"].items()
        if name not in ("HTTPValidationError", "ValidationError")
    } | _problem()
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "Token van Buurtsignaal."}
    }
    return _renamed(found)


def _complete(operation: Document, *, reads: bool) -> None:
    """Add what the gate and the handlers of errors do on every route."""
    name = operation["operationId"]
    public = SCOPES[name] is None
    takes = bool(operation.get("parameters") or operation.get("requestBody"))
    responses = {code: made for code, made in operation["responses"].items() if code != "422"}
    own = _ETAG if reads else _LOCATION if "201" in responses else {}
    for made in responses.values():
        made |= {"description": "Gelukt.", "headers": _headers(_HEADERS | own)}
    if reads:
        responses["304"] = {
            "description": "U hebt dit antwoord al.",
            "headers": _headers(_HEADERS | _ETAG),
        }
    common = ((400,) if takes else ()) + (() if public else (403,)) + (401, 429, 500)
    for status in sorted({*common, *_OWN.get(name, ())}):
        responses[str(status)] = _failure(status)
    operation["responses"] = responses
    operation["security"] = [] if public else [{"token": []}]
    if not public:
        opens = ", ".join(f"`{scope}`" for scope in sorted(SCOPES[name] or ()))
        operation["description"] += f"\n\nToken met: {opens}."


def _failure(status: int) -> Document:
    title, detail = TEXTS[status]
    headers = _HEADERS | (_RETRY if status == HTTPStatus.TOO_MANY_REQUESTS else {})
    content = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        "description": f"{title}. {detail}",
        "headers": _headers(headers),
        "content": {MEDIA_TYPE: content},
    }


def _headers(named: Headers) -> Document:
    return {
        name: {"description": said, "schema": {"type": kind}}
        for name, (kind, said) in named.items()
    }


def _problem() -> Document:
    """Return the schemas of failures, which no route names as its answer."""
    found = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    inner = found.pop("$defs")
    return {"Problem": found, **inner}


def _renamed(document: Document) -> Document:
    """Give every schema the name that callers know it by."""
    schemas = document["components"]["schemas"]
    names = {
        name: _NAMES.get(name.rpartition("__")[2], made.get("title", name))
        for name, made in schemas.items()
    }
    document["components"]["schemas"] = {names[name]: schemas[name] for name in sorted(schemas)}
    for each in _objects(document):
        base, slash, name = str(each.get("$ref", "")).rpartition("/")
        if slash:
            each["$ref"] = f"{base}/{names[name]}"
    return document


def _objects(value: object) -> Iterator[Document]:
    """Give every object in a document."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _objects(each)
