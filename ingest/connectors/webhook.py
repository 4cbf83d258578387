# SPDX-License-Identifier: EUPL-1.2
"""Neighbourhood apps that send signed webhooks; their makers read ``docs/reference/webhook.md``."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from core import errors
from core.clock import Clock, SystemClock
from core.message import Origin
from ingest.connector import Submit
from ingest.webhook.sender import SOURCE, Sender
from ingest.webhook.signature import key_of
from ingest.webhook.speaker import WebhookSpeaker

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_OPTIONS = frozenset({"secrets", "origin", "callback", "callback_secret"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class WebhookConnector:
    """The apps of one municipality; what they send comes in through ``WebhookApp``."""

    name = SOURCE
    #: Each app is a stream of its own; a source that pushes has no cursor.
    stream = ""
    consent = (
        "De app meldt dat een beheerder van de groep toestemming geeft; "
        "tot dan wordt niets gelezen."
    )

    def __init__(self, senders: Sequence[Sender], clock: Clock) -> None:
        self.senders = tuple(senders)
        self._speaker = WebhookSpeaker(senders, clock)

    async def run(
        self,
        submit: Submit,  # noqa: ARG002 - apps come to us; ``WebhookApp`` submits
        stop: asyncio.Event,
        *,
        cursor: str | None = None,  # noqa: ARG002
    ) -> None:
        """Wait for ``stop``: there is nothing to fetch."""
        await stop.wait()

    async def say(
        self, chat: str, text: str, reply_to: str | None = None, *, key: str | None = None
    ) -> str:
        """Say ``text`` in ``chat``; return the new message's id."""
        return await self._speaker.say(chat, text, reply_to, key=key)

    async def close(self) -> None:
        """Close what ``say`` opened."""
        await self._speaker.close()


def connect(
    tenant: str, options: Mapping[str, Any], *, clock: Clock | None = None
) -> WebhookConnector:
    """Return the connector; ``senders`` holds a table of options for each app."""
    senders = options.get("senders")
    if not isinstance(senders, Mapping) or not senders or set(options) - {"senders"}:
        raise errors.ConfigurationError(
            "connector webhook needs one option, 'senders': a table for each app"
        )
    made = [_sender(tenant, name, table) for name, table in senders.items()]
    return WebhookConnector(made, clock or SystemClock())


def _sender(tenant: str, name: str, table: object) -> Sender:
    where = f"connector webhook: sender '{name}'"
    if not _NAME.fullmatch(name):
        raise errors.ConfigurationError(f"{where} may have small letters, digits and hyphens only")
    if not isinstance(table, Mapping):
        raise errors.ConfigurationError(f"{where} must be a table")
    if odd := sorted(set(table) - _OPTIONS):
        known = ", ".join(sorted(_OPTIONS))
        raise errors.ConfigurationError(f"{where} has no option '{odd[0]}'; there are: {known}")
    return Sender(
        tenant=tenant,
        name=name,
        secrets=_secrets(where, table.get("secrets")),
        origin=_origin(where, table.get("origin", Origin.CHAT.value)),
        callback=_callback(where, table),
        callback_secret=table.get("callback_secret"),
    )


def _secrets(where: str, value: object) -> tuple[str, ...]:
    secrets = [value] if isinstance(value, str) else value
    if not isinstance(secrets, (list, tuple)) or not secrets:
        raise errors.ConfigurationError(f"{where} needs 'secrets', newest first")
    return tuple(_usable(where, secret) for secret in secrets)


def _usable(where: str, secret: object) -> str:
    if not isinstance(secret, str):
        raise errors.ConfigurationError(f"{where} has a secret that is no text")
    try:
        key_of(secret)
    except errors.ConfigurationError as error:
        raise errors.ConfigurationError(f"{where}: {error}") from None
    return secret


def _origin(where: str, value: object) -> Origin:
    choices = [origin.value for origin in Origin]
    if value not in choices:
        raise errors.ConfigurationError(f"{where}: 'origin' must be one of: {', '.join(choices)}")
    return Origin(value)


def _callback(where: str, table: Mapping[str, Any]) -> str | None:
    address = table.get("callback")
    if address is None:
        return None
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or "@" in parts.netloc or parts.query:
        raise errors.ConfigurationError(
            f"{where}: 'callback' must be an https:// address without password or query"
        )
    _usable(f"{where}: callback_secret", table.get("callback_secret"))
    return str(address)
