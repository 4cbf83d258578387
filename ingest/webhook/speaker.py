# SPDX-License-Identifier: EUPL-1.2
"""Tells an app what the bot says in one of its groups."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import httpx
import msgspec

from core import errors
from core.clock import Clock
from ingest.limits import is_id
from ingest.webhook.sender import Sender
from ingest.webhook.signature import key_of, sign

#: Most bytes of an answer that are read.
_MOST_ANSWER = 64 * 1024
#: Answers after which trying again helps.
_LATER = frozenset({408, 425, 429, *range(500, 600)})


class _Said(msgspec.Struct, frozen=True):
    #: What the app calls the new message.
    id: str = ""


class WebhookSpeaker:
    """Posts signed messages to the apps' own addresses."""

    def __init__(self, senders: Iterable[Sender], clock: Clock, *, timeout: float = 10.0) -> None:
        self._senders = {sender.name: sender for sender in senders}
        self._clock = clock
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def say(
        self, chat: str, text: str, reply_to: str | None = None, *, key: str | None = None
    ) -> str:
        """Say ``text``; return the id that the app gives it. A repeat carries the same ``key``."""
        name, _, group = chat.partition("/")
        sender = self._senders.get(name)
        if sender is None or sender.callback is None:
            raise errors.TargetRefused(f"webhook: no app '{name}' with an address to speak to")
        message_id = key or f"zeg_{uuid.uuid4().hex}"
        said = {"type": "message.say", "group": {"id": group}, "text": text, "reply_to": reply_to}
        answer = await self._post(sender, message_id, msgspec.json.encode(said))
        return _id_in(answer) or message_id

    async def close(self) -> None:
        """Close the connections; the next ``say`` opens them again."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _post(self, sender: Sender, message_id: str, body: bytes) -> bytes:
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=self._timeout, follow_redirects=False, trust_env=False
            )
        try:
            async with self._client.stream(
                "POST",
                str(sender.callback),
                content=body,
                headers=self._headers(sender, message_id, body),
            ) as response:
                _judge(sender.name, response)
                return await _begin_of(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise errors.TargetUnavailable(
                f"webhook: {sender.name} cannot be reached ({type(error).__name__})"
            ) from None

    def _headers(self, sender: Sender, message_id: str, body: bytes) -> dict[str, str]:
        now = self._clock.now()
        return {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": sign(
                key_of(sender.callback_secret or ""), message_id, now, body.decode()
            ),
        }


def _judge(name: str, response: httpx.Response) -> None:
    if response.is_success:
        return
    said = f"webhook: {name} answered {response.status_code}"
    if response.status_code in _LATER:
        raise errors.TargetUnavailable(said, retry_after=_retry_after(response))
    raise errors.TargetRefused(said)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdecimal() and len(value) < 7 else None


async def _begin_of(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MOST_ANSWER:
            break
    return bytes(body)


def _id_in(answer: bytes) -> str | None:
    # It has been said already, so an odd answer is no reason to say it again.
    try:
        said = msgspec.json.decode(answer, type=_Said)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return said.id if is_id(said.id) else None
