# SPDX-License-Identifier: EUPL-1.2
"""Two residents who write to the municipality's number; Meta repeats what was not stored."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn

from core.clock import FrozenClock
from ingest.connector import Connector, Submit
from ingest.connectors.whatsapp_cloud import WhatsAppCloud, connect
from ingest.whatsapp_cloud.app import WhatsAppApp
from tests.samples.sample import Sample
from tests.samples.whatsapp_cloud import ANNA, BEA, BODIES, OPTIONS, body_of, signed


class _Served(WhatsAppCloud):
    """The connector with its door open and Meta knocking, for as long as it runs."""

    def __init__(self, made: WhatsAppCloud, clock: FrozenClock) -> None:
        super().__init__(made.number, None)
        self._clock = clock

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        door = WhatsAppApp([self.number], submit, self._clock)
        server = uvicorn.Server(uvicorn.Config(door, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        knocking = asyncio.create_task(_knock(listener.getsockname()[1]))
        await super().run(submit, stop, cursor=cursor)
        knocking.cancel()
        await asyncio.gather(knocking, return_exceptions=True)
        while not server.started:
            await asyncio.sleep(0.01)
        server.should_exit = True
        await serving


async def _knock(port: int) -> None:
    address = f"http://127.0.0.1:{port}/intake/whatsapp/delft"
    async with httpx.AsyncClient(trust_env=False) as client:
        for said in BODIES:
            body = body_of(said)
            while (await client.post(address, content=body, headers=signed(body))).is_error:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    made = connect("delft", OPTIONS)
    yield _Served(made, clock)
    await made.close()


SAMPLE = Sample(messages=5, people=(ANNA, BEA, "Anna de Vries"), open=_open)
