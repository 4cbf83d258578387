# SPDX-License-Identifier: EUPL-1.2
"""Holds back who sends too much, without keeping an address.

An address becomes a keyed hash the moment it is looked at. Key and counts live in memory and
are thrown away together, so that nobody can ever tell which address a count belonged to.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
from collections import Counter
from datetime import datetime, timedelta

from dashboard.errors import TooManyTries

#: Hashes that are remembered within one span; beyond it everybody starts anew.
_MOST = 50_000


class Crowded(TooManyTries):
    """Too much comes from one connection."""


class Crowd:
    """Counts what comes from each connection within a span of time."""

    def __init__(self, limit: int, span: timedelta) -> None:
        """``limit``: most requests of one connection in a ``span``; many homes share one."""
        self._limit = limit
        self._span = span
        self._lock = threading.Lock()
        self._key = b""
        self._until: datetime | None = None
        self._counts: Counter[bytes] = Counter()

    def __repr__(self) -> str:
        return "<Crowd>"

    def pass_by(self, address: str, now: datetime) -> None:
        """Count a request; raise ``Crowded`` beyond the limit."""
        with self._lock:
            if self._until is None or now >= self._until or len(self._counts) >= _MOST:
                self._begin(now)
            name = hashlib.blake2b(connection_of(address), key=self._key, digest_size=16).digest()
            self._counts[name] += 1
            crowded = self._counts[name] > self._limit
        if crowded:
            raise Crowded

    def _begin(self, now: datetime) -> None:
        self._key = secrets.token_bytes(32)
        self._until = now + self._span
        self._counts.clear()


def connection_of(address: str) -> bytes:
    """Return what one connection keeps: of IPv6 the first half, the rest changes all day.

    What is no address is its own name.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address.encode("utf-8", "replace")
    packed = found.packed
    return packed[:8] if found.version == 6 else packed
