# SPDX-License-Identifier: EUPL-1.2

"""What programs can ask, on a page that needs no script: made from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from markdown_it import MarkdownIt
from starlette.requests import Request
from starlette.responses import Response

from dashboard import render
from dashboard.api.document import BASE
from dashboard.api.gate import VERSION

router = APIRouter(include_in_schema=False)

Part = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A parameter, or a field of what goes in or comes out."""

    name: str
    where: str
    kind: str
    #: Name of the schema that it holds; empty for a plain value.
    schema: str
    needed: bool
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One thing that a program can ask."""

    id: str
    method: str
    path: str
    summary: str
    #: Markup.
    said: str
    fields: tuple[Field, ...]
    #: Schema of what goes in and of what comes out; empty: none.
    takes: str
    gives: str
    #: Statuses with what they mean.
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A schema: its fields, or the words that it allows."""

    name: str
    fields: tuple[Field, ...]
    words: tuple[str, ...]


@router.get(BASE, name="api-page")
def page(request: Request) -> Response:
    """Describe the interface."""
    document: Part = request.app.state.api.state.document
    answer = render.page(
        request,
        "api.html",
        base=BASE,
        server=document["servers"][0]["url"],
        version=VERSION,
        contact=document["info"]["contact"]["email"],
        said=_markup(document["info"]["description"]),
        parts=list(_parts(document)),
        shapes=[_shape(name, s) for name, s in sorted(document["components"]["schemas"].items())],
    )
    answer.headers["API-Version"] = VERSION
    return answer


def _parts(document: Part) -> Iterator[tuple[str, str, list[Operation]]]:
    """Give each subject with what it is about and its operations."""
    made = [
        (tag, _operation(path, method, operation))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for tag in operation["tags"]
    ]
    for tag in document["tags"]:
        yield tag["name"], tag["description"], [op for name, op in made if name == tag["name"]]


def _operation(path: str, method: str, found: Part) -> Operation:
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {})
    given = next(r for code, r in found["responses"].items() if code.startswith("2"))
    return Operation(
        id=found["operationId"],
        method=method.upper(),
        path=f"{BASE}{path}",
        summary=found["summary"],
        said=_markup(found["description"]),
        fields=tuple(_parameter(each) for each in found.get("parameters", ())),
        takes=_target(body.get("schema", {})),
        gives=_target(given["content"]["application/json"]["schema"]),
        answers=tuple((code, r["description"]) for code, r in sorted(found["responses"].items())),
    )


def _parameter(found: Part) -> Field:
    schema = found["schema"]
    return Field(
        name=found["name"],
        where=_WHERE[found["in"]],
        kind=_kind(schema),
        schema=_target(schema),
        needed=found.get("required", False),
        said=found.get("description") or "Nummer.",
    )


def _shape(name: str, found: Part) -> Shape:
    needed = found.get("required", ())
    fields = tuple(
        Field(
            name=field,
            where="",
            kind=_kind(schema),
            schema=_target(schema),
            needed=field in needed,
            said=schema.get("description", ""),
        )
        for field, schema in found.get("properties", {}).items()
    )
    return Shape(name=name, fields=fields, words=tuple(map(str, found.get("enum", ()))))


def _target(schema: Part) -> str:
    """Return the name of the schema that one points at, wherever it does."""
    for inner in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        if "$ref" in inner:
            return str(inner["$ref"]).rpartition("/")[2]
    return ""


def _kind(schema: Part) -> str:
    if "anyOf" in schema:
        kinds = [_kind(s) for s in schema["anyOf"] if s.get("type") != "null"]
        empty = len(kinds) < len(schema["anyOf"])
        return " of ".join(kinds) + (", of leeg" if empty else "")
    if schema.get("type") == "array":
        return f"lijst van {_kind(schema['items'])}"
    if "enum" in schema:
        return " of ".join(map(str, schema["enum"]))
    return _target(schema) or _KINDS.get(schema.get("format", schema.get("type", "")), "tekst")


def _markup(text: str) -> str:
    """Return our own Markdown as markup; markup in it stays text."""
    return str(MarkdownIt("commonmark", {"html": False}).render(text))


_WHERE = {"query": "adres, na ?", "path": "adres", "header": "header"}
_KINDS = {
    "date-time": "tijdstip (UTC)",
    "uuid": "nummer (UUID)",
    "integer": "geheel getal",
    "number": "getal",
    "boolean": "waar of onwaar",
}
