# SPDX-License-Identifier: EUPL-1.2
"""Speaks with a homeserver: one request at a time, discreetly, and never longer than asked.

Paths and fields are those of the Matrix Client-Server API, version 3 of each endpoint
(https://spec.matrix.org/latest/client-server-api/). matrix-nio carries the requests and knows the
encryption; answers are taken as they are, because one odd event must not cost us the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from nio import AsyncClient, AsyncClientConfig
from nio.store import SqliteStore

from ingest.matrix.address import Address
from ingest.matrix.discretion import be_discreet

_ROOT = "/_matrix/client/v3"
Json = dict[str, Any]


class Trouble(Exception):
    """The server did not answer as it should; trying again can help."""

    def __init__(self, what: str, *, wait: float | None = None) -> None:
        super().__init__(what)
        #: Seconds the server asked us to wait, when it said so.
        self.wait = wait


class Refused(Exception):
    """The server understood, and says no; trying again does not help."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class TokenRefused(Refused):
    """The server does not know this token (any more)."""


class Api:
    """A bot with its connections, and its keys when it has any."""

    def __init__(self, address: Address) -> None:
        be_discreet()
        self._address = address
        with_keys = address.keys is not None
        #: The library's client; ``ingest.matrix.vault`` uses its encryption.
        self.client = AsyncClient(
            address.homeserver,
            address.user,
            store_path=str(address.keys) if with_keys else "",
            config=AsyncClientConfig(
                # Waiting is our own business: the library would wait without end.
                max_limit_exceeded=0,
                max_timeouts=0,
                request_timeout=address.timeout,
                store=SqliteStore,
                encryption_enabled=with_keys,
                pickle_key=address.secret,
            ),
        )

    async def ask(
        self, *path: str, query: Mapping[str, str | int] | None = None, patience: float = 0
    ) -> Any:
        """Return the answer to a GET; it may take ``patience`` seconds longer than others."""
        return await self._request("GET", path, query, None, patience)

    async def tell(
        self, *path: str, body: Mapping[str, Any], query: Mapping[str, str | int] | None = None
    ) -> Any:
        """Return the answer to a POST."""
        return await self._request("POST", path, query, body, 0)

    async def put(self, *path: str, body: Mapping[str, Any]) -> Any:
        """Return the answer to a PUT."""
        return await self._request("PUT", path, None, body, 0)

    async def close(self) -> None:
        """Close all connections, and the keys."""
        await self.client.close()
        if self.client.store is not None:
            self.client.store.database.close()

    async def _request(
        self,
        method: str,
        path: tuple[str, ...],
        query: Mapping[str, str | int] | None,
        body: Mapping[str, Any] | None,
        patience: float,
    ) -> Any:
        where = "/".join((_ROOT, *(quote(part, safe="") for part in path)))
        answer = await self.client.send(
            method,
            f"{where}?{urlencode(query)}" if query else where,
            None if body is None else json.dumps(body),
            {
                "Authorization": f"Bearer {self._address.token}",
                "Content-Type": "application/json",
            },
            timeout=self._address.timeout + patience,
        )
        try:
            content = _parsed(await answer.read())
        finally:
            answer.release()
        if answer.status == 200 and content is not None:
            return content
        raise _failure(answer.status, content, answer.headers.get("Retry-After"))


def seconds_of(error: Exception) -> float | None:
    """Return how long the server asked to wait, if it did."""
    return error.wait if isinstance(error, Trouble) else None


def _parsed(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def _failure(status: int, content: Any, header: str | None) -> Exception:
    fields = content if isinstance(content, dict) else {}
    found = fields.get("errcode")
    code = found if isinstance(found, str) and found.startswith("M_") else ""
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        return Trouble("asked to wait", wait=_wait(fields.get("retry_after_ms"), header))
    if code in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"}:
        return TokenRefused(status, code)
    if 400 <= status < 500 and code:
        return Refused(status, code)
    return Trouble(f"status {status}" if status != 200 else "the answer is no JSON")


def _wait(milliseconds: object, header: str | None) -> float:
    # The header is the newer way; older servers only have the field.
    if header is not None and header.isdecimal():
        return float(header)
    if isinstance(milliseconds, (int, float)) and milliseconds >= 0:
        return milliseconds / 1000
    return 1.0
