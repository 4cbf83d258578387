# SPDX-License-Identifier: EUPL-1.2
"""A lesson in a real browser: from the trainer's start to the trainee's explanation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from tests.dashboard.conftest import Browsing
from tests.dashboard.test_browser_pages import violations
from tests.dashboard.world import World

pytestmark = pytest.mark.browser
Make = Callable[..., Browsing]
#: A slow machine needs long for a whole house.
PATIENCE = 60_000


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_trainer_starts_a_lesson_and_a_trainee_learns_from_it(
    today: World, browsing: Make, theme: Literal["light", "dark"]
) -> None:
    today.signal("Er wordt nu echt ingebroken op de Dorpsstraat 3")
    trainer = browsing("beheer", "Bo", color_scheme=theme)
    trainee = browsing("meldkamer", "Mila", color_scheme=theme)
    for person in (trainer, trainee):
        person.context.set_default_timeout(PATIENCE)

    desk = trainer.open("/oefenen")
    wrong = violations(desk)
    desk.locator("#veld-tempo").select_option("4.0")
    desk.get_by_role("button", name="Begin de les").click()
    desk.get_by_text("Loopt", exact=True).wait_for()

    real = trainee.queue()
    door = trainee.open("/oefenen")
    wrong += violations(door)
    door.get_by_role("link", name="Ga naar de oefening").click()
    door.wait_for_selector('#verbinding[data-stand="verbonden"]')
    door.locator(".kaart").first.wait_for()
    assert door.title().startswith("OEFENING – ")
    assert real.title().startswith("(1) Meldkamer")
    assert door.locator(".kaart__tekst").first.inner_text().startswith("OEFENING: ")
    wrong += violations(door)

    door.locator(".kaart").first.focus()
    door.keyboard.press("b")
    door.locator("#les .uitleg").wait_for()
    assert "Zo zegt de les het ook" in door.locator("#les").inner_text()
    wrong += violations(door)
    # New messages go on coming in, live.
    door.locator(".kaart").nth(1).wait_for(timeout=60_000)

    explained = trainee.open("/oefening/uitleg")
    wrong += violations(explained)
    desk.reload()
    assert desk.locator("th[scope=row]", has_text="Mila").count() == 1
    wrong += violations(desk)

    desk.get_by_role("button", name="Stop de les").click()
    door.wait_for_url("**/oefenen")
    # The stream of the lesson ended; the real one did not.
    assert real.locator("#verbinding").get_attribute("data-stand") == "verbonden"
    assert "OEFENING" not in real.content()
    trainee.wrong = [line for line in trainee.wrong if "/oefening/stroom" not in line]
    assert wrong == []


def test_a_print_of_a_lesson_says_what_it_is(today: World, browsing: Make) -> None:
    trainer = browsing("beheer", "Bo")
    trainer.context.set_default_timeout(PATIENCE)
    desk = trainer.open("/oefenen")
    desk.get_by_role("button", name="Begin de les").click()
    desk.get_by_text("Loopt", exact=True).wait_for()
    board = trainer.open("/oefening/wandbord")
    board.emulate_media(media="print")
    assert board.locator(".oefening strong").is_visible()
    assert not board.locator("header.kop").is_visible()


def test_a_lesson_fits_on_a_phone(today: World, browsing: Make) -> None:
    trainer = browsing("beheer", "Bo", viewport={"width": 320, "height": 800})
    trainer.context.set_default_timeout(PATIENCE)
    desk = trainer.open("/oefenen")
    desk.get_by_role("button", name="Begin de les").click()
    desk.get_by_text("Loopt", exact=True).wait_for()
    for page in (desk, trainer.open("/oefening/wandbord")):
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0
