# SPDX-License-Identifier: EUPL-1.2
"""Names that tell nobody who it is: HMAC-SHA256 under a secret of each tenant."""

from __future__ import annotations

import hmac
from datetime import datetime

from core import errors
from core.clock import AMSTERDAM, require_zone

#: Shortest secret that is accepted, in bytes.
SECRET_BYTES = 32


def period(at: datetime) -> str:
    """Return the period of a pseudonym: the calendar month in the Netherlands, ``2026-11``."""
    return require_zone(at).astimezone(AMSTERDAM).strftime("%Y-%m")


def periods(since: datetime, until: datetime) -> list[str]:
    """Return all periods from ``since`` to ``until``, both included."""
    last = period(until)
    found = [period(since)]
    while found[-1] < last:
        year, month = map(int, found[-1].split("-"))
        found.append(f"{year + month // 12:04d}-{month % 12 + 1:02d}")
    return found


class Keys:
    """Makes every pseudonym and key; the secret stays inside."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SECRET_BYTES:
            raise errors.ConfigurationError(
                f"the secret for pseudonyms has {len(secret)} bytes; at least {SECRET_BYTES} needed"
            )
        self._secret = secret
        self._tenants: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return "<Keys>"

    def pseudonym(self, tenant: str, period: str, source: str, sender: str) -> str:
        """Return who wrote it, the same within one tenant and period only (32 hex)."""
        return self._mac(tenant, "pseudonym", period, source, sender)[:32]

    def member(self, tenant: str, source: str, group: str, sender: str) -> str:
        """Return a member of our group ``group``, over all periods; for a choice only (64 hex).

        It takes our own group id and not the chat's, so that a choice survives a move.
        """
        return self._mac(tenant, "member", source, group, sender)

    def dedup(self, tenant: str, source: str, chat: str, external_id: str, revision: str) -> str:
        """Return what names one revision of one message once and for all (64 hex)."""
        return self._mac(tenant, "dedup", source, chat, external_id, revision)

    def message_key(self, tenant: str, source: str, chat: str, external_id: str) -> str:
        """Return what names a message over all its revisions (64 hex)."""
        return self._mac(tenant, "message", source, chat, external_id)

    def _mac(self, tenant: str, *parts: str) -> str:
        # Every part carries its length, so that no two lists of parts look alike.
        whole = b"".join(_measured(part) for part in parts)
        return hmac.digest(self._of(tenant), whole, "sha256").hex()

    def _of(self, tenant: str) -> bytes:
        if tenant not in self._tenants:
            self._tenants[tenant] = hmac.digest(
                self._secret, b"tenant" + _measured(tenant), "sha256"
            )
        return self._tenants[tenant]


def _measured(part: str) -> bytes:
    raw = part.encode("utf-8", "surrogatepass")
    return len(raw).to_bytes(4, "big") + raw
