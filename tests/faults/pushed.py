# SPDX-License-Identifier: EUPL-1.2
"""Sources that come to us: who sends stands before the proxy, and our door behind it."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import format_datetime
from typing import Any

import httpx
import uvicorn

from core.clock import AMSTERDAM, Clock, FrozenClock
from ingest.connector import Connector, Submit
from ingest.connectors import mail, webhook, whatsapp_cloud
from ingest.webhook.app import WebhookApp
from ingest.whatsapp_cloud.app import WhatsAppApp
from tests.faults.line import FORBIDDEN, Line, until, words
from tests.partners.fault_proxy import FaultProxy
from tests.samples import webhook as app
from tests.samples import whatsapp_cloud as meta
from tests.samples.mail import ANNA, GROUPS, letter, resolve, signed

#: Sends what is named so once; returns whether it was taken.
Send = Callable[[str], Awaitable[bool]]


class Sender:
    """Sends each thing again until it is told that it is stored, as the documents ask."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: list[str] = []

    def put(self, name: str) -> None:
        """Have something sent soon."""
        self._waiting.append(name)

    async def run(self) -> None:
        """Send what waits; the latest first now and then, since nobody promises an order."""
        turn = 0
        while True:
            turn += 1
            if not self._waiting:
                await asyncio.sleep(0.01)
                continue
            name = self._waiting[-1 if turn % 3 == 0 else 0]
            if await self._send(name):
                self._waiting.remove(name)
            else:
                await asyncio.sleep(0.02)


class Served:
    """A connector that is pushed to, with its door open while it runs."""

    def __init__(self, made: Any, proxy: FaultProxy, sender: Sender, door: Any) -> None:
        self._made = made
        self._proxy = proxy
        self._sender = sender
        self._door = door
        self.name, self.stream, self.consent = made.name, made.stream, made.consent

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Serve and send until ``stop``."""
        sending = asyncio.create_task(self._sender.run())
        try:
            if self._door is None:
                await self._receive(submit, stop)
            else:
                await self._serve(submit, stop, cursor)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _serve(self, submit: Submit, stop: asyncio.Event, cursor: str | None) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self._proxy.upstream = listener.getsockname()[1]
        config = uvicorn.Config(self._door(submit), log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await until(lambda: server.started, "the door opens")
        try:
            await self._made.run(submit, stop, cursor=cursor)
        finally:
            server.should_exit = True
            await serving
            # The loop closes sockets in a later turn than the one in which they were given up.
            for _ in range(3):
                await asyncio.sleep(0)

    async def _receive(self, submit: Submit, stop: asyncio.Event) -> None:
        receiving = asyncio.create_task(self._made.run(submit, stop))
        await until(lambda: bool(self._made.receiver and self._made.receiver.port), "it listens")
        self._proxy.upstream = self._made.receiver.port
        await receiving


def _connector(made: Any, proxy: FaultProxy, sender: Sender, door: Any) -> Connector:
    return Served(made, proxy, sender, door)


def _line(made: Any, proxy: FaultProxy, send: Send, door: Any) -> Line:
    sender = Sender(send)

    def write(n: int) -> None:
        sender.put(f"a{n}")
        sender.put(f"v{n}")

    return Line(_connector(made, proxy, sender, door), write, again=lambda n: sender.put(f"a{n}"))


async def _posted(
    client: httpx.AsyncClient, proxy: FaultProxy, path: str, body: bytes, headers: dict[str, str]
) -> bool:
    address = f"http://127.0.0.1:{proxy.port}{path}"
    with contextlib.suppress(httpx.HTTPError):
        answer = await client.post(address, content=body, headers=headers)
        return answer.is_success
    return False


@asynccontextmanager
async def by_webhook(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    made = webhook.connect("delft", app.OPTIONS, clock=clock)
    async with httpx.AsyncClient(trust_env=False, timeout=0.5) as client:

        async def send(name: str) -> bool:
            at = theirs.now().astimezone(AMSTERDAM).isoformat()
            event = app.message(name, sent_at=at, text=words(int(name[1:])))
            if name.startswith("v"):
                event["group"] = {"id": "g9", "name": FORBIDDEN}
                event["message"]["text"] = f"{FORBIDDEN} {name}"
            body = app.body_of(event)
            headers = app.signed(body, int(clock.now().timestamp()), id=f"msg_{name}")
            return await _posted(client, proxy, "/intake/webhook/delft/buurtapp", body, headers)

        yield _line(made, proxy, send, lambda submit: WebhookApp(made.senders, submit, clock))
    await made.close()


@asynccontextmanager
async def by_whatsapp(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    made = whatsapp_cloud.connect("delft", meta.OPTIONS)
    async with httpx.AsyncClient(trust_env=False, timeout=0.5) as client:

        async def send(name: str) -> bool:
            n, no = int(name[1:]), name.startswith("v")
            said = meta.text(
                f"{FORBIDDEN} {n}" if no else words(n),
                sender=meta.BEA if no else meta.ANNA,
                serial=n + 1,
                timestamp=str(int(theirs.now().timestamp())),
            )
            body = meta.body_of(meta.notification(meta.change(said)))
            return await _posted(client, proxy, "/intake/whatsapp/delft", body, meta.signed(body))

        yield _line(made, proxy, send, lambda submit: WhatsAppApp([made.number], submit, clock))
    await made.close()


@asynccontextmanager
async def by_lmtp(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    groups = GROUPS | {"elders": {"senders": ["@elders.example"]}}
    receiver = {"port": 0, "recipients": ["buurt@gemeente.example"]}
    made = mail.connect(
        "delft", {"groups": groups, "receiver": receiver}, resolve=resolve, clock=clock
    )

    async def send(name: str) -> bool:
        n, no = int(name[1:]), name.startswith("v")
        raw = signed(
            letter(
                f"{FORBIDDEN} {n}" if no else words(n),
                sender="x@elders.example" if no else ANNA,
                id=name,
                date=format_datetime(theirs.now().astimezone(AMSTERDAM)),
            )
        )
        return await asyncio.to_thread(_delivered, proxy.port, raw)

    yield _line(made, proxy, send, None)


def _delivered(port: int, raw: bytes) -> bool:
    try:
        with smtplib.LMTP("127.0.0.1", port, timeout=0.5) as client:
            return not client.sendmail("mta@x.example", ["buurt@gemeente.example"], raw)
    except (OSError, smtplib.SMTPException, ValueError):
        return False
