# SPDX-License-Identifier: EUPL-1.2
"""Is this from Meta? ``X-Hub-Signature-256`` and the handshake; compared in constant time.

Source: developers.facebook.com/docs/graph-api/webhooks/getting-started;
as documented, not tried against the real service.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from core import errors

_HEADER = re.compile(rb"sha256=([0-9a-f]{64})")
#: Meta sends a number; anything longer or stranger is not repeated.
_CHALLENGE = re.compile(r"[A-Za-z0-9_.-]{1,200}")


def verify(secrets: Sequence[str], header: bytes | None, body: bytes) -> None:
    """Return when ``body``, byte for byte, was signed with a secret; raise ``NotAuthentic``."""
    given = _HEADER.fullmatch(header or b"")
    if given is None:
        raise errors.NotAuthentic("X-Hub-Signature-256 is missing or no sha256")
    signature = bytes.fromhex(given[1].decode())
    # All are computed, so that the time tells nobody which one it was.
    fits = [
        hmac.compare_digest(hmac.digest(secret.encode(), body, hashlib.sha256), signature)
        for secret in secrets
    ]
    if not any(fits):
        raise errors.NotAuthentic("X-Hub-Signature-256 does not hold")


def challenge_in(query: Mapping[str, str], verify_token: str) -> str:
    """Return what Meta wants to hear back; ``NotAuthentic`` when somebody else asks."""
    token = query.get("hub.verify_token", "").encode()
    known = hmac.compare_digest(token, verify_token.encode())
    if not known or query.get("hub.mode") != "subscribe":
        raise errors.NotAuthentic("the handshake is not Meta's")
    challenge = query.get("hub.challenge", "")
    if not _CHALLENGE.fullmatch(challenge):
        raise errors.BadInput("the handshake has no usable challenge")
    return challenge
