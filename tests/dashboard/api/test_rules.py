# SPDX-License-Identifier: EUPL-1.2
"""The NL GOV API Design Rules on our OpenAPI document and on real answers.

Each test bears the id of its rule: ``core_uri_version`` is ``/core/uri-version``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.label import Category
from dashboard.api.app import ROUTERS, create_api
from dashboard.api.gate import VERSION
from dashboard.api.scope import SCOPES, Scope
from tests.dashboard.api.conftest import MakeProgram
from tests.dashboard.api.program import Program, system
from tests.dashboard.world import World

JSON = dict[str, Any]


@pytest.fixture
def document(world: World) -> JSON:
    """The document as a server with a name of its own publishes it."""
    settings = replace(world.settings, public_url="https://signaal.gemeente.example")
    services = replace(world.services, settings=settings)
    found: JSON = create_api(services).state.document
    return found


def operations(document: JSON) -> Iterator[tuple[str, str, JSON]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def answers(document: JSON) -> Iterator[tuple[str, str, JSON]]:
    """Give every documented answer: its operation, its status, and the rest."""
    for _, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            yield operation["operationId"], status, answer


def objects(value: object) -> Iterator[JSON]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from objects(each)


def fields(document: JSON) -> Iterator[tuple[str, str, JSON]]:
    for name, schema in document["components"]["schemas"].items():
        for field, value in schema.get("properties", {}).items():
            yield name, field, value


def test_core_naming_resources(document: JSON) -> None:
    """Resources are nouns; what ends in an underscore word is an operation."""
    nouns = {
        *("signalen", "besluiten", "geschiedenis", "incidenten", "wijzigingen", "aantallen"),
        *("volgopdrachten", "taxonomie", "bronnen"),
    }
    parts = {part for path in document["paths"] for part in path.strip("/").split("/")}
    assert {p for p in parts if not p.startswith(("{", "_"))} == nouns


def test_core_no_trailing_slash(document: JSON, follower: Program) -> None:
    assert [path for path in document["paths"] if path.endswith("/")] == []
    assert follower.get("/signalen/").status_code == 404


def test_core_path_segments_kebab_case(document: JSON) -> None:
    rule = re.compile(r"(/(_?[a-z0-9]+(-[a-z0-9]+)*|\{[a-z]+\}))+")
    assert [path for path in document["paths"] if not rule.fullmatch(path)] == []


def test_core_query_keys_camel_case(document: JSON) -> None:
    rule = re.compile(r"[a-z][a-z\d]*([A-Z][a-z\d]*)*")
    keys = [
        parameter["name"]
        for _, _, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
    ]
    assert keys
    assert [key for key in keys if not rule.fullmatch(key)] == []
    assert [(n, f) for n, f, _ in fields(document) if not rule.fullmatch(f)] == []


def test_core_hide_implementation(document: JSON) -> None:
    """Schemas have names of the field, in UpperCamelCase; none of our classes shows."""
    names = list(document["components"]["schemas"])
    assert [name for name in names if not re.fullmatch(r"([A-Z][a-z]+)+", name)] == []
    assert not {"Signal", "HTTPValidationError", "Category"} & set(names)


def test_core_date_time_format(document: JSON) -> None:
    """Whatever is a moment says so: nobody guesses from a text."""
    moments = re.compile(r"(.*Op|.*Tot|tijdstip|begint|eindigt)")
    wrong = [
        (name, field)
        for name, field, schema in fields(document)
        if moments.fullmatch(field)
        and field != "vervolgOp"
        and "date-time" not in [s.get("format") for s in (schema, *schema.get("anyOf", ()))]
    ]
    assert wrong == []
    formats = {each["format"] for each in objects(document) if isinstance(each.get("format"), str)}
    assert formats <= {"date-time", "uuid"}


def test_core_date_time_timezone(world: World, follower: Program) -> None:
    signal = world.signal()
    found = follower.fetch(f"/signalen/{signal.id}")
    assert found["ontvangenOp"].endswith("Z")
    assert found["ontvangenOp"][10] == "T"


def test_core_http_methods(document: JSON) -> None:
    assert {method for _, method, _ in operations(document)} == {"get", "post"}


def test_core_http_safety(world: World, program: MakeProgram) -> None:
    """Reading changes no signal, and a method that is not there says which one is."""
    reader = program(system(world, *(Scope.MELDKAMER, Scope.COUNTS, Scope.SOURCES)))
    signal = world.signal()
    for path in ("/signalen", f"/signalen/{signal.id}", f"/signalen/{signal.id}/geschiedenis"):
        assert reader.get(path).status_code == 200
        refused = reader.client.delete(f"/api/v1{path}")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    with world.store.read() as work:
        assert work.signals.get(signal.id) == signal


def test_core_stateless(world: World, program: MakeProgram) -> None:
    answer = program(system(world, Scope.MELDKAMER)).get("/signalen")
    assert "set-cookie" not in answer.headers


def test_core_error_handling_problem_details(document: JSON, follower: Program) -> None:
    problem = document["components"]["schemas"]["Probleem"]
    assert {"status", "title", "detail"} <= set(problem["properties"])
    for name, status, answer in answers(document):
        if status >= "4":
            kinds = {k: v["schema"] for k, v in answer["content"].items()}
            expected = {"application/problem+json": {"$ref": "#/components/schemas/Probleem"}}
            assert (name, status, kinds) == (name, status, expected)
    for path in ("/bestaat-niet", "/aantallen", "/signalen?limiet=0"):
        refused = follower.get(path)
        assert refused.headers["content-type"] == "application/problem+json"
        assert set(refused.json()) >= {"type", "title", "status", "detail"}
        assert refused.json()["status"] == refused.status_code


def test_core_error_handling_invalid_input(document: JSON, follower: Program) -> None:
    for path, method, operation in operations(document):
        if operation.get("parameters") or method != "get":
            assert (path, "400" in operation["responses"]) == (path, True)
    # The other meaning of 422, a request that we do not understand, is 400 here.
    owners = {name for name, status, _ in answers(document) if status == "422"}
    assert owners == {"decide"}
    assert follower.get("/signalen", stand="onzin").status_code == 400
    assert follower.get("/signalen", afzender="jan").status_code == 400


def test_core_error_handling_all_errors(follower: Program) -> None:
    answer = follower.get("/signalen", limiet="veel", stand="onzin", afzender="geheim").json()
    wrong = {(each["in"], each["naam"]) for each in answer["fouten"]}
    assert wrong == {("query", "limiet"), ("query", "stand"), ("query", "?")}
    assert "geheim" not in str(answer)
    assert "afzender" not in str(answer)


def test_core_doc_openapi(document: JSON) -> None:
    assert re.fullmatch(r"3(\.\d+){1,2}", document["openapi"])
    known = document["components"]["schemas"]
    for each in objects(document):
        if "$ref" in each:
            base, _, name = each["$ref"].rpartition("/")
            assert (base, name in known) == ("#/components/schemas", True), each["$ref"]
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    described = {route.name for router in ROUTERS for route in router.routes}  # type: ignore[attr-defined]
    assert set(names) == described
    assert set(SCOPES) == described | {"openapi"}


def test_core_doc_openapi_contact(document: JSON) -> None:
    assert set(document["info"]["contact"]) == {"name", "url", "email"}


def test_core_doc_language(document: JSON) -> None:
    """Everything that has a meaning explains it, in Dutch."""
    for _, _, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
    wrong = [(n, f) for n, f, s in fields(document) if "$ref" not in s and not s["description"]]
    assert wrong == []
    assert "Successful Response" not in str(document)
    assert "Validation Error" not in str(document)


def test_core_publish_openapi(program: MakeProgram) -> None:
    answer = program().get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["paths"]


def test_core_uri_version(document: JSON) -> None:
    assert [server["url"] for server in document["servers"]] == [
        "https://signaal.gemeente.example/api/v1"
    ]
    assert VERSION.split(".")[0] == "1"


def test_core_semver(document: JSON) -> None:
    assert re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", document["info"]["version"])


def test_core_changelog(document: JSON) -> None:
    """The reference page says what each version brought."""
    page = Path(__file__).parents[3] / "docs" / "reference" / "api.md"
    assert f"| {document['info']['version']} |" in page.read_text(encoding="utf-8")


def test_core_version_header(
    document: JSON, world: World, program: MakeProgram, follower: Program
) -> None:
    for name, status, answer in answers(document):
        assert (name, status, "API-Version" in answer["headers"]) == (name, status, True)
    stranger = program()
    mark = follower.get("/taxonomie").headers["etag"]
    said = [
        stranger.get("/taxonomie"),
        stranger.get(""),
        stranger.get("/signalen"),
        stranger.post("/signalen"),
        stranger.get("/bestaat/niet"),
        follower.get("/signalen"),
        follower.get("/taxonomie", mark=mark),
        follower.get("/aantallen"),
        follower.client.delete("/api/v1/signalen"),
    ]
    assert [a.status_code for a in said] == [200, 200, 401, 401, 404, 200, 304, 403, 405]
    assert {answer.headers.get("api-version") for answer in said} == {document["info"]["version"]}


def test_core_transport_no_sensitive_uris(document: JSON) -> None:
    """No address asks for a person: no sender, handle, number, name or account."""
    asked = {
        parameter["name"]
        for _, _, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if parameter["in"] in ("query", "path")
    }
    assert asked == {
        *("id", "wachtrij", "stand", "categorie", "urgentie", "wijk", "bron", "leeftijd", "q"),
        *("na", "limiet", "dagen", "gemeente"),
    }
    kinds = [scheme["type"] for scheme in document["components"]["securitySchemes"].values()]
    assert kinds == ["http"]


def test_core_transport_security_headers(world: World, program: MakeProgram) -> None:
    reader = program(system(world, Scope.MELDKAMER))
    for path in ("/signalen", "/bestaat-niet", "/taxonomie", "/openapi.json"):
        headers = reader.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["content-type"].startswith("application/")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_core_transport_cors(world: World, program: MakeProgram) -> None:
    """Only the document may be read by pages of other sites."""
    reader = program(system(world, Scope.MELDKAMER))
    for path in ("/signalen", "/taxonomie", "/bestaat-niet"):
        assert "access-control-allow-origin" not in reader.get(path).headers


def test_every_operation_says_what_token_it_needs(document: JSON) -> None:
    for _, _, operation in operations(document):
        wanted = SCOPES[operation["operationId"]]
        assert operation["security"] == ([] if wanted is None else [{"token": []}])
        for scope in wanted or ():
            assert f"`{scope}`" in operation["description"]


def test_every_category_is_in_the_document(document: JSON) -> None:
    assert document["components"]["schemas"]["Categorie"]["enum"] == [c.value for c in Category]
