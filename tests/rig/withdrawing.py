# SPDX-License-Identifier: EUPL-1.2
"""Three groups in three apps write without a pause, and stop one after another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx

from buurtsignaal.bootstrap import House, build
from tests.partners.telegram_api import TOKEN, TelegramApi, telegram_api
from tests.partners.xmpp_server import ROOM, XmppServer, xmpp_server
from tests.rig import killing
from tests.rig.app import App
from tests.rig.installation import SENDER, TENANT, Installation
from tests.rig.servant import servant

#: A room on an XMPP server beside Telegram and the app's webhook.
XMPP = """
[connectors.xmpp]
jid = "bot@localhost"
password_env = "BUURTSIGNAAL_TEST_XMPP"
host = "127.0.0.1"
port = {port}
rooms = ["{room}"]
first_pause = 0.1
"""
PASSWORD = {"BUURTSIGNAAL_TEST_XMPP": "sesam-open-u"}
#: Seconds between two messages in one group.
_PACE = 0.2
_PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopped:
    """What came of one group's ``stop``."""

    source: str
    #: Seconds from the word in the app until the ledger holds the withdrawal.
    took: float
    #: Messages written until then, and messages that were ever read.
    written: int
    read: int
    #: Signals of the group that still hold words, a few seconds later.
    left: int


@dataclass(kw_only=True)
class Group:
    """One group: who writes in it, and who governs it."""

    source: str
    chat: str
    write: Callable[[int], Awaitable[object]]
    stop: Callable[[], Awaitable[object]]
    written: int = 0


def by_xmpp(server: XmppServer) -> str:
    """Return the tenant file's table for a room on this server."""
    return XMPP.format(port=server.port, room=ROOM)


def says(server: XmppServer, nick: str, text: str) -> None:
    """Let somebody in the room write now."""
    server.says(nick, text, datetime.now(UTC).isoformat(timespec="seconds"))


async def run(folder: Path, *, seconds: float = 1.5) -> list[Stopped]:
    """Let all write for ``seconds`` before each stop, and on for as long after the last."""
    async with telegram_api() as api, xmpp_server() as server:
        server.people = [("Olga", "owner", "olga@localhost/a"), ("Karim", "none", "k@localhost/a")]
        installation = Installation(
            folder=folder,
            telegram=(api.base_url, TOKEN),
            more=by_xmpp(server),
            variables=PASSWORD,
        )
        async with servant(installation) as process, httpx.AsyncClient(trust_env=False) as client:
            await process.start()
            app = App(installation, client)
            await consent(api, app, server)
            groups = _groups(api, app, server)
            house = await asyncio.to_thread(build, killing.settings_of(installation))
            try:
                async with _writing(groups):
                    took = [await _stop(house, group, seconds) for group in groups]
                    await asyncio.sleep(seconds)
                await process.stop()
                return [
                    _stopped(house, group, written, spent)
                    for group, (written, spent) in zip(groups, took, strict=True)
                ]
            finally:
                house.store.close()


async def consent(api: TelegramApi, app: App, server: XmppServer) -> None:
    """Let all three groups say yes."""
    async with asyncio.timeout(_PATIENCE):
        while not server.said:
            await asyncio.sleep(0.02)
        says(server, "Olga", "!toestemming")
        while not any("lees ik" in text for text in server.said):
            await asyncio.sleep(0.02)
    await killing.consent(api, app)


def _groups(api: TelegramApi, app: App, server: XmppServer) -> Sequence[Group]:
    async def telegram(n: int) -> None:
        api.now = int(time.time())
        api.write(killing.GROUP, 100 + n % 5, killing.SIGNAL.format(n=n))

    async def telegram_stop() -> None:
        api.now = int(time.time())
        api.write(killing.GROUP, 1, "/stop")

    async def xmpp(n: int) -> None:
        says(server, "Karim", killing.SIGNAL.format(n=n))

    async def xmpp_stop() -> None:
        says(server, "Olga", "!stop")

    async def webhook(n: int) -> None:
        await app.write("g", f"lid{n % 5}", killing.SIGNAL.format(n=n))

    async def webhook_stop() -> None:
        await app.command("g", "stop")

    return [
        Group(source="telegram", chat=str(killing.GROUP), write=telegram, stop=telegram_stop),
        Group(source="webhook", chat=f"{SENDER}/g", write=webhook, stop=webhook_stop),
        Group(source="xmpp", chat=ROOM, write=xmpp, stop=xmpp_stop),
    ]


@asynccontextmanager
async def _writing(groups: Sequence[Group]) -> AsyncIterator[None]:
    numbers = count(1)

    async def write(group: Group) -> None:
        while True:
            # Counted before it is written, so that what was read can't outrun it.
            group.written += 1
            await group.write(next(numbers))
            await asyncio.sleep(_PACE)

    tasks = [asyncio.create_task(write(group)) for group in groups]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _stop(house: House, group: Group, seconds: float) -> tuple[int, float]:
    await asyncio.sleep(seconds)
    began = time.monotonic()
    telling = asyncio.ensure_future(group.stop())
    try:
        async with asyncio.timeout(_PATIENCE):
            while True:
                now = datetime.now(UTC)
                with house.store.read() as work:
                    found = work.consent.find(TENANT, group.source, group.chat)
                assert found is not None
                if not found.consent.allows(sent_at=now, now=now):
                    return group.written, time.monotonic() - began
                await asyncio.sleep(0.005)
    finally:
        await telling


def _stopped(house: House, group: Group, written: int, took: float) -> Stopped:
    with house.store.read() as work:
        found = work.consent.find(TENANT, group.source, group.chat)
        assert found is not None
        rows = work.counters.per_day(found.id, "2000-01-01")
        signals = work.signals.recent(TENANT, 1_000_000, with_text=True)
    return Stopped(
        source=group.source,
        took=took,
        written=written,
        read=sum(row.n for row in rows if row.kind == "read"),
        left=sum(1 for row in signals if row.group_id == found.id and row.text),
    )
