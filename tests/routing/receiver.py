# SPDX-License-Identifier: EUPL-1.2
"""A real web server of a municipality, that checks signatures with ``standardwebhooks``."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from tests.routing.samples import WEBHOOK_SECRET


@dataclass
class Receiver:
    """Keeps an event once per ``webhook-id``, and answers as it is told."""

    url: str = ""
    secret: str = WEBHOOK_SECRET
    #: By webhook-id.
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[Mapping[str, str]] = field(default_factory=list)
    #: Answer instead of accepting.
    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"reference": "MOR-2026-17"}'
    #: Answers 409 to a repeat, instead of accepting it again.
    strict: bool = False
    #: Checks the signature and its time.
    checks: bool = True

    async def take(self, request: web.Request) -> web.Response:
        """Check, keep, answer."""
        self.requests.append(dict(request.headers))
        body = await request.read()
        try:
            if self.checks:
                Webhook(self.secret).verify(body, dict(request.headers))
        except WebhookVerificationError:
            return web.Response(status=401)
        if self.status >= 300:
            return web.Response(status=self.status, headers=self.headers, body=self.body)
        key = request.headers["webhook-id"]
        if self.strict and key in self.events:
            return web.Response(status=409)
        self.events.setdefault(key, json.loads(body))
        return web.Response(
            status=self.status,
            headers=self.headers,
            body=self.body,
            content_type="application/json",
        )


@asynccontextmanager
async def receiver(context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Run a server, with TLS when there is a context."""
    taker = Receiver()
    app = web.Application()
    app.router.add_post("/meldingen", taker.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    taker.url = f"{'https' if context else 'http'}://127.0.0.1:{port}/meldingen"
    try:
        yield taker
    finally:
        await runner.cleanup()
