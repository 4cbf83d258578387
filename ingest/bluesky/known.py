# SPDX-License-Identifier: EUPL-1.2
"""Which posts were handed over, so that their deletion is understood; in memory only."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from core.message import Message
from ingest.bluesky.post import SOURCE
from ingest.gone import gone

#: Posts that are remembered to notice their deletion, in memory only.
_POSTS_KNOWN = 50_000


class Known:
    """Which posts were handed over for which orders; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._posts: OrderedDict[str, tuple[str, datetime, frozenset[str]]] = OrderedDict()

    def add(self, id: str, writer: str, at: datetime, orders: frozenset[str]) -> None:
        """Remember a post by the digests of itself and of its writer."""
        self._posts[id] = (writer, at, orders)
        while len(self._posts) > _POSTS_KNOWN:
            self._posts.popitem(last=False)

    def of(self, id: str) -> list[Message]:
        """Return the deletions of one post."""
        if id not in self._posts:
            return []
        _, at, orders = self._posts[id]
        return [gone(SOURCE, order, id, at) for order in sorted(orders)]

    def by(self, writer: str) -> list[Message]:
        """Return the deletions of all posts of one writer."""
        ids = [id for id, (who, _, _) in self._posts.items() if who == writer]
        return [gone for id in ids for gone in self.of(id)]

    def forget(self, id: str) -> None:
        """Forget a post."""
        self._posts.pop(id, None)
