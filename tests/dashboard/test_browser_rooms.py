# SPDX-License-Identifier: EUPL-1.2
"""Labelling in a real browser: one or two keys a message, undo, ruling, and calm when it fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from core.annotation import AnswerKind, Lane, Room
from core.label import Category, Urgency
from store.rooms import NewItem
from tests.dashboard.conftest import Browsing
from tests.dashboard.world import SLUG, World

pytestmark = pytest.mark.browser
Make = Callable[..., Browsing]
ROOM = "kamer-1"


@pytest.fixture
def room(today: World) -> str:
    """The address of a room with twenty-four messages."""
    now = today.clock.now()
    room = Room(
        id=ROOM,
        tenant=SLUG,
        name="Najaar",
        purpose="meten",
        legal_basis="artikel 172",
        people=("anna", "bert", "carla"),
        opened_by="chef",
        opened_at=now,
        ends_at=now + timedelta(days=1),
    )
    with today.store.write() as work:
        work.rooms.open(room)
        new = [
            NewItem(id=f"i{n:02}", lane=Lane.RANDOM, masked=f"Bericht nummer {n}")
            for n in range(1, 25)
        ]
        work.rooms.add(ROOM, new)
    return f"/onderzoek/kamer/{ROOM}"


def answers(world: World, item: str) -> dict[str, tuple[Category, Urgency | None]]:
    with world.store.read() as work:
        return {a.by: (a.category, a.urgency) for a in work.labels.of(item)}


def shown(page: Page, number: int) -> None:
    expect(page.locator("#beurttekst")).to_have_text(f"Bericht nummer {number}")


def test_one_or_two_keys_label_a_message_and_the_next_is_there(
    today: World, room: str, browsing: Make
) -> None:
    page = browsing("onderzoek", "Anna").open(f"{room}/label")
    for number in range(1, 25):
        shown(page, number)
        for key in "n" if number % 2 else "13":
            page.keyboard.press(key)
    expect(page.locator("#plek")).to_contain_text("Alles is gelabeld")
    assert answers(today, "i01") == {"anna": (Category.GEEN, None)}
    assert answers(today, "i24") == {"anna": (Category.INBRAAK, Urgency.NIET_URGENT)}


def test_a_key_takes_the_last_answer_back_and_space_passes_over(
    today: World, room: str, browsing: Make
) -> None:
    page = browsing("onderzoek", "Anna").open(f"{room}/label")
    page.keyboard.press("n")
    shown(page, 2)
    page.keyboard.press("z")
    shown(page, 1)
    assert answers(today, "i01") == {}
    page.keyboard.press("Space")
    shown(page, 2)
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.press("1")
    shown(page, 3)
    assert answers(today, "i02") == {"anna": (Category.VERDACHTE_SITUATIE, Urgency.SPOED)}


def test_keys_can_be_switched_off_and_the_mouse_still_works(
    today: World, room: str, browsing: Make
) -> None:
    page = browsing("onderzoek", "Anna").open(f"{room}/label")
    page.get_by_label("Gebruik toetsen").uncheck()
    page.focus("#beurttekst")
    page.keyboard.press("n")
    shown(page, 1)
    page.get_by_label("Afval").check()
    page.get_by_label("Actueel").check()
    page.get_by_role("button", name="Bewaar").click()
    shown(page, 2)
    assert answers(today, "i01") == {"anna": (Category.AFVAL, Urgency.ACTUEEL)}


def test_a_third_rules_by_keys(today: World, room: str, browsing: Make) -> None:
    for name, key in (("Anna", "n"), ("Bert", "81")):
        page = browsing("onderzoek", name).open(f"{room}/label")
        for one in key:
            page.keyboard.press(one)
        shown(page, 2)
    page = browsing("onderzoek", "Carla").open(f"{room}/oordeel")
    expect(page.locator("#plek")).to_contain_text("Twee mensen verschilden")
    page.keyboard.press("8")
    page.keyboard.press("2")
    expect(page.locator("#plek")).to_contain_text("Geen verschillen voor u")
    with today.store.read() as work:
        kinds = [a.kind for a in work.labels.of("i01")]
    assert kinds.count(AnswerKind.RULING) == 1


def test_what_two_others_labelled_meanwhile_is_said_and_nothing_is_lost(
    today: World, room: str, browsing: Make
) -> None:
    carla = browsing("onderzoek", "Carla")
    page = carla.open(f"{room}/label")
    for name in ("Anna", "Bert"):
        other = browsing("onderzoek", name).open(f"{room}/label")
        other.keyboard.press("n")
        shown(other, 2)
    page.keyboard.press("n")
    expect(page.get_by_role("alert")).to_contain_text("al gelabeld")
    page.keyboard.press("Space")
    shown(page, 2)
    assert set(answers(today, "i01")) == {"anna", "bert"}
    carla.wrong = [said for said in carla.wrong if "409" not in said]
