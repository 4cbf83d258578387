# SPDX-License-Identifier: EUPL-1.2
"""A source that is out of reach is seen by who must know, and a hiccup by nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.dashboard.visitor import Visitor
from tests.dashboard.world import World

SignedIn = Callable[..., Visitor]


def test_an_operator_reads_that_a_source_is_away_on_the_page_and_in_its_piece(
    world: World, signed_in: SignedIn
) -> None:
    person = signed_in("meldkamer")
    assert "Geen verbinding met" not in person.get("/meldkamer").text
    assert person.get("/bronnen").text.strip() == ""
    world.away = timedelta(hours=2)
    for path in ("/meldkamer", "/bronnen"):
        assert "Geen verbinding met Telegram" in person.get(path).text


def test_a_hiccup_is_nobodys_business(world: World, signed_in: SignedIn) -> None:
    world.away = timedelta(seconds=20)
    assert signed_in("meldkamer").get("/bronnen").text.strip() == ""


def test_an_administrator_sees_how_each_source_is_doing(world: World, signed_in: SignedIn) -> None:
    person = signed_in("beheer")
    assert "antwoordt niet" not in person.get("/beheer").text
    world.away = timedelta(hours=2)
    page = person.get("/beheer").text
    for word in ("antwoordt niet", "1.204", "3 min", "nog niets gehoord"):
        assert word in page


def test_looking_at_the_sources_keeps_no_session_alive(world: World, signed_in: SignedIn) -> None:
    person = signed_in("meldkamer")
    world.clock.advance(timedelta(hours=5))  # type: ignore[attr-defined]
    assert person.get("/bronnen").status_code == 200
    world.clock.advance(timedelta(hours=5))  # type: ignore[attr-defined]
    assert person.get("/bronnen").status_code != 200
