# SPDX-License-Identifier: EUPL-1.2
"""The live connectors of all municipalities, made from their tenant files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core import errors
from core.tenant import Tenant
from ingest.connector import Connector, Speaker
from ingest.registry import connector
from ingest.webhook.sender import Sender
from ingest.whatsapp_cloud.number import Number
from routing.target import Speak

#: Reads the secret in an environment variable.
Secret = Callable[[str], str]

_ENV = "_env"
#: Options that are secrets, whatever the connector.
_SECRETS = frozenset(
    {
        *("token", "secret", "secrets", "password", "callback_secret"),
        *("verify_token", "chat_key"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """One connector of one municipality."""

    tenant: str
    connector: Connector


def connect_all(tenants: Mapping[str, Tenant], secret: Secret) -> list[Connection]:
    """Return every connector that a tenant file names; ``ConfigurationError`` when one is odd."""
    return [
        Connection(tenant=slug, connector=connector(name)(slug, reveal(options, secret)))
        for slug, tenant in tenants.items()
        for name, options in tenant.connectors.items()
    ]


def reveal(options: Mapping[str, Any], secret: Secret) -> dict[str, Any]:
    """Replace every ``<name>_env`` by ``<name>`` with the secret that the variable holds.

    A list of variables gives a list of secrets (key rotation); tables are looked into.
    A secret that stands in the file itself is refused: files are copied, mailed and committed.
    """
    found: dict[str, Any] = {}
    for key, value in options.items():
        if key in _SECRETS:
            raise errors.ConfigurationError(
                f"'{key}' does not belong in a tenant file; name a variable with {key}_env"
            )
        if isinstance(value, Mapping):
            found[key] = reveal(value, secret)
        elif not key.endswith(_ENV):
            found[key] = value
        elif isinstance(value, list):
            found[key.removesuffix(_ENV)] = [secret(name) for name in value]
        else:
            found[key.removesuffix(_ENV)] = secret(value)
    return found


def senders(connections: list[Connection]) -> list[Sender]:
    """Return the apps that may send webhooks, of all municipalities."""
    return [sender for c in connections for sender in getattr(c.connector, "senders", ())]


def numbers(connections: list[Connection]) -> list[Number]:
    """Return the WhatsApp numbers that residents may write to, of all municipalities."""
    found = (getattr(c.connector, "number", None) for c in connections)
    return [number for number in found if isinstance(number, Number)]


def speaking(connections: list[Connection]) -> frozenset[str]:
    """Return the sources in whose chats something can be said."""
    return frozenset(c.connector.name for c in connections if isinstance(c.connector, Speaker))


def voice_of(tenant: str, connections: list[Connection]) -> Speak:
    """Return what speaks in any chat of one municipality."""
    voices = {
        c.connector.name: c.connector
        for c in connections
        if c.tenant == tenant and isinstance(c.connector, Speaker)
    }

    async def speak(source: str, chat: str, text: str, reply_to: str | None, key: str) -> str:
        voice = voices.get(source)
        if voice is None:
            raise errors.TargetRefused(f"bron '{source}' kan niet praten")
        return await voice.say(chat, text, reply_to, key=key)

    return speak
