# SPDX-License-Identifier: EUPL-1.2
"""Receivers outside: police, municipality and the groups' app; every signature is checked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.rig.installation import SECRET


class Town:
    """Takes in what Buurtsignaal sends, by path."""

    def __init__(self) -> None:
        self.url = ""
        self.received: dict[str, list[dict[str, Any]]] = {}

    def got(self, path: str) -> list[dict[str, Any]]:
        """Return what came in at a path, in order."""
        return self.received.get(path, [])

    async def take(self, request: web.Request) -> web.Response:
        """Take one signed POST."""
        body = await request.read()
        if not _signed(request, body):
            return web.json_response({"detail": "wrong signature"}, status=401)
        here = self.received.setdefault(request.path, [])
        here.append(json.loads(body))
        return web.json_response({"id": f"{request.path}-{len(here)}"})


def _signed(request: web.Request, body: bytes) -> bool:
    name, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mac = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}" in request.headers["webhook-signature"].split()


@asynccontextmanager
async def town() -> AsyncIterator[Town]:
    """Serve the receivers on a free port of this machine."""
    made = Town()
    app = web.Application()
    app.router.add_post("/{where}", made.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
