# SPDX-License-Identifier: EUPL-1.2
"""A municipality with a real store, its pages on a real server, and visitors."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from core.clock import FrozenClock, SystemClock
from store.database import Store
from tests.dashboard.serving import Served, serving
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import World

Make = Callable[..., "Browsing"]


@pytest.fixture
def world(sqlite_store: Store, clock: FrozenClock) -> World:
    return World(sqlite_store, clock)


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    with serving(world.app()) as found:
        yield found


@pytest.fixture
def visitor(served: Served) -> Iterator[Callable[[], Visitor]]:
    """Gives people who have not signed in, each with a browser of their own."""
    with ExitStack() as stack:

        def make() -> Visitor:
            return Visitor(stack.enter_context(httpx.Client(base_url=served.url, timeout=60)))

        yield make


@pytest.fixture
def signed_in(world: World, visitor: Callable[[], Visitor]) -> Callable[..., Visitor]:
    """Gives somebody of a role who has signed in."""

    def make(role: str, name: str = "", **more: object) -> Visitor:
        account = world.account(role, name, **more)  # type: ignore[arg-type]
        person = visitor()
        person.enter(world, account)
        return person

    return make


@pytest.fixture
def operator(signed_in: Callable[..., Visitor]) -> Visitor:
    return signed_in("meldkamer", "Agnes")


#: Chromium that neither calls home nor needs a graphics card.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium, without a window."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((path for name in names if (path := shutil.which(name))), None)
    assert program is not None, "the browser tests need Chromium (apt install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def today(sqlite_store: Store) -> World:
    """A municipality whose clock runs, because a browser has a clock of its own."""
    return World(sqlite_store, SystemClock())


@pytest.fixture
def people(today: World, chromium: Browser) -> Callable[..., AbstractContextManager[Make]]:
    """Gives people with a browser for a server that the test itself starts and stops."""
    return lambda url: _people(today, chromium, url)


@dataclass
class Browsing:
    """Somebody at a real browser; whatever goes wrong in it is written down."""

    world: World
    url: str
    context: BrowserContext
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page in a new tab and wait until it is there."""
        page = self.context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.goto(self.url + path)
        return page

    def queue(self, path: str = "/meldkamer") -> Page:
        """Open a queue and wait until it is live."""
        page = self.open(path)
        page.wait_for_selector('#verbinding[data-stand="verbonden"]')
        return page

    def _said(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind == "error":
            self.wrong.append(str(text))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.wrong.append(f"outside request: {url}")


@pytest.fixture
def browsing(today: World, chromium: Browser) -> Iterator[Callable[..., Browsing]]:
    """Gives people with a browser; fails afterwards when one saw an error."""
    with serving(today.app()) as served, _people(today, chromium, served.url) as make:
        yield make


@contextmanager
def _people(today: World, chromium: Browser, url: str) -> Iterator[Callable[..., Browsing]]:
    people: list[Browsing] = []
    with ExitStack() as stack:

        def make(role: str = "meldkamer", name: str = "", **options: object) -> Browsing:
            groups = options.pop("groups", ())
            language = str(options.pop("language", "nl"))
            account = today.account(role, name, groups=groups)  # type: ignore[arg-type]
            with today.store.write() as work:
                work.accounts.set_language(account.id, language)
            with httpx.Client(timeout=60) as client:
                Visitor(client).enter(today, account)
                token = client.cookies["session"]
            # Whoever has no account is answered in the language that the browser asks for.
            options.setdefault("locale", "nl-NL")
            context = chromium.new_context(**options)  # type: ignore[arg-type]
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            context.add_cookies([{"name": "session", "value": token, "url": url}])
            people.append(Browsing(today, url, context))
            return people[-1]

        yield make
    for person in people:
        assert person.wrong == []
