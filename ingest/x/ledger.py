# SPDX-License-Identifier: EUPL-1.2
"""How far each query was read, and how many posts were paid for this month: the cursor, as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime

from core import errors
from core.order import Order


class CapReached(Exception):
    """No more posts may be read this month."""


class Ledger:
    """Counts a post before it is asked for, so that a crash never makes it cheaper."""

    def __init__(self, cursor: str | None, *, most: int) -> None:
        self._most = most
        self._marks, self._month, self._spent = _read(cursor)

    @property
    def spent(self) -> int:
        """How many posts were read, or set aside to be read, in the month of ``left``."""
        return self._spent

    def left(self, now: datetime) -> int:
        """Return how many posts may still be read in this month."""
        month = now.astimezone(UTC).strftime("%Y-%m")
        if month != self._month:
            self._month, self._spent = month, 0
        return max(0, self._most - self._spent)

    def set_aside(self, n: int, least: int, now: datetime, *, reviewing: bool = False) -> int:
        """Count up to ``n`` posts as read; ``CapReached`` when not even ``least`` are left.

        A tenth of the month is for reviews only: what is deleted on X must go here too, also
        when nothing new may be read any more.
        """
        left = self.left(now)
        granted = min(n, left if reviewing else left - self._most // 10)
        if granted < least:
            raise CapReached
        self._spent += granted
        return granted

    def give_back(self, n: int) -> None:
        """Count posts that were set aside and did not come."""
        self._spent = max(0, self._spent - n)

    def mark(self, order: Order, query: str) -> str:
        """Return how far a query was read; empty at the very start."""
        return self._marks.get(_key(order, query), "")

    def move(self, order: Order, query: str, mark: str) -> None:
        """Go on from ``mark``."""
        self._marks[_key(order, query)] = mark

    def keep(self, orders: Collection[Order]) -> None:
        """Forget the marks of all other orders."""
        ids = {order.id for order in orders}
        self._marks = {key: m for key, m in self._marks.items() if key.split(" ")[0] in ids}

    def cursor(self) -> str:
        """Return all of it as a text."""
        held = {"marks": self._marks, "month": self._month, "posts": self._spent}
        return json.dumps(held, sort_keys=True)


def _key(order: Order, query: str) -> str:
    # Words of an order belong in the orders' own table only.
    return f"{order.id} {hashlib.sha256(query.encode()).hexdigest()[:16]}"


def _read(cursor: str | None) -> tuple[dict[str, str], str, int]:
    if cursor is None:
        return {}, "", 0
    try:
        held = json.loads(cursor)
        marks = {str(key): str(mark) for key, mark in held["marks"].items()}
        return marks, str(held["month"]), int(held["posts"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise errors.ConfigurationError("the stored cursor of x cannot be read") from None
