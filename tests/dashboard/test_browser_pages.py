# SPDX-License-Identifier: EUPL-1.2
"""Every page in a real browser, light and dark: accessible, and nothing from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.dashboard.conftest import Browsing
from tests.dashboard.scenes import Scene, evening
from tests.dashboard.world import World

pytestmark = pytest.mark.browser
Make = Callable[..., Browsing]
Theme = Literal["light", "dark"]

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Set to a folder to get a picture of every page.
PICTURES = os.environ.get("BUURTSIGNAAL_PICTURES")
ROLES = (
    "meldkamer",
    "handhaving",
    "groepsbeheer",
    "onderzoek",
    "toezicht",
    "beheer",
    "wandbord",
    "",
)


@pytest.fixture
def scene(today: World) -> Scene:
    return evening(today)


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong, one line for each place."""
    assert AXE.is_file(), "axe-core is missing: python tools/frontend.py build"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", TAGS
    )
    return [
        f"{page.url} {rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def picture(page: Page, role: str, path: str, theme: str) -> None:
    if not PICTURES:
        return
    name = "-".join(part[:12] for part in (role or "open", *path.split("/")) if part)
    Path(PICTURES).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=f"{PICTURES}/{name.replace('?', '-')}-{theme}.png", full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_an_accessibility_fault_that_a_machine_can_find(
    today: World, scene: Scene, browsing: Make, role: str, theme: Theme
) -> None:
    groups = scene.group.split(",") if role == "groepsbeheer" else []
    person = browsing(role or "toezicht", "Anneke", groups=groups, color_scheme=theme)
    if not role:
        person.context.clear_cookies()
    wrong = []
    for path in scene.pages[role]:
        page = person.open(path)
        for summary in page.locator("main details > summary").all()[:1]:
            summary.click()
        wrong += violations(page)
        picture(page, role, path, theme)
        page.close()
    person.wrong = [w for w in person.wrong if "404" not in w and "400" not in w]
    assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dialogs_are_accessible_too(
    today: World, scene: Scene, browsing: Make, theme: Theme
) -> None:
    page = browsing(color_scheme=theme).queue()
    page.locator(".kaart").first.focus()
    wrong = []
    for key in ("c", "?"):
        page.keyboard.press(key)
        wrong += violations(page)
        picture(page, "dialoog", f"/{'keuze' if key == 'c' else 'hulp'}", theme)
        page.keyboard.press("Escape")
    page.keyboard.press("b")
    wrong += violations(page)
    picture(page, "dialoog", "/ongedaan", theme)
    assert wrong == []


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_no_page_scrolls_sideways(today: World, scene: Scene, browsing: Make, width: int) -> None:
    """320 is a phone, or a screen of 1280 zoomed in to 400%."""
    wide = []
    for role in ROLES[:-1]:
        groups = scene.group.split(",") if role == "groepsbeheer" else []
        viewport = {"width": width, "height": 800}
        person = browsing(role, f"{role}-{width}", groups=groups, viewport=viewport)
        for path in scene.pages[role]:
            page = person.open(path)
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if over > 0:
                wide.append((path, over))
            if width == 320:
                picture(page, role, path, "smal")
            page.close()
        # A search that is refused answers 400, and browsers say so.
        person.wrong = [w for w in person.wrong if "400" not in w]
    assert wide == []


def test_every_target_is_large_enough_to_hit(today: World, scene: Scene, browsing: Make) -> None:
    page = browsing().queue()
    sizes = page.eval_on_selector_all(
        "button:not([hidden]), summary, .keuze, nav a",
        "all => all.filter((e) => e.offsetParent).map((e) => [e.textContent, e.offsetHeight])",
    )
    assert [s for s in sizes if s[1] < 44] == []


def test_the_chosen_colours_stay(today: World, browsing: Make) -> None:
    person = browsing(color_scheme="light")
    page = person.queue()
    page.get_by_role("button", name="Donkere kleuren").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.thema") == "donker"
    assert page.get_by_role("button", name="Lichte kleuren").is_visible()


@pytest.mark.parametrize("role", ["meldkamer", "handhaving", "toezicht", "onderzoek", "beheer"])
def test_the_menu_is_one_line_on_a_laptop(today: World, browsing: Make, role: str) -> None:
    person = browsing(role, "Agnes Jansen", viewport={"width": 1366, "height": 768})
    page = person.open("/plekken-en-tijden")
    header = page.locator("header.kop").bounding_box()
    assert header is not None
    assert header["height"] < 70
    more = page.locator(".kop__meer summary")
    if more.count():
        links = page.locator(".kop__meer a")
        assert not links.first.is_visible()
        more.focus()
        page.keyboard.press("Enter")
        assert links.first.is_visible()
        assert "Meer" in more.inner_text()
