# SPDX-License-Identifier: EUPL-1.2
"""Three posts about the topic, one of them edited, and two that are about something else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from core.order import Order, approve
from ingest.connector import Connector
from ingest.connectors.x import connect
from tests.ingest.house import order
from tests.partners.x_api import x_api
from tests.samples.sample import Sample


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    wanted = order("order-1", "x", clock.now(), approval_reference="X-2026-117")
    running = approve(wanted, "burgemeester", wanted.starts_at)

    async def orders() -> Sequence[Order]:
        return [running]

    async with x_api() as api:
        api.write("Goedemorgen allemaal")
        api.write("Vuurwerk bij de brug")
        edited = api.write("De straat staat blank")
        api.edit(edited, "De straat staat blank #wateroverlast")
        api.write("Nog meer vuurwerk op het plein")
        options = {
            "mode": "goedgekeurd",
            "token": "GEHEIM",
            "posts_per_month": 1000,
            "poll_seconds": 0.05,
            "api": api.url,
        }
        made = connect("delft", options, now=clock.now)
        made.obey(orders)
        yield made


#: Who wrote a post is never asked; behind the gate not even its number is a name.
SAMPLE = Sample(messages=3, people=("post 2124",), open=_open)
