# SPDX-License-Identifier: EUPL-1.2
"""The same strict headers on every answer, and nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from dashboard.access import Role, allowed
from tests.dashboard.test_access import ADDRESSES
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import World

SignedIn = Callable[..., Visitor]

OTHERS = ["/bestaat-niet", "/api/v1/bestaat-niet", "/static/css/basis.css", "/static/weg.css"]


@pytest.mark.parametrize("role", list(Role))
def test_every_answer_has_the_strict_headers(signed_in: SignedIn, role: Role) -> None:
    person = signed_in(role.value)
    addresses = [a for name, (m, a) in ADDRESSES.items() if m == "GET" and name != "stream"]
    for address in [*addresses, *OTHERS]:
        headers = person.get(address).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
        assert "unsafe" not in policy
        assert "http" not in policy
        for part in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
            assert part in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "geolocation=()" in headers["permissions-policy"]


def test_pages_are_never_kept_and_our_own_files_are_checked(operator: Visitor) -> None:
    assert operator.get("/meldkamer").headers["cache-control"] == "no-store"
    assert operator.get("/static/css/basis.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("role", list(Role))
def test_no_page_asks_anything_of_another_host_or_has_inline_code(
    world: World, signed_in: SignedIn, role: Role
) -> None:
    group = world.group()
    world.signal(group=group)
    person = signed_in(role.value, groups=[group.id])
    for name, (method, address) in ADDRESSES.items():
        if method != "GET" or name == "stream" or not allowed(name, role):
            continue
        page = person.get(address).text
        for link in re.findall(r'(?:src|href|action)="([^"]*)"', page):
            assert link.startswith(("/", "#")) or link == "tel:112", link
            assert not link.startswith("//"), link
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page)
        assert not re.search(r"<style|\sstyle=|\son\w+=", page)


def test_fetched_styles_carry_their_hash(operator: Visitor) -> None:
    page = operator.get("/meldkamer").text
    assert len(re.findall(r'href="/static/vendor/[^"]+" integrity="sha384-', page)) == 2


def test_an_unknown_page_is_explained_in_dutch(operator: Visitor) -> None:
    answer = operator.get("/bestaat-niet")
    assert answer.status_code == 404
    assert "Niet gevonden" in answer.text


def test_an_unknown_page_of_the_api_is_problem_json(operator: Visitor) -> None:
    answer = operator.get("/api/v1/bestaat-niet")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_what_goes_wrong_unforeseen_says_nothing_of_its_cause(
    world: World, operator: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    world.store.close()
    with world.store.write() as work:
        work.transaction.connection.exec_driver_sql("ALTER TABLE queue_items RENAME TO weg")
    answer = operator.get("/meldkamer")
    assert answer.status_code == 500
    assert "Er ging iets mis" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "queue_items" not in answer.text + caplog.text


def test_security_txt_names_a_contact_and_an_end(operator: Visitor) -> None:
    text = operator.get("/.well-known/security.txt").text
    assert "Contact: mailto:" in text
    assert "Expires: 2027-05-" in text


def test_licences_are_open_and_readable(visitor: Callable[[], Visitor]) -> None:
    person = visitor()
    page = person.get("/licenties").text
    assert "@utrecht/button-css" in page
    assert "EUROPEAN UNION PUBLIC LICENCE" in person.get("/licenties/1").text
    assert person.get("/licenties/999").status_code == 404
