# SPDX-License-Identifier: EUPL-1.2
"""Makes a picture of every page from a demo that runs, for docs/reference/pages.md.

Start the demo (``buurtsignaal demo --port 8000``), wait until its residents have talked for a
while, then ``python tools/pictures.py http://127.0.0.1:8000``. With names behind the address only
those pages are made again.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

#: Where the pictures go.
FOLDER = ROOT / "docs" / "pictures"
#: More of a long page says no more.
TALLEST = 1400
QUALITY = 48
#: Milliseconds for a page; a machine that also judges three neighbourhoods can be slow.
PATIENCE = 120_000
WIDE: ViewportSize = {"width": 1366, "height": 768}
NARROW: ViewportSize = {"width": 390, "height": 844}
#: Roles that look at a phone, in the street or at home.
_PHONES = frozenset({"handhaving", "groep", ""})


@dataclass(frozen=True, slots=True)
class Shot:
    """One page to look at."""

    #: Name of the route, and of its pictures.
    route: str
    #: Who looks, as the demo's account is called after ``demo-``; empty: nobody signed in.
    who: str
    #: Where it is; ``{}`` is filled in with what ``link`` finds.
    path: str
    #: A page on which a link leads there, and what that link looks like.
    link: tuple[str, str] | None = None


SHOTS = (
    Shot("queue-meldkamer", "meldkamer", "/meldkamer"),
    Shot("queue-handhaving", "handhaving", "/handhaving"),
    Shot("incident", "meldkamer", "{}", ("/meldkamer", r'href="(/incident/[^"]+)"')),
    Shot("list", "meldkamer", "/lijst?stand=alle"),
    Shot("hotspots", "meldkamer", "/plekken-en-tijden"),
    Shot("shift", "meldkamer", "/overdracht"),
    Shot("dossiers", "meldkamer", "/dossiers"),
    Shot("dossier", "meldkamer", "{}", ("/dossiers", r'href="(/dossier/[0-9a-f-]+)"')),
    Shot("snoozed", "meldkamer", "/uitgesteld"),
    Shot("board", "wandbord", "/wandbord"),
    Shot("dead-letters", "meldkamer", "/afleveringen"),
    Shot("files", "meldkamer", "/bestanden"),
    Shot("password", "meldkamer", "/wachtwoord"),
    Shot("groups", "groep", "/groepen"),
    Shot("group", "groep", "{}", ("/groepen", r'href="(/groep/[^"]+)"')),
    Shot("research", "onderzoek", "/onderzoek"),
    Shot("model", "onderzoek", "/onderzoek/model"),
    Shot("compare", "onderzoek", "/onderzoek/vergelijk"),
    Shot("rooms", "onderzoek", "/onderzoek/kamers"),
    Shot("room", "onderzoek", "{}", ("/onderzoek/kamers", r'href="(/onderzoek/kamer/[^"/]+)"')),
    Shot(
        "labelling",
        "onderzoek-2",
        "{}/label",
        ("/onderzoek/kamers", r'href="(/onderzoek/kamer/[^"/]+)"'),
    ),
    Shot(
        "ruling",
        "onderzoek",
        "{}/oordeel",
        ("/onderzoek/kamers", r'href="(/onderzoek/kamer/[^"/]+)"'),
    ),
    Shot(
        "room-examples",
        "onderzoek",
        "{}/voorbeelden?juist=overlast&model=overlast",
        ("/onderzoek/kamers", r'href="(/onderzoek/kamer/[^"/]+)"'),
    ),
    Shot("surveys", "onderzoek", "/onderzoek/vragenlijsten"),
    Shot("audit", "toezicht", "/toezicht"),
    Shot("scores", "toezicht", "/scores"),
    Shot("admin", "beheer", "/beheer"),
    Shot("registry", "beheer", "/beheer/groepen"),
    Shot("report-share", "beheer", "/beheer/melden"),
    Shot("tokens", "beheer", "/tokens"),
    Shot("practice", "beheer", "/oefenen"),
    Shot("explained", "meldkamer", "/oefening/uitleg"),
    Shot("practice-queue", "meldkamer", "/oefening/meldkamer"),
    Shot("login", "", "/inloggen"),
    Shot("report", "", "/melden/demo"),
    Shot("report-en", "", "/melden/demo?taal=en"),
    Shot("report-choose", "", "/melden"),
    Shot("follow", "", "/melden/volgen"),
    Shot("handover", "", "/overdracht/onbekend"),
    Shot("joining", "", "/meedoen"),
    Shot("join", "", "/meedoen/demo"),
    Shot("signup", "", "/meedoen/demo/aanmelden"),
    Shot("admin-link", "", "/beheerder/onbekend"),
    Shot("register", "", "/volgopdrachten"),
    Shot("api-page", "", "/api/v1"),
    Shot("accessibility", "", "/toegankelijkheid"),
    Shot("licences", "", "/licenties"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a page."""

    name: str
    size: ViewportSize
    dark: bool = False


