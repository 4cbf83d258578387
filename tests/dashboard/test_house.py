# SPDX-License-Identifier: EUPL-1.2
"""A municipality's own look on all pages: accepted when it can be read, refused with advice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser

from core import errors
from core.clock import FrozenClock
from dashboard.app import create_app
from dashboard.contrast import LEAST, grounds, ink_on, ratio
from dashboard.report.house import House, load_house
from store.database import Store
from tests.dashboard.conftest import _people
from tests.dashboard.scenes import evening
from tests.dashboard.serving import serving
from tests.dashboard.test_browser_pages import violations
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

LOUD = """
name = "Veilig Zonnedorp"
logo = "logo.svg"
logo_text = "Gemeente Zonnedorp"
[colours]
brand = "#ffcc00"
brand_dark = "#7a1fa2"
link = "#7a1fa2"
link_dark = "#ffb3ff"
"""
PARTS = (".css", "/logo")
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="44" height="44"><circle r="20"/></svg>'


def look(folder: Path, text: str = LOUD) -> House:
    (folder / "logo.svg").write_text(LOGO)
    (folder / "form.toml").write_text(text)
    return load_house(folder / "form.toml")


def test_without_a_file_the_pages_look_like_ours(tmp_path: Path) -> None:
    assert load_house(tmp_path / "form.toml") == House()


def test_a_look_has_a_name_logo_and_colours(tmp_path: Path) -> None:
    found = look(tmp_path)
    assert (found.name, found.brand, found.link_dark) == (
        "Veilig Zonnedorp",
        "#ffcc00",
        "#ffb3ff",
    )
    assert found.logo is not None
    assert "--merk: #ffcc00; --merk-inkt: #000000; --link: #7a1fa2;" in found.staff_sheet()


@pytest.mark.parametrize(
    ("name", "colour", "need"),
    [("link", "#ffcc00", "a darker one"), ("link_dark", "#17406d", "a lighter one")],
)
def test_a_colour_that_cannot_be_read_is_refused_with_what_is_needed(
    tmp_path: Path, name: str, colour: str, need: str
) -> None:
    with pytest.raises(errors.ConfigurationError) as refused:
        look(tmp_path, f'[colours]\n{name} = "{colour}"\n')
    said = str(refused.value)
    assert name in said
    assert "text needs 4.5 or more" in said
    assert need in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[colours]\nbrand = "red"', "must look like #17406d"),
        ('[colours]\naccent = "#17406d"', "brand, brand_dark, link, link_dark"),
        (f'name = "{"x" * 25}"', "at most 24 characters"),
        ("name = 3", "at most 24 characters"),
    ],
)
def test_an_error_says_what_is_accepted(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=says):
        look(tmp_path, text)


def test_letters_on_any_brand_colour_can_be_read() -> None:
    steps = range(0, 256, 51)
    colours = [f"#{r:02x}{g:02x}{b:02x}" for r in steps for g in steps for b in steps]
    assert min(ratio(colour, ink_on(colour)) for colour in colours) >= LEAST


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    assert grounds()["light"] == ("#eef1f4", "#ffffff", "#f6f8fa", "#e6eff9")
    assert len(grounds()["dark"]) == 4


def test_a_page_of_staff_wears_it_and_another_municipality_does_not(
    sqlite_store: Store, clock: FrozenClock, tmp_path: Path
) -> None:
    world = World(sqlite_store, clock)
    services = replace(world.services, houses={SLUG: look(tmp_path)})
    with serving(create_app(services)) as served:
        with httpx.Client(base_url=served.url, timeout=30) as one:
            person = Visitor(one)
            person.enter(world, world.account("meldkamer", "Agnes"))
            page = person.get("/meldkamer").text
            kinds = [person.get(f"/huisstijl/{SLUG}{p}").headers["content-type"] for p in PARTS]
            assert person.get("/huisstijl/elders.css").status_code == 404
        with httpx.Client(base_url=served.url, timeout=30) as two:
            stranger = Visitor(two)
            stranger.enter(world, world.account("meldkamer", "Bram", tenant="elders"))
            other = stranger.get("/meldkamer").text
    assert kinds == ["text/css; charset=utf-8", "image/svg+xml"]
    assert "Veilig Zonnedorp" in page
    assert f'href="/huisstijl/{SLUG}.css"' in page
    assert 'alt="Gemeente Zonnedorp"' in page
    assert "Zonnedorp" not in other
    assert "/huisstijl/" not in other


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_in_another_look_are_accessible(
    today: World, chromium: Browser, tmp_path: Path, theme: Literal["light", "dark"]
) -> None:
    scene = evening(today)
    services = replace(today.services, houses={SLUG: look(tmp_path)})
    wrong: list[str] = []
    with serving(create_app(services)) as served, _people(today, chromium, served.url) as make:
        for role in ("meldkamer", "toezicht"):
            person = make(role, f"Anneke-{role}", color_scheme=theme)
            for path in scene.pages[role][:2]:
                page = person.open(path)
                wrong += violations(page)
                page.close()
    assert wrong == []
