# SPDX-License-Identifier: EUPL-1.2
"""Answers residents through Meta's Graph API.

Source: developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages and
/support/error-codes;
as documented, not tried against the real service.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx
import msgspec

from core import errors
from ingest.whatsapp_cloud.number import Number

#: Longest text that WhatsApp takes.
LONGEST = 4096
#: Most bytes of an answer that are read.
_MOST_ANSWER = 64 * 1024
#: The resident wrote more than 24 hours ago; only a paid template may be sent then.
_WINDOW_CLOSED = 131047
#: Codes after which trying again helps: busy, too fast, away for a moment.
_LATER_CODES = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 133004})
_LATER = frozenset({408, 425, 429, *range(500, 600)})


class _Sent(msgspec.Struct, frozen=True):
    id: str = ""


class _Error(msgspec.Struct, frozen=True):
    code: int = 0


class _Answer(msgspec.Struct, frozen=True):
    messages: list[_Sent] = []
    error: _Error | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """Where the Graph API is and what opens it."""

    #: With its version: ``https://graph.facebook.com/v23.0``.
    base_url: str
    token: str = field(repr=False)


class WhatsAppSpeaker:
    """Sends plain texts; tells who asked whether trying again helps."""

    def __init__(self, number: Number, graph: Graph | None, *, timeout: float = 10.0) -> None:
        """``graph``: None when the municipality only listens."""
        self._number = number
        self._graph = graph
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def say(self, chat: str, text: str, reply_to: str | None = None) -> str:
        """Say ``text``; return the id of the new message."""
        if self._graph is None:
            raise errors.TargetRefused("whatsapp: there is no token, so nothing can be said")
        to = self._number.seal.number(chat)
        if to is None:
            raise errors.TargetRefused("whatsapp: this chat was sealed with another key")
        if len(text) > LONGEST:
            raise errors.TargetRefused(f"whatsapp: a text has at most {LONGEST} characters")
        answer = await self._post(self._graph, self._letter(to, text, reply_to))
        return self._number.seal.message(_id_in(answer))

    async def close(self) -> None:
        """Close the connections; the next ``say`` opens them again."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _letter(self, to: str, text: str, reply_to: str | None) -> bytes:
        letter = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": to,
            "type": "text",
            # No preview: WhatsApp would fetch the page for the resident.
            "text": {"preview_url": False, "body": text},
        }
        wamid = self._number.seal.wamid(reply_to) if reply_to else None
        context = {"context": {"message_id": wamid}} if wamid else {}
        return msgspec.json.encode(letter | context)

    async def _post(self, graph: Graph, body: bytes) -> bytes:
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=self._timeout, follow_redirects=False, trust_env=False
            )
        headers = {"authorization": f"Bearer {graph.token}", "content-type": "application/json"}
        url = f"{graph.base_url}/{self._number.phone_number_id}/messages"
        try:
            async with self._client.stream("POST", url, content=body, headers=headers) as response:
                answer = await _begin_of(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise errors.TargetUnavailable(
                f"whatsapp: cannot be reached ({type(error).__name__})"
            ) from None
        _judge(response, answer)
        return answer


async def _begin_of(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MOST_ANSWER:
            break
    return bytes(body)


def _judge(response: httpx.Response, answer: bytes) -> None:
    if response.is_success:
        return
    # Only the numbers: Meta's words can hold the resident's phone number.
    code = _decoded(answer).error or _Error()
    if code.code == _WINDOW_CLOSED:
        raise errors.TargetRefused(
            "whatsapp: the resident wrote more than 24 hours ago, so no answer is allowed (131047)"
        )
    said = f"whatsapp: Meta answered {response.status_code}, code {code.code}"
    if response.status_code in _LATER or code.code in _LATER_CODES:
        raise errors.TargetUnavailable(said, retry_after=_retry_after(response))
    raise errors.TargetRefused(said)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdecimal() and len(value) < 7 else None


def _decoded(answer: bytes) -> _Answer:
    # What was said has been said, so an odd answer is no reason to say it again.
    try:
        return msgspec.json.decode(answer, type=_Answer)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _Answer()


def _id_in(answer: bytes) -> str:
    sent = _decoded(answer).messages
    return sent[0].id if sent and 0 < len(sent[0].id) <= 120 else "onbekend"