def looks(shot: Shot) -> Iterator[Look]:
    """Give the ways in which a page is pictured."""
    yield Look("licht", WIDE)
    yield Look("donker", WIDE, dark=True)
    if shot.who in _PHONES:
        yield Look("smal", NARROW)


def file_of(shot: Shot, look: Look) -> Path:
    """Return where a picture is."""
    return FOLDER / f"{shot.route}-{look.name}.webp"


class Visits:
    """Somebody of each role, signed in once."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._cookies: dict[str, list[object]] = {}

    def page(self, who: str, look: Look) -> Page:
        """Return a new page of this person."""
        context = self._browser.new_context(
            viewport=look.size,
            color_scheme="dark" if look.dark else "light",
            reduced_motion="reduce",
            locale="nl-NL",
        )
        context.set_default_timeout(PATIENCE)
        if who:
            context.add_cookies(self._signed_in(who))  # type: ignore[arg-type]
        return context.new_page()

    def _signed_in(self, who: str) -> list[object]:
        if who not in self._cookies:
            context = self._browser.new_context(locale="nl-NL")
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.goto(f"{self._url}/inloggen")
            page.get_by_label("Gebruikersnaam").fill(f"demo-{who}")
            page.get_by_label("Wachtwoord").fill(f"demo-{who}-welkom-2026")
            page.get_by_role("button", name="Inloggen").click()
            page.wait_for_url(lambda address: "inloggen" not in address)
            self._cookies[who] = list(context.cookies())
            context.close()
        return self._cookies[who]


def start_lesson(visits: Visits, url: str) -> None:
    """Let the trainer start a lesson, and a trainee decide a few times."""
    page = visits.page("beheer", Look("licht", WIDE))
    page.goto(f"{url}/oefenen")
    page.locator("select#veld-tempo").select_option("4.0")
    page.get_by_role("button", name="Begin de les").click()
    page.wait_for_timeout(40_000)
    page.context.close()
    page = visits.page("meldkamer", Look("licht", WIDE))
    page.goto(f"{url}/oefening/meldkamer")
    page.wait_for_selector('#verbinding[data-stand="verbonden"]')
    for key in ("b", "n", "b"):
        page.locator(".kaart").first.focus()
        page.keyboard.press(key)
        page.wait_for_timeout(700)
    page.context.close()


def take(visits: Visits, url: str, shot: Shot, look: Look) -> None:
    """Make one picture; raise ``RuntimeError`` when the page is not there."""
    page = visits.page(shot.who, look)
    found = ""
    if shot.link:
        page.goto(url + shot.link[0])
        link = re.search(shot.link[1], page.content())
        if link is None:
            raise RuntimeError(f"{shot.route}: {shot.link[0]} holds no link to it")
        found = link[1]
    page.goto(url + shot.path.format(found))
    page.wait_for_timeout(900)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": look.size["width"], "height": min(int(height), TALLEST)})
    page.wait_for_timeout(300)
    _save(page.screenshot(), file_of(shot, look))
    page.context.close()


def _save(shot: bytes, file: Path) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(shot)) as image:
        image.convert("RGB").save(file, "WEBP", quality=QUALITY, method=6)


def main(url: str, *names: str) -> None:
    """Make all pictures, or those of the pages that are named."""
    program = next(p for n in ("chromium", "google-chrome") if (p := shutil.which(n)))
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        visits = Visits(browser, url)
        chosen = [shot for shot in SHOTS if not names or shot.route in names]
        if any("/oefening" in shot.path or shot.route == "practice" for shot in chosen):
            start_lesson(visits, url)
        for shot in chosen:
            for look in looks(shot):
                take(visits, url, shot, look)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
