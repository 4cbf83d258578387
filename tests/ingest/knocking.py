# SPDX-License-Identifier: EUPL-1.2
"""What the tests of the webhook share: a served door, and an app that knocks on it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn

from core.clock import FrozenClock
from core.message import Batch
from core.outcome import Outcome
from ingest.connector import Submit
from ingest.connectors.webhook import connect
from ingest.webhook.app import WebhookApp
from tests.ingest.house import TENANT
from tests.samples.webhook import (
    OPTIONS,
    body_of,
    signed,
)

ADDRESS = f"/intake/webhook/{TENANT.slug}/buurtapp"
#: The frozen clock's moment, in seconds.
NOW = 1_795_262_400


@dataclass
class Collected:
    """A line that keeps what it is given."""

    batches: list[Batch] = field(default_factory=list)
    failure: Exception | None = None

    async def submit(self, batch: Batch) -> Outcome:
        if self.failure is not None:
            raise self.failure
        self.batches.append(batch)
        return Outcome()

    @property
    def items(self) -> list[Any]:
        return [item for batch in self.batches for item in batch.items]


@asynccontextmanager
async def serving(submit: Submit, clock: FrozenClock, **options: Any) -> AsyncIterator[Client]:
    """Serve the door on a free port and return who knocks."""
    app = WebhookApp(connect(TENANT.slug, OPTIONS).senders, submit, clock, **options)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    port = listener.getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield Client(client, port)
    server.should_exit = True
    await task


@dataclass
class Client:
    """Sends what an app would send."""

    http: httpx.AsyncClient
    port: int

    async def send(self, events: Any, *, at: int = NOW, **signing: Any) -> httpx.Response:
        body = events if isinstance(events, bytes) else body_of(events)
        return await self.http.post(ADDRESS, content=body, headers=signed(body, at, **signing))

    async def raw(self, content: bytes) -> bytes:
        """Send bytes as they are and return all that comes back until the server hangs up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(content)
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        await writer.wait_closed()
        return answer


def assert_problem(answer: httpx.Response, status: int, *words: str) -> dict[str, Any]:
    """Check that the answer explains itself in English and Dutch."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"] != problem["detail_nl"]
    for word in words:
        assert word in answer.text
    return problem
