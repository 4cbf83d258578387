# SPDX-License-Identifier: EUPL-1.2
"""The little of ASGI that a plain intake route needs: a body within limits, an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from core import errors

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class HungUp(Exception):
    """Who asked did not wait for an answer."""


async def body_of(receive: Receive, *, most_bytes: int, patience: float) -> bytes:
    """Return the whole body as it was sent.

    Raises ``TooLarge``, ``TimeoutError`` after ``patience`` seconds, or ``HungUp``.
    """
    body, more = bytearray(), True
    async with asyncio.timeout(patience):
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise HungUp
            body += message.get("body", b"")
            if len(body) > most_bytes:
                raise errors.TooLarge(f"at most {most_bytes} bytes are accepted")
            more = message.get("more_body", False)
    return bytes(body)


async def answer(
    send: Send,
    status: int,
    text: str = "",
    headers: tuple[tuple[bytes, bytes], ...] = (),
    *,
    content_type: bytes = b"text/plain; charset=utf-8",
) -> None:
    """Answer with plain text that nobody keeps or interprets."""
    raw = text.encode()
    head = [
        (b"content-type", content_type),
        (b"content-length", str(len(raw)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": raw})
