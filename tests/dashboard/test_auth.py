# SPDX-License-Identifier: EUPL-1.2
"""Signing in: no hints for whoever guesses, and sessions that end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from core import errors
from core.clock import FrozenClock
from dashboard.auth import Throttle, session_name
from dashboard.errors import TooManyTries
from dashboard.services import WebSettings
from store.database import Store
from tests.dashboard.serving import Served, serving
from tests.dashboard.visitor import Visitor, csrf_of
from tests.dashboard.world import PASSWORD, World

Make = Callable[[], Visitor]
SignedIn = Callable[..., Visitor]


def test_a_right_password_opens_a_session(operator: Visitor) -> None:
    assert operator.get("/").headers["location"] == "/meldkamer"


def test_without_a_session_every_page_leads_to_the_login(visitor: Make) -> None:
    answer = visitor().get("/meldkamer")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen")


def test_a_program_without_a_session_gets_401_as_problem_json(visitor: Make) -> None:
    answer = visitor().get("/kaarten", accept="application/json")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["agnes", "niemand"])
def test_a_wrong_password_and_an_unknown_name_look_the_same(
    world: World, visitor: Make, name: str
) -> None:
    world.account("meldkamer", "Agnes")
    answer = visitor().login(name, "fout")
    assert answer.status_code == 401
    assert "De naam en het wachtwoord horen niet bij elkaar" in answer.text
    assert "set-cookie" not in answer.headers or "session" not in answer.headers["set-cookie"]


def test_after_five_wrong_passwords_the_right_one_is_refused_too(
    world: World, visitor: Make
) -> None:
    world.account("meldkamer", "Agnes")
    person = visitor()
    wrong = [person.login("agnes", "fout").text for _ in range(5)]
    locked = person.login("agnes")
    assert locked.status_code == 401
    assert _same(locked.text) == _same(wrong[0])


def test_the_lock_opens_by_itself(world: World, visitor: Make, clock: FrozenClock) -> None:
    world.account("meldkamer", "Agnes")
    person = visitor()
    for _ in range(5):
        person.login("agnes", "fout")
    clock.advance(timedelta(minutes=15))
    assert person.login("agnes").status_code == 303


def test_one_address_cannot_try_names_for_ever(world: World, clock: FrozenClock) -> None:
    world.settings = WebSettings(attempts_per_client=3)
    with serving(world.app()) as served, httpx.Client(base_url=served.url) as client:
        person = Visitor(client)
        tried = [person.login(f"naam{n}", "fout").status_code for n in range(4)]
    assert tried == [401, 401, 401, 429]


def test_who_changes_address_within_one_connection_is_the_same_guesser(clock: FrozenClock) -> None:
    throttle = Throttle(2, timedelta(minutes=15))
    throttle.spend("2001:db8:1:1::1", clock.now())
    throttle.spend("2001:db8:1:1:ffff::2", clock.now())
    with pytest.raises(TooManyTries):
        throttle.spend("2001:db8:1:1::3", clock.now())
    throttle.spend("2001:db8:1:2::1", clock.now())
    throttle.spend("192.0.2.1", clock.now())


def test_inside_a_session_a_password_is_not_guessed_for_ever(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    new = "een nieuw lang wachtwoord"
    tried = [operator.post("/wachtwoord", oud=f"fout{n}", nieuw=new).status_code for n in range(5)]
    assert tried == [400] * 5
    assert operator.post("/wachtwoord", oud=PASSWORD, nieuw=new).status_code == 429
    clock.advance(timedelta(minutes=14, seconds=59))
    assert operator.post("/wachtwoord", oud=PASSWORD, nieuw=new).status_code == 429
    clock.advance(timedelta(seconds=1))
    assert operator.post("/wachtwoord", oud=PASSWORD, nieuw=new).status_code == 200


def test_a_right_password_starts_the_count_anew(operator: Visitor) -> None:
    passwords = ["het eerste lange wachtwoord", "het tweede lange wachtwoord", PASSWORD]
    for _ in range(3):
        for old, new in zip([PASSWORD, *passwords], passwords, strict=False):
            assert operator.post("/wachtwoord", oud=old, nieuw=new).status_code == 200


def test_a_shut_account_cannot_sign_in(world: World, visitor: Make) -> None:
    account = world.account("meldkamer", "Agnes")
    with world.store.write() as work:
        work.accounts.disable(account.id)
    assert visitor().login("agnes").status_code == 401


def test_shutting_an_account_ends_its_sessions(world: World, operator: Visitor) -> None:
    with world.store.write() as work:
        account = work.accounts.by_name("agnes")
        assert account is not None
        work.accounts.disable(account.id)
    assert operator.get("/meldkamer").status_code == 303


def test_an_idle_session_ends(signed_in: SignedIn, clock: FrozenClock) -> None:
    person = signed_in("beheer")
    clock.advance(timedelta(minutes=14))
    assert person.get("/beheer").status_code == 200
    clock.advance(timedelta(minutes=15))
    assert person.get("/beheer").status_code == 303


def test_an_operator_may_watch_for_a_whole_shift(operator: Visitor, clock: FrozenClock) -> None:
    clock.advance(timedelta(hours=8))
    assert operator.get("/meldkamer").status_code == 200


def test_no_session_outlives_twelve_hours(operator: Visitor, clock: FrozenClock) -> None:
    for _ in range(13):
        clock.advance(timedelta(hours=1))
        operator.get("/kaarten")
    assert operator.get("/meldkamer").status_code == 303


def test_logging_out_ends_the_session_on_the_server(operator: Visitor) -> None:
    cookies = dict(operator.client.cookies)
    assert operator.post("/uitloggen").status_code == 303
    operator.client.cookies.update(cookies)
    assert operator.get("/meldkamer").status_code == 303


def test_the_store_knows_only_the_hash_of_the_token(world: World, operator: Visitor) -> None:
    token = operator.client.cookies["session"]
    with world.store.read() as work:
        assert work.sessions.get(token, world.clock.now()) is None
        assert work.sessions.get(session_name(token), world.clock.now()) is not None


def test_cookies_are_http_only_and_lax(operator: Visitor, visitor: Make) -> None:
    person = visitor()
    token = csrf_of(person.get("/inloggen").text)
    fields = {"naam": "agnes", "wachtwoord": PASSWORD, "csrf": token}
    cookie = person.client.post("/inloggen", data=fields).headers["set-cookie"]
    assert "session=" in cookie
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


def test_over_https_cookies_carry_the_host_prefix(sqlite_store: Store, clock: FrozenClock) -> None:
    settings = WebSettings(public_url="https://signaal.example.nl")
    world = World(sqlite_store, clock, settings=settings)
    with serving(world.app()) as served:
        answer = httpx.get(f"{served.url}/inloggen")
    assert answer.headers["set-cookie"].startswith("__Host-login=")
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")


def test_http_outside_this_machine_is_refused_at_start(world: World) -> None:
    world.settings = WebSettings(public_url="http://signaal.example.nl")
    with pytest.raises(errors.ConfigurationError, match="https"):
        world.app()


def test_every_login_is_audited_without_what_was_typed(world: World, visitor: Make) -> None:
    world.account("meldkamer", "Agnes")
    person = visitor()
    person.login("mijn-wachtwoord-per-ongeluk", "x")
    person.login("agnes", "x")
    person.login("agnes")
    assert world.audited("account:session:refuse") == 1
    assert world.audited("account:session:open") == 1
    with world.store.read() as work:
        nobody = work.audit.lines("-", limit=10)
    assert [line.event.actor for line in nobody] == ["onbekend"]
    assert "per-ongeluk" not in str(nobody)


def test_a_new_password_ends_the_other_sessions(
    world: World, operator: Visitor, visitor: Make
) -> None:
    elsewhere = visitor()
    elsewhere.login("agnes")
    answer = operator.post("/wachtwoord", oud=PASSWORD, nieuw="een nieuw lang wachtwoord")
    assert "Uw wachtwoord is veranderd" in answer.text
    assert operator.get("/meldkamer").status_code == 200
    assert elsewhere.get("/meldkamer").status_code == 303


def test_a_short_password_is_refused(operator: Visitor) -> None:
    answer = operator.post("/wachtwoord", oud=PASSWORD, nieuw="kort")
    assert (answer.status_code, "minstens 14 tekens" in answer.text) == (400, True)


def test_an_account_of_an_unknown_municipality_cannot_sign_in(
    world: World, served: Served, visitor: Make
) -> None:
    account = world.account("meldkamer", "Agnes", tenant="weg")
    assert replace(account).tenant not in served.app.state.services.tenants
    assert visitor().login("agnes").status_code == 401


def _same(page: str) -> str:
    return page.split("<main")[1].split('name="csrf"', maxsplit=1)[0]
