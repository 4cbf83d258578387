# SPDX-License-Identifier: EUPL-1.2
"""A feed with three items about the topic, one about something else, one undated, one repeat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from core.order import Order, approve
from ingest.connector import Connector
from ingest.connectors.rss import connect
from tests.ingest.house import order
from tests.partners.feed_server import feed_server
from tests.samples.sample import FOLDER, Sample


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    wanted = order("order-1", "rss", clock.now())
    running = approve(wanted, "burgemeester", wanted.starts_at)

    async def orders() -> Sequence[Order]:
        return [running]

    async with feed_server(news=(FOLDER / "rss.xml").read_bytes()) as server:
        made = connect("delft", {"feeds": [server.url("/news")], "poll_seconds": 0.05})
        made.obey(orders)
        yield made


SAMPLE = Sample(messages=3, people=("Sofie Verslaggever", "redactie@nieuws.example"), open=_open)
