# SPDX-License-Identifier: EUPL-1.2
"""A web server on this machine that offers feeds, with ETag and Last-Modified (RFC 9110)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(kw_only=True)
class FeedServer:
    """What it offers at each path, and what it was asked."""

    pages: dict[str, bytes] = field(default_factory=dict)
    #: An answer of its own for a path: status and headers, once or until taken away.
    faults: dict[str, tuple[int, Mapping[str, str]]] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        answer = self._answer(request)
        self.statuses.append(answer.status)
        return answer

    def _answer(self, request: web.Request) -> web.Response:
        if fault := self.faults.get(request.path):
            whole = self.pages.get(request.path) if fault[0] == 200 else None
            return web.Response(status=fault[0], headers=dict(fault[1]), body=whole)
        body = self.pages.get(request.path)
        if body is None:
            return web.Response(status=404)
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, content_type="application/xml", headers={"ETag": etag})


@asynccontextmanager
async def feed_server(**pages: bytes) -> AsyncIterator[FeedServer]:
    """Serve until the block ends; ``news=b"…"`` is offered at ``/news``."""
    served = FeedServer(pages={f"/{name}": body for name, body in pages.items()})
    app = web.Application()
    app.router.add_get("/{path:.*}", served.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    served.port = server.port or 0
    try:
        yield served
    finally:
        await server.close()


async def soon(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
