# SPDX-License-Identifier: EUPL-1.2
"""Messages flow in while the server is killed again and again; then everything is counted."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from pydantic import SecretStr

from buurtsignaal.bootstrap import build
from buurtsignaal.settings import Environment, Settings
from tests.partners.telegram_api import TOKEN, TelegramApi, telegram_api
from tests.rig.app import App
from tests.rig.installation import TENANT, Installation
from tests.rig.servant import Servant, servant

GROUP = -1001
#: A message that every model should flag; the number tells it apart.
SIGNAL = (
    "Er is vannacht ingebroken bij nummer {n}, de voordeur is opengebroken en alles ligt overhoop"
)
CHAT = "Wie heeft er zaterdag nog een ladder te leen voor nummer {n}? Alvast bedankt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Toll:
    """What a run found."""

    messages: int
    kills: int
    #: Counted as read, over all groups; must equal ``messages``.
    read: int
    #: Signals by the number in their text; every value must be 1.
    signals: Counter[str]
    #: Numbers that the model should have flagged.
    expected: frozenset[str]
    seconds: float

    @property
    def lost(self) -> int:
        """Messages that were not read, or signals that are not there."""
        return max(0, self.messages - self.read) + len(self.expected - self.signals.keys())

    @property
    def double(self) -> int:
        """Messages that were read twice, or signals that are there twice."""
        return max(0, self.read - self.messages) + sum(n - 1 for n in self.signals.values())


async def run(
    installation_of: Callable[[tuple[str, str]], Installation],
    *,
    messages: int,
    kills: int,
    seed: int,
    least: float = 0.05,
    most: float = 0.6,
) -> Toll:
    """Send ``messages``, half by Telegram and half by webhook, through ``kills`` deaths."""
    began = time.monotonic()
    chance = random.Random(seed)
    async with telegram_api() as api:
        installation = installation_of((api.base_url, TOKEN))
        async with servant(installation) as server, httpx.AsyncClient(trust_env=False) as client:
            app = App(installation, client)
            await server.start()
            await consent(api, app)
            sending = asyncio.gather(
                _by_telegram(api, range(0, messages, 2), chance),
                _by_webhook(app, range(1, messages, 2)),
            )
            await _kill(server, chance, kills, least=least, most=most)
            await sending
            await _all_read(installation, messages)
            await server.stop()
    read, signals = count(installation)
    return Toll(
        messages=messages,
        kills=kills,
        read=read,
        signals=signals,
        expected=frozenset(str(n) for n in range(messages) if _is_signal(n)),
        seconds=time.monotonic() - began,
    )


def count(
    installation: Installation, label: Callable[[str], str] | None = None
) -> tuple[int, Counter[str]]:
    """Return how many messages were read, and the signals by ``label`` of their text.

    Without ``label``: by the house number in it.
    """
    label = label or _number
    house = build(settings_of(installation))
    try:
        with house.store.read() as work:
            totals = work.counters.totals(TENANT, "2000-01-01")
            rows = work.signals.recent(TENANT, 1_000_000, with_text=True)
    finally:
        house.store.close()
    read = sum(total.n for total in totals if total.kind == "read")
    return read, Counter(label(row.text or "") for row in rows)


def settings_of(installation: Installation) -> Settings:
    given = installation.environment()
    return Settings(
        environment=Environment.TEST,
        database_url=SecretStr(given["BUURTSIGNAAL_DATABASE_URL"]),
        seal_keys=SecretStr(given["BUURTSIGNAAL_SEAL_KEYS"]),
        pseudonym_secret=SecretStr(given["BUURTSIGNAAL_PSEUDONYM_SECRET"]),
        tenants_dir=installation.folder / "tenants",
    )


def _is_signal(n: int) -> bool:
    return n % 4 < 2


def _text(n: int) -> str:
    return (SIGNAL if _is_signal(n) else CHAT).format(n=n)


def _number(text: str) -> str:
    return text.split("nummer ")[1].split(",", maxsplit=1)[0].split("?", maxsplit=1)[0]


async def consent(api: TelegramApi, app: App) -> None:
    """Both groups say yes; the clocks of source and server differ by a second at most."""
    api.group(GROUP, creator=1)
    api.now = int(time.time())
    api.write(GROUP, 1, "/toestemming")
    await app.command("g", "toestemming")
    async with asyncio.timeout(30):
        while not any("lees ik" in str(m["text"]) for m in api.sent):
            await asyncio.sleep(0.05)
    await asyncio.sleep(2.1)


async def _by_telegram(api: TelegramApi, numbers: range, chance: random.Random) -> None:
    for n in numbers:
        api.now = int(time.time())
        api.write(GROUP, 100 + n % 7, _text(n))
        await asyncio.sleep(chance.random() * 0.02)


async def _by_webhook(app: App, numbers: range) -> None:
    waiting = list(numbers)

    async def member() -> None:
        while waiting:
            n = waiting.pop(0)
            await app.write("g", f"lid{n % 5}", _text(n), id=f"m{n}")

    await asyncio.gather(*(member() for _ in range(8)))


async def _kill(
    server: Servant, chance: random.Random, kills: int, *, least: float, most: float
) -> None:
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(least, most))
        await server.kill()
        await server.start()


async def _all_read(installation: Installation, messages: int) -> None:
    """Wait until nothing more comes in: a 2xx or a confirmed offset means that it is stored."""
    async with asyncio.timeout(120):
        while (await asyncio.to_thread(count, installation))[0] < messages:
            await asyncio.sleep(0.5)
