# SPDX-License-Identifier: EUPL-1.2
"""What the tests of the Telegram connector share: the bot, a line that collects, patience."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.message import Batch
from core.outcome import Outcome
from ingest.connectors.telegram import TelegramConnector, connect
from tests.ingest.house import TENANT
from tests.partners.telegram_api import TOKEN, TelegramApi

GROUP = -1001
OWNER, ADMIN, MEMBER = 1, 2, 3


def made(api: TelegramApi, **options: Any) -> TelegramConnector:
    given = {"token": TOKEN, "api": api.base_url, "poll_seconds": 5, "first_pause": 0.01}
    return connect(TENANT.slug, given | options)


@dataclass
class Collected:
    """A line that keeps what it is given, and can fail."""

    batches: list[Batch] = field(default_factory=list)
    #: Raised instead of storing, in this order.
    failures: list[Exception] = field(default_factory=list)

    async def submit(self, batch: Batch) -> Outcome:
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        self.batches.append(batch)
        return Outcome()

    @property
    def items(self) -> list[Any]:
        return [item for batch in self.batches for item in batch.items]

    @property
    def cursor(self) -> str | None:
        return self.batches[-1].cursor if self.batches else None


async def eventually(condition: Callable[[], bool], seconds: float = 8) -> None:
    """Wait until ``condition`` holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running(
    connector: TelegramConnector, submit: Any, cursor: str | None = None
) -> AsyncIterator[asyncio.Task[None]]:
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


async def taken(api: TelegramApi, many: int, **options: Any) -> list[Any]:
    """Run until this many items came in."""
    line = Collected()
    async with running(made(api, **options), line.submit):
        await eventually(lambda: len(line.items) >= many)
    return line.items
