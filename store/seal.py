# SPDX-License-Identifier: EUPL-1.2
"""Encryption of what citizens wrote: AES-256-GCM with a ring of keys.

A sealed value is ``version (1 byte) | key id (4) | nonce (12) | ciphertext and tag``. The context
(``signal/<id>`` …) is authenticated along, so that a value moved to another record does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core import errors

_VERSION = b"\x01"
_KEY_BYTES = 32
_ID_BYTES = 4
_NONCE_BYTES = 12
_HEADER = len(_VERSION) + _ID_BYTES


class Sealer:
    """Seals with the first key of the ring, opens with any of them."""

    def __init__(
        self,
        keys: Sequence[bytes],
        *,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        if not keys:
            raise errors.ConfigurationError("no key to seal texts with; one of 32 bytes is needed")
        for place, key in enumerate(keys, start=1):
            if len(key) != _KEY_BYTES:
                raise errors.ConfigurationError(
                    f"sealing key {place} has {len(key)} bytes; 32 are needed"
                )
        self._ring = {_key_id(key): AESGCM(key) for key in keys}
        self._first = _key_id(keys[0])
        self._random = random

    @classmethod
    def from_settings(cls, keys: Sequence[str]) -> Sealer:
        """Return a sealer for base64 keys, newest first; the error never shows a key."""
        return cls([_decode(text, place) for place, text in enumerate(keys, start=1)])

    @property
    def header(self) -> bytes:
        """What every value begins with that is sealed with the first key."""
        return _VERSION + self._first

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt ``plain`` for ``context``."""
        header = self.header
        nonce = self._random(_NONCE_BYTES)
        sealed = self._ring[self._first].encrypt(nonce, plain, header + context.encode())
        return header + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what ``seal`` made for the same ``context``."""
        header, nonce = sealed[:_HEADER], sealed[_HEADER : _HEADER + _NONCE_BYTES]
        if header[:1] != _VERSION or len(nonce) < _NONCE_BYTES:
            raise errors.NotAuthentic(f"{context}: this is no sealed value of a known version")
        cipher = self._ring.get(header[1:])
        if cipher is None:
            raise errors.ConfigurationError(
                f"{context} was sealed with key {header[1:].hex()}, which is not in the settings;"
                f" there are: {', '.join(key.hex() for key in self._ring)}"
            )
        try:
            rest = sealed[_HEADER + _NONCE_BYTES :]
            return cipher.decrypt(nonce, rest, header + context.encode())
        except InvalidTag:
            raise errors.NotAuthentic(
                f"{context} does not open: it was changed or belongs to another record"
            ) from None


def new_key() -> str:
    """Return a fresh key as the settings want it (base64)."""
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"buurtsignaal key id" + key).digest()[:_ID_BYTES]


def _decode(text: str, place: int) -> bytes:
    try:
        return base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        try:
            return base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            raise errors.ConfigurationError(f"sealing key {place} is not base64") from None
