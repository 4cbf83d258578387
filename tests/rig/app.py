# SPDX-License-Identifier: EUPL-1.2
"""A neighbourhood app: signs what its members write, by hand, and never gives up."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx

from tests.rig.installation import SECRET, SENDER, TENANT, Installation


class App:
    """Sends signed webhooks (Standard Webhooks 1.0) until each is taken."""

    def __init__(self, installation: Installation, client: httpx.AsyncClient) -> None:
        self._url = f"{installation.url}/intake/webhook/{TENANT}/{SENDER}"
        self._client = client
        self._numbers = count(1)
        self._key = base64.b64decode(SECRET.removeprefix("whsec_"))
        #: Answers by status, retries included.
        self.retries = 0

    async def write(self, group: str, sender: str, text: str, *, id: str | None = None) -> None:
        """Let a member write a message."""
        number = next(self._numbers)
        message = {"id": id or f"m{number}", "sender": sender, "text": text, "sent_at": _now()}
        event = {"type": "message.created", "group": {"id": group}, "message": message}
        await self.send(event, f"w{id or number}")

    async def command(self, group: str, name: str, *, role: str = "owner") -> None:
        """Let somebody give a command."""
        number = next(self._numbers)
        command = {"id": f"c{number}", "name": name, "role": role, "sender": "b", "at": _now()}
        event = {"type": "command", "group": {"id": group, "name": group}, "command": command}
        await self.send(event, f"c{number}")

    async def send(self, event: dict[str, Any], name: str) -> httpx.Response:
        """Send one event; again after a cut or an error of the server."""
        body = json.dumps(event).encode()
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = await self._client.post(
                    self._url, content=body, headers=self.headers(name, body)
                )
                if answer.status_code < 500:
                    answer.raise_for_status()
                    return answer
            self.retries += 1
            await asyncio.sleep(0.05)

    def headers(self, name: str, body: bytes) -> dict[str, str]:
        """Return the headers of a signed body."""
        stamp = str(int(time.time()))
        signed = f"{name}.{stamp}.".encode() + body
        mac = base64.b64encode(hmac.new(self._key, signed, hashlib.sha256).digest()).decode()
        return {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{mac}",
        }


def _now() -> str:
    return datetime.now(UTC).isoformat()
