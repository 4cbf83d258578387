# SPDX-License-Identifier: EUPL-1.2
"""Ids that we keep without knowing whose they are.

A chat's id is the resident's phone number here, and WhatsApp's message ids hold that number in
base64. Both are stored with groups and signals, so neither may be kept as it is. We must still be
able to answer, so they are encrypted (AES-SIV, RFC 5297): the same id always gives the same seal,
and only the key, which is not in the database, gives the number back.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from core import errors
from ingest.limits import ID_LENGTH

#: Fewest bytes of a key.
SHORTEST = 32
_TAG = 16
#: Longest id that can be sealed; its seal is still an id.
LONGEST = ID_LENGTH * 3 // 4 - _TAG


class Seal:
    """Seals and opens the ids of one municipality's number."""

    def __init__(self, key: str, tenant: str) -> None:
        """``key``: base64 of at least 32 bytes; ``ConfigurationError`` never shows it."""
        material = _decoded(key)
        self._cipher = AESSIV(hmac.digest(material, b"whatsapp_cloud", hashlib.sha512))
        self._tenant = tenant.encode()

    def chat(self, number: str) -> str:
        """Return the chat's id for a phone number."""
        return self._close(b"chat", number)

    def message(self, wamid: str) -> str:
        """Return the message's id for one of WhatsApp's."""
        return self._close(b"message", wamid)

    def number(self, chat: str) -> str | None:
        """Return the phone number behind a chat; None when this key did not seal it."""
        return self._open(b"chat", chat)

    def wamid(self, external_id: str) -> str | None:
        """Return WhatsApp's id of a message; None when this key did not seal it."""
        return self._open(b"message", external_id)

    def _close(self, kind: bytes, id: str) -> str:
        sealed = self._cipher.encrypt(id.encode(), [self._tenant, kind])
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def _open(self, kind: bytes, sealed: str) -> str | None:
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            return self._cipher.decrypt(raw, [self._tenant, kind]).decode()
        except (InvalidTag, ValueError):
            return None


def _decoded(key: str) -> bytes:
    try:
        material = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        material = b""
    if len(material) < SHORTEST:
        raise errors.ConfigurationError(
            f"connector whatsapp_cloud: 'chat_key' must be base64 of at least {SHORTEST} bytes"
        )
    return material
