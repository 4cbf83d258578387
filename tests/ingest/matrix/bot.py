# SPDX-License-Identifier: EUPL-1.2
"""What the tests of the Matrix connector share: the bot, running it, and looking at what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core.message import Change, Message
from ingest.connectors.matrix import MatrixConnector, connect
from tests.ingest.house import TENANT, Intake
from tests.ingest.telegram_bot import Collected
from tests.partners.synapse import Person


def made(bot: Person, **options: Any) -> MatrixConnector:
    """Return the connector for a bot."""
    given = {
        "homeserver": bot.server.url,
        "user": bot.id,
        "token": bot.token,
        "poll_seconds": 5,
        "first_pause": 0.05,
    }
    return connect(TENANT.slug, given | options)


@asynccontextmanager
async def running(
    connector: MatrixConnector, submit: Any, cursor: str | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Run until the block ends."""
    stop = asyncio.Event()
    task = asyncio.create_task(connector.run(submit, stop, cursor=cursor))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=5)
        await connector.close()
    if not task.done():
        task.cancel()
        pytest.fail("it did not stop")
    await task


async def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until ``condition`` holds; it may ask the server."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.05)


def texts(line: Collected | Intake) -> list[str]:
    """Return the words that came in."""
    found = [item for batch in line.batches for item in batch.items]
    return [item.text for item in found if isinstance(item, Message) and item.text]


def said_by(bot: Person, other: Person, room: str) -> list[dict[str, Any]]:
    """Return the messages of the bot, as somebody else sees them."""
    kinds = ("m.room.message", "m.room.encrypted")
    return [e for e in other.messages(room) if e["sender"] == bot.id and e["type"] in kinds]


def changes(line: Collected, change: Change) -> int:
    """Return how many messages of this kind came in."""
    return sum(getattr(item, "change", None) is change for item in line.items)
