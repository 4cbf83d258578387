# SPDX-License-Identifier: EUPL-1.2
"""Who hands out monitoring orders in tests of feeds, and a feed that runs for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from core.order import Order, approve
from ingest.connector import Connector
from tests.ingest.house import Intake, order


class Desk:
    """Gives no order at first."""

    def __init__(self, intake: Intake, source: str) -> None:
        self._clock = intake.house.clock
        self._source = source
        self.orders: list[Order] = []

    async def running(self) -> Sequence[Order]:
        """Return what runs now, as the store would."""
        return [order for order in self.orders if order.runs(self._clock.now())]

    def give(self, id: str = "order-1", **changed: Any) -> Order:
        """Hand out an order that has run for ten days."""
        wanted = order(id, self._source, self._clock.now(), **changed)
        self.orders.append(approve(wanted, "burgemeester", wanted.starts_at))
        return self.orders[-1]


@asynccontextmanager
async def reading(feed: Connector, intake: Intake) -> AsyncIterator[None]:
    """Let a feed run from its committed cursor until the block ends."""
    stop = asyncio.Event()
    run = asyncio.create_task(feed.run(intake.submit, stop, cursor=intake.cursor(feed)))
    try:
        yield
    finally:
        stop.set()
        await run
