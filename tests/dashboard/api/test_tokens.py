# SPDX-License-Identifier: EUPL-1.2
"""Tokens: shown once, kept as a hash, for one municipality, for a while, and easily ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import sqlalchemy as sa

from core.clock import FrozenClock
from dashboard.api.scope import SCOPES, Scope
from dashboard.auth import session_name
from dashboard.services import WebSettings
from store.retention import Rules, sweep
from store.tables import audit, tokens
from tests.dashboard.api.conftest import MakeProgram
from tests.dashboard.api.program import Program, audited, person, system
from tests.dashboard.serving import serving
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import PASSWORD, SLUG, World

SignedIn = Callable[..., Visitor]
EXAMPLES = {
    "openapi": "/openapi.json",
    "taxonomy": "/taxonomie",
    "orders": "/volgopdrachten",
    "signals": "/signalen",
    "signal": "/signalen/{id}",
    "signal-history": "/signalen/{id}/geschiedenis",
    "incidents": "/incidenten",
    "incident": "/incidenten/{id}",
    "changes": "/wijzigingen",
    "decide": "/signalen/{id}/besluiten",
    "decision": "/besluiten/{id}",
    "decision-undo": "/besluiten/{id}/_herroep",
    "counts": "/aantallen",
    "sources": "/bronnen",
}
NOBODY = "00000000-0000-7000-8000-000000000000"


def test_each_scope_opens_its_own_routes_and_no_other(world: World, program: MakeProgram) -> None:
    agnes = world.account("meldkamer", "Agnes")
    holders: dict[Scope, Program] = {
        **{scope: program(system(world, scope)) for scope in Scope if scope is not Scope.DECIDE},
        Scope.DECIDE: program(person(world, agnes, {Scope.DECIDE})),
    }
    assert set(EXAMPLES) == set(SCOPES)
    wrong = []
    for route, path in EXAMPLES.items():
        address = path.format(id=NOBODY)
        for scope, holder in [*holders.items(), (None, program())]:
            if route in ("decide", "decision-undo"):
                answer = holder.decide(NOBODY) if route == "decide" else holder.post(address)
            else:
                answer = holder.get(address)
            wanted = SCOPES[route]
            opens = wanted is None or scope in wanted
            if (answer.status_code in (401, 403)) == opens:
                wrong.append((route, scope, answer.status_code))
    assert wrong == []


def test_only_a_hash_of_a_token_is_kept(world: World) -> None:
    made = system(world, Scope.MELDKAMER)
    with world.store.read() as work:
        (kept,) = work.tokens.list(SLUG)
        everything = str(work.transaction.rows(_everything()))
    assert kept.token_hash == session_name(made.secret)
    assert made.secret not in everything
    assert made.secret not in repr(made)


def test_what_is_no_token_opens_nothing(world: World, program: MakeProgram) -> None:
    made = system(world, Scope.MELDKAMER)
    shown = [
        *("", "Bearer", f"Basic {made.secret}", "Bearer bs_geraden"),
        *(f"Bearer {made.secret}x", f"Bearer {made.token.token_hash}", f"Bearer {made.token.id}"),
        f"Bearer {'x' * 5_000}",
    ]
    for header in shown:
        caller = program()
        caller.client.headers["Authorization"] = header
        answer = caller.get("/signalen")
        assert (header[:40], answer.status_code) == (header[:40], 401)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_session_of_the_pages_opens_nothing_here(operator: Visitor) -> None:
    assert operator.get("/api/v1/signalen").status_code == 401


def test_a_token_ends_by_itself(world: World, follower: Program, clock: FrozenClock) -> None:
    assert follower.get("/signalen").status_code == 200
    clock.advance(timedelta(days=30) - timedelta(seconds=1))
    assert follower.get("/signalen").status_code == 200
    clock.advance(timedelta(seconds=1))
    assert follower.get("/signalen").status_code == 401


def test_a_persons_token_ends_with_the_shift_the_account_and_the_password(
    world: World, program: MakeProgram, clock: FrozenClock, signed_in: SignedIn
) -> None:
    account = world.account("meldkamer", "Agnes")
    boss = signed_in("beheer")
    shut, renewed, changed, tired = (
        program(person(world, account, {Scope.MELDKAMER})) for _ in range(4)
    )
    boss.post(f"/beheer/accounts/{account.id}", doe="sluit")
    assert shut.get("/signalen").status_code == 401
    boss.post(f"/beheer/accounts/{account.id}", doe="open")
    # What was ended with the account does not come back with it.
    assert {p.get("/signalen").status_code for p in (shut, renewed, changed)} == {401}
    changed = program(person(world, account, {Scope.MELDKAMER}))
    boss.post(f"/beheer/accounts/{account.id}", doe="wachtwoord")
    assert changed.get("/signalen").status_code == 401
    tired = program(person(world, account, {Scope.MELDKAMER}))
    clock.advance(WebSettings().absolute)
    assert tired.get("/signalen").status_code == 401


def test_the_last_use_can_be_seen(world: World, follower: Program) -> None:
    follower.get("/signalen")
    with world.store.read() as work:
        (kept,) = work.tokens.list(SLUG)
    assert kept.last_used == world.clock.now()


def test_a_token_that_is_long_over_is_forgotten(world: World, clock: FrozenClock) -> None:
    system(world, Scope.MELDKAMER)
    sweep(world.store, clock.now() + timedelta(days=119), Rules())
    with world.store.read() as work:
        assert len(work.tokens.list(SLUG)) == 1
    sweep(world.store, clock.now() + timedelta(days=121), Rules())
    with world.store.read() as work:
        assert work.tokens.list(SLUG) == []


# -- on the page ------------------------------------------------------------------------------


def test_an_administrator_makes_a_token_that_reads_no_message(
    world: World, signed_in: SignedIn, program: MakeProgram
) -> None:
    boss = signed_in("beheer")
    page = boss.post("/tokens", naam="Dashboard", dagen="30", **{"mag-aantallen": "ja"})
    secret = _shown(page.text)
    caller = program()
    caller.client.headers["Authorization"] = f"Bearer {secret}"
    assert caller.get("/aantallen").status_code == 200
    assert caller.get("/signalen").status_code == 403
    assert secret not in boss.get("/tokens").text
    (line,) = audited(world, "account:token:make")
    assert (line.actor, line.detail["scopes"]) == ("beheer", "aantallen")
    refused = boss.post("/tokens", naam="X", dagen="30", **{"mag-signalen:meldkamer": "ja"})
    assert refused.status_code == 403
    assert boss.post("/tokens", naam="X", dagen="366", **{"mag-bronnen": "ja"}).status_code == 400
    assert boss.post("/tokens", naam="X", dagen="30", **{"mag-besluiten": "ja"}).status_code == 400


def test_an_operator_makes_an_own_token_with_the_password(
    world: World, operator: Visitor, program: MakeProgram
) -> None:
    wish = {"naam": "Mijn scherm", "mag-signalen:meldkamer": "ja", "mag-besluiten": "ja"}
    assert operator.post("/tokens", **wish, wachtwoord="geraden").status_code == 400
    page = operator.post("/tokens", **wish, wachtwoord=PASSWORD)
    caller = program()
    caller.client.headers["Authorization"] = f"Bearer {_shown(page.text)}"
    assert caller.decide(world.signal().id).status_code == 201
    other = {"naam": "X", "mag-signalen:handhaving": "ja", "wachtwoord": PASSWORD}
    assert operator.post("/tokens", **other).status_code == 403


def test_passwords_cannot_be_guessed_there(operator: Visitor) -> None:
    wish = {"naam": "X", "mag-bronnen": "ja", "wachtwoord": "geraden"}
    tries = [operator.post("/tokens", **wish).status_code for _ in range(6)]
    assert tries == [400] * 5 + [429]


def test_a_token_is_ended_on_the_page(world: World, follower: Program, signed_in: SignedIn) -> None:
    assert follower.made is not None
    token = follower.made.token.id
    operator, boss = signed_in("meldkamer"), signed_in("beheer")
    assert operator.post(f"/tokens/{token}").status_code == 404
    assert token not in operator.get("/tokens").text
    assert boss.post(f"/tokens/{token}").status_code == 303
    assert follower.get("/signalen").status_code == 401
    boss.post(f"/tokens/{token}")
    (line,) = audited(world, "account:token:revoke")
    assert line.object == f"token/{token}"
    assert "ingetrokken" in boss.get("/tokens").text


def test_a_token_of_elsewhere_cannot_be_ended(world: World, signed_in: SignedIn) -> None:
    made = system(world, Scope.SOURCES, tenant="elders")
    assert signed_in("beheer").post(f"/tokens/{made.token.id}").status_code == 404


# -- how often --------------------------------------------------------------------------------


def test_who_calls_too_often_waits(world: World, clock: FrozenClock) -> None:
    world.settings = WebSettings(api_calls=3)
    mine, other = system(world, Scope.SOURCES), system(world, Scope.SOURCES)
    with serving(world.app()) as served, httpx.Client(base_url=served.url) as client:
        caller = Program(client, mine)
        answers = [caller.get("/bronnen") for _ in range(4)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429]
        left = [a.headers["ratelimit-remaining"] for a in answers]
        assert left == ["2", "1", "0", "0"]
        assert {a.headers["ratelimit-limit"] for a in answers} == {"3"}
        last = answers[-1]
        assert last.headers["retry-after"] == last.headers["ratelimit-reset"] == "60"
        assert last.json()["title"] == "Te veel verzoeken"
        clock.advance(timedelta(seconds=20))
        assert caller.get("/bronnen").headers["retry-after"] == "40"
        # Another token, and who shows none, are counted apart.
        with httpx.Client(base_url=served.url) as another:
            assert Program(another, other).get("/bronnen").status_code == 200
        with httpx.Client(base_url=served.url) as stranger:
            assert Program(stranger).get("/taxonomie").status_code == 200
        clock.advance(timedelta(seconds=40))
        assert caller.get("/bronnen").status_code == 200


def test_guessing_is_counted_too(world: World) -> None:
    world.settings = WebSettings(api_calls=3)
    with serving(world.app()) as served, httpx.Client(base_url=served.url) as client:
        tries = [
            client.get("/api/v1/signalen", headers={"Authorization": f"Bearer bs_{n}"})
            for n in range(4)
        ]
    assert [a.status_code for a in tries] == [401, 401, 401, 429]


def test_a_large_request_is_not_read(agnes: Program, world: World) -> None:
    signal = world.signal()
    answer = agnes.decide(signal.id, reden="x" * 70_000)
    assert answer.status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 1_000

    answer = agnes.client.post(
        f"/api/v1/signalen/{signal.id}/besluiten",
        content=pieces(),
        headers={"Content-Type": "application/json", "Idempotency-Key": "sleutel-1"},
    )
    assert answer.status_code == 413


def _shown(page: str) -> str:
    found = re.search(r"<code>(bs_[\w-]{43})</code>", page)
    assert found is not None
    return found[1]


def _everything() -> sa.Select[Any]:
    return sa.select(tokens, audit).join(audit, audit.c.tenant == tokens.c.tenant)
