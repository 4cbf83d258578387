# SPDX-License-Identifier: EUPL-1.2
"""Signatures of Standard Webhooks: who sent this, and was it just now?"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from core import errors
from ingest.limits import is_id

#: A message may be this much older or newer than our clock.
WINDOW = timedelta(minutes=5)
#: Shortest and longest secret, in bytes, that Standard Webhooks allows.
SHORTEST, LONGEST = 24, 64
#: More signatures than this are not looked at.
_MOST_SIGNATURES = 10

#: Leaves room to number the events of a list after it.
_LONGEST_ID = 150

_SECONDS = re.compile(r"[1-9][0-9]{0,10}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """The three headers of a signed message."""

    id: str
    timestamp: str
    signature: str


class Verifier:
    """Accepts what was signed with any of the secrets."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [key_of(secret) for secret in secrets]

    def verify(self, seal: Seal, body: str, now: datetime) -> None:
        """Return when ``body`` was signed, just now; raise ``NotAuthentic``."""
        if not is_id(seal.id) or len(seal.id) > _LONGEST_ID:
            raise errors.NotAuthentic(f"webhook-id has 1 to {_LONGEST_ID} characters")
        if not _SECONDS.fullmatch(seal.timestamp):
            raise errors.NotAuthentic("webhook-timestamp is no number of seconds since 1970")
        signed_at = datetime.fromtimestamp(int(seal.timestamp), UTC)
        if abs(signed_at - now) > WINDOW:
            raise errors.NotAuthentic("webhook-timestamp is more than 5 minutes from now")
        given = _signatures(seal.signature)
        if not any(_matches(key, seal, signed_at, body, given) for key in self._keys):
            raise errors.NotAuthentic("webhook-signature does not hold")


def key_of(secret: str) -> Webhook:
    """Return the signer of ``whsec_…``; ``ConfigurationError`` never shows the secret."""
    try:
        raw = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not SHORTEST <= len(raw) <= LONGEST:
        raise errors.ConfigurationError(
            f"a webhook secret is whsec_ and base64 of {SHORTEST} to {LONGEST} bytes"
        )
    return Webhook(raw)


def sign(key: Webhook, message_id: str, at: datetime, body: str) -> str:
    """Return the header ``webhook-signature``."""
    # The package takes the digits of a moment for UTC, whatever its zone.
    return str(key.sign(message_id, at.astimezone(UTC), body))


def _matches(key: Webhook, seal: Seal, at: datetime, body: str, given: Sequence[bytes]) -> bool:
    _, _, encoded = sign(key, seal.id, at, body).partition(",")
    expected = base64.b64decode(encoded)
    return any(hmac.compare_digest(expected, each) for each in given)


def _signatures(header: str) -> list[bytes]:
    found = []
    for versioned in header.split(" ")[:_MOST_SIGNATURES]:
        version, _, encoded = versioned.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(encoded, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found
