# SPDX-License-Identifier: EUPL-1.2
"""The door for apps: ``POST /intake/webhook/{municipality}/{app}``, answered after the commit.

Plain ASGI, because the framework beside it takes three times as long per message. A 202 means that
everything which was not rejected is stored; killed before it, the app gets no answer and sends
the same message again, and its ids make that harmless.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import asdict
from typing import Any

import msgspec

from core import errors
from core.clock import Clock
from core.message import Batch
from ingest.connector import Submit
from ingest.webhook import problem
from ingest.webhook.problem import Problem, Refused
from ingest.webhook.reading import Reading, read
from ingest.webhook.sender import SOURCE, Sender
from ingest.webhook.signature import Seal, Verifier

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: Addresses of this door begin with this.
PREFIX = "/intake/webhook/"
#: Most bytes of a body.
MOST_BYTES = 1024 * 1024

_JSON = (b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8")


class _HungUp(Exception):
    """The app did not wait for an answer."""


class WebhookApp:
    """An ASGI application for all apps of all municipalities."""

    def __init__(
        self,
        senders: Iterable[Sender],
        submit: Submit,
        clock: Clock,
        *,
        most_bytes: int = MOST_BYTES,
        patience: float = 15.0,
        retry_after: int = 2,
    ) -> None:
        """``patience``: seconds for a body to arrive; ``retry_after``: what a 503 asks for."""
        self._senders = {
            (sender.tenant, sender.name): (sender, Verifier(sender.secrets)) for sender in senders
        }
        self._submit = submit
        self._clock = clock
        self._most_bytes = most_bytes
        self._patience = patience
        self._retry_after = retry_after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        try:
            reading = await self._take(scope, receive)
        except Refused as refused:
            await _refuse(send, refused.problem)
        except _HungUp:
            return
        else:
            body = {"accepted": len(reading.items), "rejected": _listed(reading)}
            await _answer(send, 202, b"application/json", body, {})

    async def _take(self, scope: Scope, receive: Receive) -> Reading:
        sender, verifier = self._sender(scope["path"])
        headers: dict[bytes, bytes] = dict(scope["headers"])
        self._check(scope["method"], headers)
        body = await self._body(headers, receive)
        seal = self._verified(sender, verifier, headers, body)
        reading = read(body, sender, seal.id, self._clock.now())
        if not reading.items:
            raise Refused(problem.all_rejected(_listed(reading)))
        await self._store(sender, reading)
        return reading

    def _sender(self, path: str) -> tuple[Sender, Verifier]:
        tenant, _, name = path.removeprefix(PREFIX).partition("/")
        found = self._senders.get((tenant, name)) if path.startswith(PREFIX) else None
        if found is None:
            raise Refused(problem.NOT_FOUND)
        return found

    def _check(self, method: str, headers: Mapping[bytes, bytes]) -> None:
        if method != "POST":
            raise Refused(problem.NO_METHOD)
        encoding = headers.get(b"content-encoding", b"identity")
        if headers.get(b"content-type", b"").lower() not in _JSON or encoding != b"identity":
            raise Refused(problem.NO_TYPE)
        length = headers.get(b"content-length")
        if length is None and b"transfer-encoding" not in headers:
            raise Refused(problem.NO_LENGTH)
        if length is not None and length.isdigit() and int(length[:20]) > self._most_bytes:
            raise Refused(problem.too_large(self._most_bytes))

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
        if not headers.keys() >= {b"webhook-id", b"webhook-timestamp", b"webhook-signature"}:
            raise Refused(problem.UNSIGNED)
        try:
            async with asyncio.timeout(self._patience):
                body = await self._received(receive)
        except TimeoutError:
            raise Refused(problem.TOO_SLOW) from None
        if not body:
            raise Refused(problem.EMPTY)
        return body

    async def _received(self, receive: Receive) -> bytes:
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _HungUp
            body += message.get("body", b"")
            if len(body) > self._most_bytes:
                raise Refused(problem.too_large(self._most_bytes))
            more = message.get("more_body", False)
        return bytes(body)

    def _verified(
        self, sender: Sender, verifier: Verifier, headers: Mapping[bytes, bytes], body: bytes
    ) -> Seal:
        seal = Seal(
            id=headers[b"webhook-id"].decode("latin-1"),
            timestamp=headers[b"webhook-timestamp"].decode("latin-1"),
            signature=headers[b"webhook-signature"].decode("latin-1"),
        )
        try:
            verifier.verify(seal, body.decode(), self._clock.now())
        except UnicodeDecodeError:
            raise Refused(problem.NO_UTF8) from None
        except errors.NotAuthentic as error:
            log.warning("webhook: %s/%s was refused: %s", sender.tenant, sender.name, error)
            raise Refused(problem.not_authentic(str(error))) from None
        return seal

    async def _store(self, sender: Sender, reading: Reading) -> None:
        batch = Batch(tenant=sender.tenant, source=SOURCE, items=reading.items, stream=sender.name)
        try:
            await self._submit(batch)
        except errors.Overloaded:
            raise Refused(problem.later(self._retry_after)) from None
        except Exception as error:  # noqa: BLE001 - nothing was stored, so the app must try again
            # Only the kind of error: its words could quote what was being stored.
            log.error("webhook: a batch was not stored: %s", type(error).__name__)  # noqa: TRY400
            raise Refused(problem.later(5 * self._retry_after)) from None


def _listed(reading: Reading) -> list[dict[str, Any]]:
    return [asdict(each) for each in reading.rejected]


async def _refuse(send: Send, refusal: Problem) -> None:
    await _answer(
        send, refusal.status, b"application/problem+json", refusal.body(), refusal.headers
    )


async def _answer(
    send: Send, status: int, kind: bytes, body: Mapping[str, Any], headers: Mapping[str, str]
) -> None:
    raw = msgspec.json.encode(body)
    head = [(b"content-type", kind), (b"content-length", str(len(raw)).encode())]
    head += [(b"cache-control", b"no-store")]
    head += [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": raw})


async def _live(receive: Receive, send: Send) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
