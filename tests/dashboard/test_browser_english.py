# SPDX-License-Identifier: EUPL-1.2
"""The pages in English, in a real browser: whole, accessible, and no wider than a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.dashboard.conftest import Browsing
from tests.dashboard.scenes import Scene, evening
from tests.dashboard.test_browser_pages import picture, violations
from tests.dashboard.world import World

pytestmark = pytest.mark.browser
Make = Callable[..., Browsing]

PHONE = {"width": 390, "height": 844}
PUBLIC = ("/inloggen", "/meedoen", "/volgopdrachten", "/toegankelijkheid", "/licenties")
#: Words that a Dutch page cannot do without and an English one never has.
DUTCH = re.compile(r"\b(het|een|niet|van|voor|wij|wordt|zijn|deze|geen|naar|signalen)\b")


@pytest.fixture
def scene(today: World) -> Scene:
    return evening(today)


def faults(page: Page) -> list[str]:
    """Return what is wrong with an English page."""
    wrong = violations(page)
    if page.evaluate("document.documentElement.lang") != "en":
        wrong.append(f"{page.url}: not English")
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if over > 0:
        wrong.append(f"{page.url}: {over} pixels too wide")
    # What people wrote, and what the bot says in Dutch, stays Dutch and says so.
    text = page.evaluate(
        """() => {
          const copy = document.body.cloneNode(true);
          // A model's card is a file; its summary for residents is Dutch.
          const theirs = '[lang="nl"], script, option, .breek, .modelkaart';
          for (const own of copy.querySelectorAll(theirs)) own.remove();
          return copy.textContent;
        }"""
    )
    wrong += [f"{page.url}: {found}" for found in sorted(set(DUTCH.findall(text.lower())))]
    return wrong


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", ["meldkamer", "groepsbeheer", "onderzoek", "beheer", "toezicht"])
def test_every_page_of_a_role_is_english_and_fits_a_phone(
    scene: Scene, browsing: Make, role: str, theme: str
) -> None:
    groups = scene.group.split(",") if role == "groepsbeheer" else []
    person = browsing(
        role, "Anneke", groups=groups, language="en", viewport=PHONE, color_scheme=theme
    )
    wrong = []
    for path in scene.pages[role]:
        page = person.open(path)
        wrong += faults(page)
        picture(page, f"en-{role}", path, theme)
        page.close()
    person.wrong = [w for w in person.wrong if "404" not in w and "400" not in w]
    assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_public_pages_are_english_for_an_english_browser(
    scene: Scene, browsing: Make, theme: str
) -> None:
    person = browsing("toezicht", locale="en-GB", viewport=PHONE, color_scheme=theme)
    person.context.clear_cookies()
    wrong = []
    for path in PUBLIC:
        page = person.open(path)
        wrong += faults(page)
        picture(page, "en-open", path, theme)
        page.close()
    assert wrong == []


def test_scripts_speak_the_language_of_the_page(today: World, browsing: Make) -> None:
    today.signal()
    page = browsing(language="en").queue()
    assert page.locator("#verbinding").inner_text() == "Connected live"
    assert page.locator("#aantal").inner_text() == "1 signal"
    page.locator(".kaart").first.focus()
    page.keyboard.press("n")
    bar = page.locator("#ongedaan")
    bar.wait_for(state="visible")
    assert bar.locator("[data-wat]").inner_text().startswith("No signal: Burglary")
    page.keyboard.press("z")
    page.locator("#gesproken", has_text="Undone: Burglary").wait_for(state="attached")


def test_the_language_button_works_without_a_script(today: World, browsing: Make) -> None:
    page = browsing("beheer", java_script_enabled=False).open("/beheer")
    page.get_by_role("button", name="English").click()
    assert page.url.endswith("/beheer")
    assert page.get_by_role("heading", name="Administration").is_visible()
    page.get_by_role("button", name="Nederlands").click()
    assert page.get_by_role("heading", name="Beheer", exact=True).is_visible()


def test_the_language_of_a_public_page_goes_along_to_the_next(today: World, browsing: Make) -> None:
    person = browsing("toezicht")
    person.context.clear_cookies()
    page = person.open("/meedoen")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/meedoen?taal=en")
    page.get_by_role("main").get_by_role("link").first.click()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "taal=en" in page.url
    assert page.get_by_role("heading", level=1).inner_text().startswith("Take part")
