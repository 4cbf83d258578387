# SPDX-License-Identifier: EUPL-1.2
"""Who may use which page: the whole table, over all routes, on the real application."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from dashboard.access import ACCESS, PUBLIC, WATCHERS, Role, allowed
from dashboard.pages import ROUTERS
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import World

SignedIn = Callable[..., Visitor]


def routes() -> Iterator[APIRoute]:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield route


#: Route name → (method, address); ids in it do not exist.
ADDRESSES = {
    route.name: (next(iter(route.methods or ())), re.sub(r"\{\w+\}", "0", route.path))
    for route in routes()
}


def test_every_route_is_in_the_table_and_the_other_way_round() -> None:
    assert set(ADDRESSES) == set(ACCESS)


def documented() -> dict[tuple[str, str], frozenset[Role] | None]:
    """Return what the documentation says: (method, address) → roles; None: no session needed."""
    text = (Path(__file__).parents[2] / "docs" / "reference" / "roles.md").read_text("utf-8")
    table = text.partition("## Every address, by role")[2]
    said: dict[tuple[str, str], frozenset[Role] | None] = {}
    line = re.compile(r"^\| `([^`]+)` \| ([A-Z]+) \| (.+) \|$", re.MULTILINE)
    for address, method, who in line.findall(table):
        named = frozenset(map(Role, re.findall(r"`([a-z]+)`", who)))
        roles = {"*iedereen*": PUBLIC, "*ieder account*": frozenset(Role)}.get(who, named)
        assert (method, address) not in said
        said[method, address] = roles
    return said


def test_the_documentation_says_of_every_address_who_may_use_it() -> None:
    enforced = {
        (next(iter(route.methods or ())), route.path): ACCESS[route.name] for route in routes()
    }
    assert documented() == enforced


def test_the_application_has_no_other_routes(world: World) -> None:
    app: FastAPI = world.app()
    assert app.openapi()["paths"] == {}
    assert app.docs_url is None


def test_a_route_that_is_not_in_the_table_is_for_nobody() -> None:
    assert not any(allowed("new-page", role) for role in (None, *Role))


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_its_own_pages_and_403_on_all_others(signed_in: SignedIn, role: Role) -> None:
    person = signed_in(role.value)
    wrong = []
    for name, (method, address) in sorted(ADDRESSES.items()):
        if name in ("logout", "stream"):
            continue
        answer = person.post(address) if method == "POST" else person.get(address)
        refused = answer.status_code == 403
        if refused == allowed(name, role):
            wrong.append((name, answer.status_code))
        if answer.status_code >= 500:
            wrong.append((name, answer.status_code))
    assert wrong == []


def test_nobody_gets_only_the_public_pages(visitor: Callable[[], Visitor]) -> None:
    person = visitor()
    wrong = []
    for name, (method, address) in sorted(ADDRESSES.items()):
        answer = person.post(address) if method == "POST" else person.get(address)
        to_sign_in = answer.headers.get("location", "") in ("/inloggen", "/inloggen?uit")
        refused = answer.status_code in (401, 403) or to_sign_in
        # Forms that are open to all still want the token of the browser that they were given to.
        tokened = {"login-submit", "admin-link-use", "signup-submit"}
        if refused == (ACCESS[name] is PUBLIC and name not in tokened):
            wrong.append((name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", sorted(set(Role) - WATCHERS))
def test_the_stream_is_for_those_who_watch_queues_only(signed_in: SignedIn, role: Role) -> None:
    assert signed_in(role.value).get("/stroom").status_code == 403


def test_every_page_that_changes_something_needs_the_token_of_the_session(
    signed_in: SignedIn,
) -> None:
    people = {role: signed_in(role.value) for role in Role}
    for name, (method, address) in sorted(ADDRESSES.items()):
        if method != "POST" or name == "login-submit":
            continue
        for role in ACCESS[name] or ():
            for token in ("", "verkeerd", people[next(r for r in Role if r != role)].csrf):
                answer = people[role].post(address, csrf=token)
                assert (name, answer.status_code) == (name, 403)


def test_a_form_from_another_site_is_refused_even_with_the_token(operator: Visitor) -> None:
    answer = operator.client.post(
        "/uitloggen", data={"csrf": operator.csrf}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_the_login_form_needs_the_token_of_this_browser(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    world.account("meldkamer", "Agnes")
    answer = visitor().client.post(
        "/inloggen", data={"naam": "agnes", "wachtwoord": "x", "csrf": "geraden"}
    )
    assert answer.status_code == 403


def test_another_municipality_is_not_found(world: World, operator: Visitor) -> None:
    group = world.group("Elders", tenant="elders")
    signal = world.signal(group=group)
    addresses = [f"/kaart/{signal.id}", f"/incident/{signal.incident_id}"]
    assert [operator.get(a).status_code for a in addresses] == [404, 404]
    assert operator.decide(signal).status_code == 404
    assert signal.id not in operator.get("/meldkamer").text


def test_a_signal_of_the_other_queue_is_not_found(world: World, signed_in: SignedIn) -> None:
    signal = world.signal()
    officer = signed_in("handhaving")
    assert officer.get(f"/kaart/{signal.id}").status_code == 404
    assert officer.get(f"/incident/{signal.incident_id}").status_code == 404
    assert officer.decide(signal).status_code == 404


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("toezicht", f"/toezicht?voor={10**30}", 400),
        ("toezicht", f"/toezicht.csv?voor={10**30}", 400),
        ("onderzoek", f"/onderzoek/kamer/0/label?na={10**30}", 400),
        ("meldkamer", "/kaart/%00", 404),
        ("meldkamer", "/meldkamer?na=%00", 404),
        ("meldkamer", f"/lijst?blad={10**30}", 200),
    ],
)
def test_what_no_page_of_ours_sends_is_a_mistake_of_the_asker(
    signed_in: SignedIn, role: str, path: str, status: int
) -> None:
    assert signed_in(role).get(path).status_code == status


def test_a_field_with_a_sign_that_no_database_takes_is_refused(operator: Visitor) -> None:
    answer = operator.post("/signaal/0/dossier", dossier="\x00")
    assert answer.status_code == 400
