# SPDX-License-Identifier: EUPL-1.2
"""An app that sends one event of each kind, each again until it is told that it is stored."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn

from core.clock import FrozenClock
from ingest.connector import Connector, Submit
from ingest.connectors.webhook import WebhookConnector, connect
from ingest.webhook.app import WebhookApp
from tests.samples.sample import Sample
from tests.samples.webhook import EVENTS, OPTIONS, body_of, signed


class _Served(WebhookConnector):
    """The connector with its door open and the app knocking, for as long as it runs."""

    def __init__(self, made: WebhookConnector, clock: FrozenClock) -> None:
        super().__init__(made.senders, clock)
        self._clock = clock

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        door = WebhookApp(self.senders, submit, self._clock)
        server = uvicorn.Server(uvicorn.Config(door, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        knocking = asyncio.create_task(self._knock(listener.getsockname()[1]))
        await super().run(submit, stop, cursor=cursor)
        knocking.cancel()
        await asyncio.gather(knocking, return_exceptions=True)
        while not server.started:
            await asyncio.sleep(0.01)
        server.should_exit = True
        await serving

    async def _knock(self, port: int) -> None:
        at = int(self._clock.now().timestamp())
        address = f"http://127.0.0.1:{port}/intake/webhook/delft/buurtapp"
        async with httpx.AsyncClient(trust_env=False) as client:
            for number, event in enumerate(EVENTS):
                body = body_of(event)
                headers = signed(body, at, id=f"msg_{number}")
                while (await client.post(address, content=body, headers=headers)).is_error:
                    await asyncio.sleep(0.01)


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    made = connect("delft", OPTIONS, clock=clock)
    yield _Served(made, clock)
    await made.close()


SAMPLE = Sample(messages=4, people=("anna-de-vries", "bea-jansen"), open=_open)
