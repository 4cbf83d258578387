# SPDX-License-Identifier: EUPL-1.2
"""Twelve screens behind a real proxy: cut off, they come back and have missed nothing.

Everything is written by another process than the one that serves, as a command line would.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from core.clock import SystemClock
from store.database import Store, open_store
from store.seal import Sealer
from tests.dashboard.world import SLUG
from tests.faults.line import until
from tests.faults.weather import FAULTS
from tests.partners.fault_proxy import fault_proxy

SCREENS, EVENTS = 12, 60
_PROGRAM = Path(__file__).parents[1] / "dashboard" / "serve_alone.py"


@contextmanager
def served(url: str) -> Iterator[tuple[str, str]]:
    """Serve in a process of its own; give its port and a session."""
    process = subprocess.Popen(
        [sys.executable, str(_PROGRAM), url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(_PROGRAM.parents[2])},
    )
    try:
        assert process.stdout is not None
        address, token = process.stdout.readline().split()
        yield address.rsplit(":", 1)[1], token
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()


@dataclass
class Tab:
    """A browser's stream, which comes back by itself with the last id that it saw."""

    url: str
    token: str
    #: What it was told of, and when the last of it came.
    told: list[str] = field(default_factory=list)
    at: float = 0.0
    ready: int = 0

    async def run(self) -> None:
        last = ""
        async with httpx.AsyncClient(cookies={"session": self.token}, trust_env=False) as client:
            while True:
                try:
                    last = await self._listen(client, last)
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)

    async def _listen(self, client: httpx.AsyncClient, last: str) -> str:
        headers = {"Last-Event-ID": last} if last else {}
        async with client.stream("GET", self.url, headers=headers, timeout=30) as response:
            kind = ""
            try:
                async for line in response.aiter_lines():
                    name, _, value = line.partition(": ")
                    last = value if name == "id" else last
                    kind = value if name == "event" else kind
                    self.ready += name == "event" and value == "klaar"
                    if name == "data" and kind == "signal.new":
                        self.told.append(value)
                        self.at = time.monotonic()
            except httpx.HTTPError:
                pass
        return last


@asynccontextmanager
async def screens(port: int, token: str) -> AsyncIterator[list[Tab]]:
    tabs = [Tab(f"http://127.0.0.1:{port}/stroom", token) for _ in range(SCREENS)]
    tasks = [asyncio.create_task(tab.run()) for tab in tabs]
    try:
        await until(lambda: all(tab.ready for tab in tabs), "all screens are open", 60)
        yield tabs
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def put(store: Store, numbers: range) -> None:
    for n in numbers:
        with store.write() as work:
            work.events.put(SLUG, "meldkamer", "signal.new", f"s{n}", store.clock.now())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'd.db'}"
    found: str = request.getfixturevalue("postgresql_store_url")
    return found


async def test_twelve_screens_that_were_cut_off_miss_nothing(url: str) -> None:
    with served(url) as (port, token):
        store = open_store(url, sealer=Sealer([bytes(32)]), clock=SystemClock())
        try:
            async with fault_proxy(int(port)) as proxy, screens(proxy.port, token) as tabs:
                await asyncio.to_thread(put, store, range(20))
                proxy.strike(FAULTS["away"])
                await asyncio.to_thread(put, store, range(20, 40))
                await until(lambda: len(proxy.strikes) >= SCREENS, "they try to come back")
                proxy.clear()
                back = time.monotonic()
                await asyncio.to_thread(put, store, range(40, EVENTS))
                await until(lambda: all(len(tab.told) >= EVENTS for tab in tabs), "all came", 60)
        finally:
            store.close()
    assert {len(tab.told) for tab in tabs} == {EVENTS}
    assert all(tab.told == tabs[0].told for tab in tabs)
    assert len(set(tabs[0].told)) == EVENTS
    slowest = max(tab.at for tab in tabs) - back
    # Two seconds on a machine that has nothing else to do.
    sys.stdout.write(f"{SCREENS} screens complete {slowest:.2f} s after the network came back\n")
    assert slowest < 20
