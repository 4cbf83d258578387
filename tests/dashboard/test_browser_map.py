# SPDX-License-Identifier: EUPL-1.2
"""The map beside the list, in a real browser: the same signals, with keys too, never needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from core.label import Urgency
from core.tenant import MapConfig, MapSource
from tests.dashboard.conftest import Browsing
from tests.dashboard.test_list import LAYER
from tests.dashboard.world import TENANT, World

pytestmark = pytest.mark.browser
Make = Callable[..., Browsing]

CORNER = (52.10667, 4.19558)
LANE = (52.09641, 4.2065)


@pytest.fixture
def town(today: World) -> World:
    """Three signals at two spots, and one without a place; one is urgent."""
    today.tenant = replace(TENANT, map=MapConfig(source=MapSource.FILE, layer=LAYER))
    incident = today.incident()
    for urgency, point in (
        (Urgency.SPOED, CORNER),
        (Urgency.ACTUEEL, CORNER),
        (Urgency.NIET_URGENT, LANE),
    ):
        today.signal(urgency=urgency, point=point, incident=incident)
    today.signal("Glas kapot", place="", names=[], urgency=Urgency.NIET_URGENT, incident=incident)
    return today


def drawn(person: Browsing, path: str = "/lijst") -> Page:
    page = person.open(path)
    page.wait_for_selector("#kaartbeeld[data-klaar]")
    return page


def test_the_map_holds_the_signals_of_the_list_and_no_other(town: World, browsing: Make) -> None:
    page = drawn(browsing())
    assert page.locator(".stip").all_text_contents() == ["2", "1"]
    assert page.locator(".straal").count() == 2
    assert page.locator("#regels > li").count() == 4
    assert "1 signaal noemt geen plek" in page.locator("#kaartuitleg").inner_text()
    assert page.locator(".laag--street").count() > 20
    page = drawn(browsing(name="Bert"), "/lijst?urgentie=niet-urgent")
    assert page.locator(".stip").all_text_contents() == ["1"]


def test_the_map_works_with_keys_alone(town: World, browsing: Make) -> None:
    page = drawn(browsing())
    urgent = page.locator(".stip--spoed")
    assert "2 signalen" in str(urgent.get_attribute("aria-label"))
    urgent.focus()
    page.keyboard.press("Enter")
    focused = page.evaluate("document.activeElement.id")
    assert focused.startswith("regel-")
    assert page.locator(".regel--gekozen").count() == 2
    button = page.locator("[data-op-kaart]").last
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator(".stip--gekozen").inner_text() == "1"
    assert page.evaluate("document.activeElement.classList.contains('stip')")
    circle = "[...document.querySelectorAll('.straal--niet-urgent')].at(-1).getAttribute('d')"
    before = page.evaluate(circle)
    page.get_by_role("button", name="Uitzoomen").press("Enter")
    page.wait_for_function(f"(d) => {circle} !== d", arg=before)


def test_without_scripts_the_list_is_whole(town: World, browsing: Make) -> None:
    page = browsing(java_script_enabled=False).open("/lijst")
    assert page.locator("#regels > li").count() == 4
    assert page.get_by_text("De kaart werkt alleen met JavaScript").is_visible()
    assert not page.locator("#kaartbeeld").is_visible()
    page.get_by_label("Zoek in de berichten").fill("glas")
    page.get_by_role("button", name="Toon", exact=True).click()
    assert page.locator("#regels > li").count() == 1


def test_a_map_that_does_not_load_leaves_the_list_and_says_so(town: World, browsing: Make) -> None:
    person = browsing()
    person.context.route("**/kaartlaag", lambda route: route.abort())
    page = drawn(person)
    assert "De ondergrond van de kaart kon niet laden" in page.locator("#kaartuitleg").inner_text()
    assert page.locator(".stip").count() == 2
    person.wrong.clear()


def test_a_dossier_is_made_and_filled_with_keys_alone(town: World, browsing: Make) -> None:
    page = browsing().open("/dossiers")
    page.get_by_label("Onderwerp").fill("Hoek van het plein, ramen in de nacht")
    page.get_by_label("Doel").fill("Zien of betere verlichting helpt.")
    page.get_by_role("button", name="Open dossier").press("Enter")
    page.goto(page.url.partition("/dossier/")[0] + "/lijst")
    page.locator(".regel__dossier summary").first.press("Enter")
    page.get_by_role("button", name="Zet erin").first.press("Enter")
    page.get_by_label("Een feit").press("Space")
    page.get_by_role("textbox", name="Notitie").fill("De lamp op de hoek is stuk.")
    page.get_by_role("button", name="Bewaar notitie").press("Enter")
    assert page.locator(".tijdlijn > li").count() == 2
    assert page.locator(".tijdlijn > .feit p").inner_text() == "De lamp op de hoek is stuk."
