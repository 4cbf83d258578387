# SPDX-License-Identifier: EUPL-1.2
"""A form's ticket: signed by us, timed by us, good for one report; instead of cookie and puzzle.

Nothing is kept of a ticket. That it counts once follows from what is made with it: its seed
names the report, and the store knows a name only once.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.clock import Clock

_SHAPE = re.compile(r"([0-9]{10,12})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """One that we signed ourselves."""

    issued_at: datetime
    #: Random; what is made with the ticket is named after it.
    seed: str

    def age(self, now: datetime) -> timedelta:
        """Return how long ago the page was opened."""
        return now - self.issued_at


class Tickets:
    """Gives out tickets and knows its own; good for one purpose each."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._key = hmac.digest(secret, b"tickets", "sha256")
        self._clock = clock

    def issue(self, purpose: str, *, ahead: timedelta = timedelta()) -> str:
        """Return a ticket; ``ahead`` makes it count from a later moment on."""
        moment = int((self._clock.now() + ahead).timestamp())
        body = f"{moment}.{secrets.token_urlsafe(16)}"
        return f"{body}.{self._mac(purpose, body)}"

    def read(self, purpose: str, given: str) -> Ticket | None:
        """Return the ticket; None when it is not one of ours for this purpose."""
        found = _SHAPE.fullmatch(given)
        if found is None:
            return None
        moment, seed, mac = found.groups()
        if not hmac.compare_digest(mac, self._mac(purpose, f"{moment}.{seed}")):
            return None
        return Ticket(issued_at=datetime.fromtimestamp(int(moment), UTC), seed=seed)

    def _mac(self, purpose: str, body: str) -> str:
        return hmac.digest(self._key, f"{purpose}|{body}".encode(), "sha256").hex()
