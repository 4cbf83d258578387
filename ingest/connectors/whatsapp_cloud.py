# SPDX-License-Identifier: EUPL-1.2
"""A municipality's own WhatsApp number, to which residents forward messages (1:1, Cloud API)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

from core import errors
from core.message import Origin
from ingest.connector import Submit
from ingest.options import Options
from ingest.whatsapp_cloud.number import SOURCE, Number
from ingest.whatsapp_cloud.seal import Seal
from ingest.whatsapp_cloud.speaker import Graph, WhatsAppSpeaker

_OPTIONS = (
    *("phone_number_id", "secrets", "verify_token", "chat_key"),
    *("token", "graph", "origin"),
)
#: Where Meta's Graph API is.
GRAPH = "https://graph.facebook.com/v23.0"

_ID = re.compile(r"[0-9]{5,25}")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class WhatsAppCloud:
    """One number; what residents send comes in through ``WhatsAppApp``."""

    name = SOURCE
    #: A source that pushes has no cursor.
    stream = ""
    consent = "Wie naar het nummer schrijft, stuurt eerst JA; tot dan wordt niets gelezen."

    def __init__(self, number: Number, graph: Graph | None) -> None:
        self.number = number
        self._speaker = WhatsAppSpeaker(number, graph)

    def __repr__(self) -> str:
        return f"<WhatsAppCloud {self.number.tenant}>"

    async def run(
        self,
        submit: Submit,  # noqa: ARG002 - Meta comes to us; ``WhatsAppApp`` submits
        stop: asyncio.Event,
        *,
        cursor: str | None = None,  # noqa: ARG002
    ) -> None:
        """Wait for ``stop``: there is nothing to fetch."""
        await stop.wait()

    async def say(
        self,
        chat: str,
        text: str,
        reply_to: str | None = None,
        *,
        key: str | None = None,  # noqa: ARG002 - Meta cannot drop a repeat
    ) -> str:
        """Say ``text`` in ``chat``; return the new message's id."""
        return await self._speaker.say(chat, text, reply_to)

    async def close(self) -> None:
        """Close what ``say`` opened."""
        await self._speaker.close()


def connect(tenant: str, options: Mapping[str, Any]) -> WhatsAppCloud:
    """Return the connector; without ``token`` it listens and cannot answer."""
    given = Options(SOURCE, options, _OPTIONS)
    phone_number_id = given.text("phone_number_id")
    if not _ID.fullmatch(phone_number_id):
        _refuse("'phone_number_id' is Meta's id of the number: digits only, as a text")
    number = Number(
        tenant=tenant,
        phone_number_id=phone_number_id,
        secrets=_secrets(options.get("secrets")),
        verify_token=_secret("verify_token", given.text("verify_token")),
        seal=Seal(given.text("chat_key"), tenant),
        origin=Origin(given.choice("origin", [o.value for o in Origin]) or Origin.REPORT),
    )
    return WhatsAppCloud(number, _graph(options))


def _secrets(value: object) -> tuple[str, ...]:
    secrets = [value] if isinstance(value, str) else value
    if not isinstance(secrets, (list, tuple)) or not secrets:
        _refuse("needs 'secrets': the app secret, newest first")
    return tuple(_secret("secrets", secret) for secret in secrets)


def _graph(options: Mapping[str, Any]) -> Graph | None:
    address = options.get("graph", GRAPH)
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        _refuse("'graph' must be an https:// address without password or query")
    if "token" not in options:
        return None
    return Graph(base_url=str(address).rstrip("/"), token=_secret("token", options["token"]))


def _secret(name: str, value: object) -> str:
    # Nothing that could end a header, and nothing short enough to guess.
    longest = 1000 if name == "token" else 200
    if not isinstance(value, str) or not re.fullmatch(rf"[\x21-\x7e]{{16,{longest}}}", value):
        _refuse(f"'{name}' must have 16 to {longest} visible characters without spaces")
    return value


def _refuse(what: str) -> NoReturn:
    raise errors.ConfigurationError(f"connector whatsapp_cloud: {what}")
