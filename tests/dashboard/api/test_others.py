# SPDX-License-Identifier: EUPL-1.2
"""Counts that point at nobody, the public register, the taxonomy and the sources."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.label import Category
from core.order import Order
from core.topic import Topic
from dashboard.api.scope import Scope
from tests.dashboard.api.conftest import MakeProgram
from tests.dashboard.api.program import Program, audited, person, system
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World, taxonomy

SignedIn = Callable[..., Visitor]


def test_small_counts_are_hidden_and_others_rounded(world: World, program: MakeProgram) -> None:
    for _ in range(7):
        world.signal()
    for _ in range(2):
        world.signal("Bankstel bij de Kade 1", category=Category.AFVAL, place="Kade 1")
    counter = program(system(world, Scope.COUNTS))
    found = counter.fetch("/aantallen")
    assert found["totaal"] == 10
    assert found["wijken"] == [{"plek": "kersenbuurt", "aantal": 10, "meest": "inbraak"}]
    assert [p["plek"] for p in found["plekken"]] == ["parallelweg 14"]
    assert found["weggelaten"] is None
    assert len(found["uren"]) == 7 * 24
    assert counter.fetch("/aantallen", categorie="afval")["totaal"] is None
    assert counter.get("/aantallen", wijk="elders").status_code == 400
    assert counter.get("/aantallen", dagen=3).status_code == 400
    lines = audited(world, "account:view:export")
    assert {(line.object, line.origin) for line in lines} == {("api/aantallen", "api")}


def test_an_operator_counts_the_own_queue(world: World, program: MakeProgram) -> None:
    for _ in range(5):
        world.signal("Bankstel", category=Category.AFVAL, place="")
    police = program(person(world, world.account("meldkamer"), {Scope.COUNTS}))
    city = program(person(world, world.account("handhaving"), {Scope.COUNTS}))
    assert police.fetch("/aantallen")["totaal"] == 0
    assert city.fetch("/aantallen")["totaal"] == 5


def test_the_register_of_orders_is_public_and_names_nobody(
    world: World, program: MakeProgram
) -> None:
    now = world.clock.now()
    order = Order(
        id="00000000-0000-7000-8000-000000000001",
        tenant=SLUG,
        purpose="Weten wat er speelt rond het vuurwerk",
        legal_basis="artikel 172 Gemeentewet",
        topic=Topic(terms=("vuurwerk",)),
        sources=("rss",),
        area="kersenbuurt",
        starts_at=now,
        ends_at=now + timedelta(days=7),
        requested_by="agnes",
        requested_at=now,
    )
    with world.store.write() as work:
        work.orders.add(order)
    assert program().fetch("/volgopdrachten") == {"volgopdrachten": []}
    with world.store.write() as work:
        work.orders.approve(SLUG, order.id, by="bert", at=now)
    (found,) = program().fetch("/volgopdrachten", gemeente=SLUG)["volgopdrachten"]
    assert (found["stand"], found["woorden"]) == ("loopt", ["vuurwerk"])
    assert "agnes" not in str(found)
    assert "bert" not in str(found)
    assert program().get("/volgopdrachten", gemeente="nergens").status_code == 404


def test_the_taxonomy_has_every_category_with_its_codes(program: MakeProgram) -> None:
    found = {each["sleutel"]: each for each in program().fetch("/taxonomie")["categorieen"]}
    assert set(found) == {category.value for category in Category}
    for category in Category:
        known = taxonomy()[category]
        assert found[category]["naam"] == known.name
        assert found[category]["lmc"] == known.lmc
        subs = {sub["sleutel"]: sub["lmc"] for sub in found[category]["subcategorieen"]}
        expected = {s.slug: taxonomy().lmc(category, s.slug) for s in known.subcategories}
        assert subs == expected


def test_sources_tell_how_they_are(world: World, program: MakeProgram) -> None:
    world.away = timedelta(minutes=5)
    telegram, mail = program(system(world, Scope.SOURCES)).fetch("/bronnen")["bronnen"]
    assert (telegram["stand"], telegram["gestoord"]) == ("antwoordt niet", True)
    assert (telegram["fouten"], telegram["achterstand"]) == (1204, 180)
    assert (mail["naam"], mail["stand"]) == ("e-mail", "nog niets gehoord")
    # The name of a bot or a file is the administrator's.
    assert "bot 1" not in str(telegram)


@pytest.mark.parametrize("role", ["", "beheer", "meldkamer"])
def test_the_page_tells_of_every_operation(
    world: World, visitor: Callable[[], Visitor], signed_in: SignedIn, role: str
) -> None:
    page = (signed_in(role) if role else visitor()).get("/api/v1")
    document = visitor().get("/api/v1/openapi.json").json()
    assert page.status_code == 200
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} /api/v1{path}" in page.text
            assert operation["summary"] in page.text
    for name in document["components"]["schemas"]:
        assert f'id="vorm-{name}"' in page.text


def test_a_program_that_asks_the_root_gets_the_page(follower: Program) -> None:
    answer = follower.get("")
    assert answer.headers["content-type"].startswith("text/html")
