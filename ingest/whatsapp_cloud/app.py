# SPDX-License-Identifier: EUPL-1.2
"""The door for Meta: ``/intake/whatsapp/{municipality}``, plain ASGI, answered after the commit.

A 200 means that everything we read is stored. Without one Meta sends the same body again, for
days; its messages have ids, so a repeat changes nothing.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from urllib.parse import parse_qsl

from core import errors
from core.clock import Clock
from core.message import Batch
from ingest.asgi import HungUp, Receive, Scope, Send, answer, body_of
from ingest.connector import Submit
from ingest.whatsapp_cloud.number import SOURCE, Number
from ingest.whatsapp_cloud.reading import Reading, read
from ingest.whatsapp_cloud.signature import challenge_in, verify

log = logging.getLogger(__name__)

#: Addresses of this door begin with this.
PREFIX = "/intake/whatsapp/"
#: Most bytes of a body: Meta's own limit.
MOST_BYTES = 3 * 1024 * 1024
#: Longest query of a handshake.
_MOST_QUERY = 2_000


class _NotStored(Exception):
    """Nothing was stored, so Meta must try again.

    Holds only the kind of error: its words could quote what was being stored.
    """


class WhatsAppApp:
    """An ASGI application for the numbers of all municipalities."""

    def __init__(
        self,
        numbers: Iterable[Number],
        submit: Submit,
        clock: Clock,
        *,
        most_bytes: int = MOST_BYTES,
        patience: float = 15.0,
        retry_after: int = 2,
    ) -> None:
        """``patience``: seconds for a body to arrive; ``retry_after``: what a 503 asks for."""
        self._numbers = {number.tenant: number for number in numbers}
        self._submit = submit
        self._clock = clock
        self._most_bytes = most_bytes
        self._patience = patience
        self._retry_after = retry_after
        #: What was left out, by kind, since the start; numbers only.
        self.tally: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        number = self._number(scope["path"])
        if number is None:
            await answer(send, 404)
        elif scope["method"] == "GET":
            await self._shake_hands(number, scope, send)
        elif scope["method"] == "POST":
            await self._take(number, scope, receive, send)
        else:
            await answer(send, 405, headers=((b"allow", b"GET, POST"),))

    def _number(self, path: str) -> Number | None:
        return self._numbers.get(path.removeprefix(PREFIX)) if path.startswith(PREFIX) else None

    async def _shake_hands(self, number: Number, scope: Scope, send: Send) -> None:
        query = scope.get("query_string", b"")[:_MOST_QUERY].decode("latin-1")
        try:
            challenge = challenge_in(dict(parse_qsl(query, max_num_fields=20)), number.verify_token)
        except errors.NotAuthentic:
            self.tally["handshake-refused"] += 1
            await answer(send, 403)
        except (errors.BadInput, ValueError):
            await answer(send, 400)
        else:
            await answer(send, 200, challenge)

    async def _take(self, number: Number, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            body = await self._body(headers, receive)
            verify(number.secrets, headers.get(b"x-hub-signature-256"), body)
            reading = read(body, number, self._clock.now())
            await self._store(number, reading)
        except HungUp:
            return
        except (errors.BadInput, TimeoutError, _NotStored) as error:
            await self._refuse(number, error, send)
        else:
            self.tally += reading.left_out
            await answer(send, 200)

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length[:20]) > self._most_bytes:
            raise errors.TooLarge(f"at most {self._most_bytes} bytes are accepted")
        return await body_of(receive, most_bytes=self._most_bytes, patience=self._patience)

    async def _store(self, number: Number, reading: Reading) -> None:
        if not reading.items:
            return
        try:
            await self._submit(Batch(tenant=number.tenant, source=SOURCE, items=reading.items))
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing was stored
            raise _NotStored(_kind(error)) from None

    async def _refuse(self, number: Number, error: Exception, send: Send) -> None:
        status = _status_of(error)
        self.tally[f"refused-{status}"] += 1
        if isinstance(error, _NotStored):
            log.error("whatsapp: %s: a body was not stored: %s", number.tenant, error)
            await answer(send, status, headers=((b"retry-after", b"%d" % self._retry_after),))
            return
        log.warning("whatsapp: %s: a body was refused: %s", number.tenant, _kind(error))
        await answer(send, status)


def _status_of(error: Exception) -> int:
    match error:
        case errors.TooLarge():
            return 413
        case errors.NotAuthentic():
            return 401
        case errors.BadInput():
            return 400
        case TimeoutError():
            return 408
        case _:
            return 503


def _kind(error: Exception) -> str:
    return type(error).__name__
