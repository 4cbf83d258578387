# SPDX-License-Identifier: EUPL-1.2
"""Before every call: which version answers, who calls, how often, and how much is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.caller import Caller
from dashboard.api.keyring import Keyring
from dashboard.api.meter import Meter
from dashboard.api.problem import problem
from dashboard.forms import SMALL
from dashboard.services import Services

#: Full version of the interface; its first number stands in the address.
VERSION = "1.0.0"
#: Calls are counted over this time.
SPAN = timedelta(minutes=1)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Longest token that is looked up.
_LONGEST = 200


class Gate:
    """Puts the version and the limits on every answer, and lets no stranger send anything."""

    def __init__(self, app: ASGIApp, *, services: Services) -> None:
        self._app = app
        self._clock = services.clock
        self._keyring = Keyring(services)
        self._meter = Meter(services.settings.api_calls, SPAN)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on when it may go on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        shown = _shown(request)
        caller = await run_in_threadpool(self._keyring.find, shown) if shown else None
        left = self._meter.spend(_who(request, caller), self._clock.now())
        dressed = _dressed(send, {"API-Version": VERSION} | left.headers)
        unknown = "authorization" in request.headers and caller is None
        stranger = caller is None and request.method not in _SAFE
        if left.spent:
            await problem(429)(scope, receive, dressed)
        elif unknown or stranger:
            await problem(401)(scope, receive, dressed)
        elif _size(request) > SMALL:
            await problem(413)(scope, receive, dressed)
        else:
            request.state.caller = caller
            await self._app(scope, _Limited(receive), dressed)


class _Limited:
    """Stops reading a body that is larger than it said, or said nothing."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > SMALL:
            raise HTTPException(413)
        return message


def _dressed(send: Send, headers: Mapping[str, str]) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return dressed


def _shown(request: Request) -> str:
    """Return the token that came along; empty for none, or for what cannot be one."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    value = value.strip()
    return value if kind.lower() == "bearer" and len(value) <= _LONGEST else ""


def _who(request: Request, caller: Caller | None) -> str:
    """Name who is counted: the token, or else the address, in memory only."""
    if caller is not None:
        return f"token {caller.token.id}"
    return f"address {request.client.host if request.client else '-'}"


def _size(request: Request) -> int:
    given = request.headers.get("content-length", "0")
    return int(given) if given.isascii() and given.isdigit() else 0
