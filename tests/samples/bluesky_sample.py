# SPDX-License-Identifier: EUPL-1.2
"""Three posts about the topic and a deletion, between others and one who wants to be alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from core.order import Order, approve
from ingest.connector import Connector
from ingest.connectors.bluesky import connect
from tests.ingest.house import order
from tests.partners.jetstream import jetstream
from tests.samples.sample import Sample


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    wanted = order("order-1", "bluesky", clock.now())
    running = approve(wanted, "burgemeester", wanted.starts_at)

    async def orders() -> Sequence[Order]:
        return [running]

    async with jetstream() as server:
        server.write("Goedemorgen allemaal")
        server.write("Vuurwerk bij de brug", "did:plc:bram")
        server.write("De straat staat blank #wateroverlast")
        server.alone.add("did:plc:stil")
        server.write("Vuurwerk voor mij alleen", "did:plc:stil")
        server.write("Nog meer vuurwerk")
        made = connect("delft", server.options)
        made.obey(orders)
        yield made


SAMPLE = Sample(messages=3, people=("did:plc:sanne", "did:plc:bram"), open=_open)
