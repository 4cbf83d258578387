# SPDX-License-Identifier: EUPL-1.2
"""Which posts were handed over, in memory only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.order import Order


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of a post that was handed over, in memory only."""

    revision: str
    sent_at: datetime


class Known:
    """Which posts of an order were handed over, so that it shows when one is changed or gone."""

    def __init__(self) -> None:
        self._posts: dict[tuple[str, str], dict[str, Seen]] = {}

    def of(self, order: Order, tag: str) -> dict[str, Seen]:
        """Return the posts of one hashtag, by id."""
        return self._posts.setdefault((order.id, tag), {})

    def keep(self, orders: Sequence[Order]) -> None:
        """Forget the posts of all other orders."""
        ids = {order.id for order in orders}
        self._posts = {key: posts for key, posts in self._posts.items() if key[0] in ids}
