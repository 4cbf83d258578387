# SPDX-License-Identifier: EUPL-1.2
"""Doors for who watches the server: ``/healthz``, ``/readyz`` and ``/metrics`` (plain ASGI)."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import logging
from collections.abc import Callable, Mapping

from pydantic import SecretStr

from ingest.asgi import Receive, Scope, Send, answer

log = logging.getLogger(__name__)

#: Seconds that the database may take to say that it is there.
_PATIENCE = 3.0
#: A proxy leaves one of these; then who asks is not on this machine.
_FORWARDED = (b"x-forwarded-for", b"forwarded", b"x-forwarded-host", b"x-real-ip", b"via")


class Alive:
    """Says that the process answers; nothing else is looked at."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer one request."""
        await answer(send, 200 if scope["path"] == "/healthz" else 404, "goed\n")


class Ready:
    """Says whether work can be taken on: the database answers and the line is not stuck."""

    def __init__(self, database: Callable[[], None], stuck: Callable[[], bool]) -> None:
        """``database`` raises when it is away; ``stuck``: what was handed over stays lying."""
        self._database = database
        self._stuck = stuck

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer one request."""
        if scope["path"] != "/readyz":
            await answer(send, 404)
            return
        missing = await self._missing()
        await answer(send, 503 if missing else 200, f"{missing or 'goed'}\n")

    async def _missing(self) -> str:
        if self._stuck():
            return "line"
        try:
            async with asyncio.timeout(_PATIENCE):
                await asyncio.to_thread(self._database)
        except Exception as error:  # noqa: BLE001 - whatever it was, there is no database now
            log.warning("not ready: the database does not answer (%s)", type(error).__name__)
            return "database"
        return ""


class Numbers:
    """Gives the metrics: to who has the token; without one, on a trial machine only."""

    def __init__(
        self, page: Callable[[], str], *, token: SecretStr | None, content_type: bytes
    ) -> None:
        """``token`` None: only who is on this machine and did not come through a proxy."""
        self._page = page
        self._token = token
        self._content_type = content_type

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer one request."""
        # Who may not see it is not told that it is there.
        if scope["path"] != "/metrics" or not self._may(scope):
            await answer(send, 404)
            return
        text = await asyncio.to_thread(self._page)
        await answer(send, 200, text, content_type=self._content_type)

    def _may(self, scope: Scope) -> bool:
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        if self._token is not None:
            wanted = f"Bearer {self._token.get_secret_value()}".encode()
            return hmac.compare_digest(headers.get(b"authorization", b""), wanted)
        client = scope.get("client")
        near = client is not None and _is_here(client[0])
        return near and not any(name in headers for name in _FORWARDED)


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
