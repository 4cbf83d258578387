# SPDX-License-Identifier: EUPL-1.2
"""Many screens at once, and a queue that nobody has kept up with."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from playwright.async_api import Page

from tests.rig.browser import browser, sign_in

SCREENS, RATE, SECONDS = 200, 100.0, 10.0
SIGNALS = 10_000
#: Milliseconds promised.
EVENT_P99, PAINT, DECIDE, SEARCH = 100, 1000, 16, 200
_SEARCHES = ("slot schuur", "muziek plein", "ruit bushokje", "Havenstraat 1234", "bestaat niet")

#: How long the page is busy with one key, and until the next card has the focus.
_PRESS = """() => {
  const cards = document.querySelectorAll('article.kaart');
  const card = document.activeElement.closest('article.kaart') || cards[0];
  card.focus();
  const began = performance.now();
  card.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true}));
  return performance.now() - began;
}"""
_PAINT = """() => Object.fromEntries(
  performance.getEntriesByType('paint').map(entry => [entry.name, entry.startTime]))"""


@dataclass(frozen=True, kw_only=True)
class _Town:
    url: str
    account: str
    password: str
    process: Process


async def run(scale: float) -> None:
    """Fill a queue, measure its page and search, then connect screens and make events."""
    signals, screens = max(200, round(SIGNALS * scale)), max(10, round(SCREENS * scale))
    async with _town(signals) as town, httpx.AsyncClient(trust_env=False) as client:
        cookies = await _session(town)
        client.cookies.update(cookies)
        await _search(town, client, signals)
        await _paint_and_decide(town, signals)
        await _watch(town, cookies, screens)


@asynccontextmanager
async def _town(signals: int) -> AsyncIterator[_Town]:
    with tempfile.TemporaryDirectory() as folder:
        print(f"filling a queue with {signals} open signals", flush=True)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.town", folder, str(signals), stdin=PIPE, stdout=PIPE
        )
        try:
            assert process.stdout is not None
            line = (await process.stdout.readline()).decode()
            url, account, password = line.strip().split(" ", 2)
            yield _Town(url=url, account=account, password=password, process=process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _session(town: _Town) -> dict[str, str]:
    async with browser() as chromium:
        context = await chromium.new_context()
        await sign_in(await context.new_page(), town.url, town.account, town.password)
        return {c["name"]: c["value"] for c in await context.cookies()}


async def _search(town: _Town, client: httpx.AsyncClient, signals: int) -> None:
    times = []
    for words in _SEARCHES * 4:
        began = time.monotonic()
        answer = await client.get(f"{town.url}/lijst", params={"q": words}, timeout=30)
        answer.raise_for_status()
        times.append((time.monotonic() - began) * 1000)
    _say(f"search among {signals} open signals", times, SEARCH)


async def _paint_and_decide(town: _Town, signals: int) -> None:
    async with browser() as chromium:
        page = await (await chromium.new_context()).new_page()
        await sign_in(page, town.url, town.account, town.password)
        paints = []
        for _ in range(5):
            await page.goto(f"{town.url}/meldkamer")
            await page.locator("article.kaart").first.wait_for()
            paints.append(float((await page.evaluate(_PAINT))["first-contentful-paint"]))
        keys = [await _press(page) for _ in range(10)]
    _say(f"queue of {signals}: first contentful paint", paints, PAINT)
    _say("one decision: handler of the key", keys, DECIDE)


async def _press(page: Page) -> float:
    took = float(await page.evaluate(_PRESS))
    await asyncio.sleep(0.3)
    return took


async def _watch(town: _Town, cookies: dict[str, str], screens: int) -> None:
    """Connect all screens, then make events; every screen must get every one."""
    delays: list[float] = []
    ready = asyncio.Barrier(screens + 1)
    wanted = round(RATE * SECONDS)
    limits = httpx.Limits(max_connections=screens + 10)
    async with httpx.AsyncClient(trust_env=False, limits=limits, cookies=cookies) as client:
        watching = [
            asyncio.create_task(_screen(client, town.url, ready, wanted, delays))
            for _ in range(screens)
        ]
        await ready.wait()
        assert town.process.stdin is not None
        town.process.stdin.write(f"{RATE} {SECONDS}\n".encode())
        got = await asyncio.gather(*watching)
    _say(f"{screens} screens, {RATE:.0f} events/s, written → received", delays, EVENT_P99)
    lost = screens * wanted - sum(got)
    print(f"events lost: {lost} of {screens * wanted}")


async def _screen(
    client: httpx.AsyncClient, url: str, ready: asyncio.Barrier, wanted: int, delays: list[float]
) -> int:
    got = 0
    with contextlib.suppress(TimeoutError):
        async with (
            asyncio.timeout(120),
            client.stream("GET", f"{url}/stroom", timeout=None) as answer,
        ):
            async for line in answer.aiter_lines():
                if line == "event: klaar":
                    await ready.wait()
                elif line.startswith("data:") and '"ref"' in line:
                    delays.append(time.time() * 1000 - int(json.loads(line[5:])["ref"]) / 1e6)
                    got += 1
                    if got == wanted:
                        break
    return got


def _say(what: str, times: Sequence[float], promised: int) -> None:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(
        f"{what}: p50 {statistics.median(ordered):.1f} ms, p99 {p99:.1f} ms, "
        f"max {ordered[-1]:.1f} ms; promised {promised} ms",
        flush=True,
    )
