# SPDX-License-Identifier: EUPL-1.2
"""From a message to its card, painted in a real browser, with 100 messages/s in the background."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from playwright.async_api import Page

from buurtsignaal.bootstrap import build
from buurtsignaal.people import add_account
from tests.rig import killing
from tests.rig.app import App
from tests.rig.browser import browser, sign_in
from tests.rig.installation import TENANT, Installation
from tests.rig.servant import servant

SAMPLES = 60
BACKGROUND = 100.0
PASSWORD = "een lang wachtwoord van de bank"
#: Milliseconds promised for p95.
PROMISED = 250.0

#: Notes, per mark, when the browser has painted a card that holds it.
_WATCH = """() => {
  window.painted = {};
  const look = () => {
    for (const card of document.querySelectorAll('article.kaart')) {
      const mark = card.textContent.match(/nummer (\\d+)/);
      if (mark && !(mark[1] in window.painted)) {
        window.painted[mark[1]] = null;
        requestAnimationFrame(() => setTimeout(() => { window.painted[mark[1]] = Date.now(); }, 0));
      }
    }
  };
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
  look();
}"""


async def run(scale: float) -> None:
    """Send urgent signals one by one and take the time until each is on the screen."""
    samples = max(10, round(SAMPLES * scale))
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(folder=Path(folder), log_level="WARNING")
        _furnish(installation)
        async with (
            servant(installation) as server,
            browser() as chromium,
            httpx.AsyncClient(trust_env=False) as client,
        ):
            await server.start()
            app = App(installation, client)
            await app.command("g", "toestemming")
            await asyncio.sleep(1.1)
            page = await (await chromium.new_context(locale="nl-NL")).new_page()
            await sign_in(page, installation.url, "meldkamer", PASSWORD)
            await page.goto(f"{installation.url}/meldkamer")
            await page.evaluate(_WATCH)
            stop, began = asyncio.Event(), time.monotonic()
            talking = asyncio.create_task(_talk(app, stop))
            delays = await _sample(page, app, samples)
            stop.set()
            rate = await talking / (time.monotonic() - began)
    delays.sort()
    p95 = delays[int(len(delays) * 0.95)]
    print(
        f"message sent → painted, {len(delays)} messages: p50 {statistics.median(delays):.0f} ms, "
        f"p95 {p95:.0f} ms, max {delays[-1]:.0f} ms with {rate:.0f} messages/s beside it; "
        f"promised p95: {PROMISED:.0f} ms"
    )


async def _sample(page: Page, app: App, samples: int) -> list[float]:
    delays: list[float] = []
    for number in range(samples):
        mark = 500_000 + number
        text = (
            f"Er wordt nu ingebroken bij nummer {mark}, ik zie twee mannen door het raam klimmen!"
        )
        sent = time.time() * 1000
        await app.write("g", f"lid{number}", text, id=f"s{mark}")
        delays.append(await _painted(page, mark) - sent)
        await asyncio.sleep(0.15)
    return delays


async def _painted(page: Page, mark: int) -> float:
    """Return when the browser painted the card, in milliseconds since 1970."""
    async with asyncio.timeout(10):
        # The page's own policy forbids eval, so that Playwright's waiting does not work here.
        while (at := await page.evaluate("mark => window.painted[mark]", str(mark))) is None:
            await asyncio.sleep(0.01)
    return float(at)


async def _talk(app: App, stop: asyncio.Event) -> int:
    """Small talk of another group, at a fixed rate, until ``stop``; return how much was said."""
    await app.command("h", "toestemming")
    pause, number = 1 / BACKGROUND, 0
    following = time.monotonic()
    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            number += 1
            text = killing.CHAT.format(n=number)
            group.create_task(app.write("h", f"lid{number % 40}", text, id=f"t{number}"))
            following += pause
            await asyncio.sleep(max(0.0, following - time.monotonic()))
    return number


def _furnish(installation: Installation) -> None:
    house = build(killing.settings_of(installation))
    add_account(
        house,
        tenant=TENANT,
        username="meldkamer",
        display_name="Meldkamer",
        role="meldkamer",
        password=PASSWORD,
    )
    house.store.close()
