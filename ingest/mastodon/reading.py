# SPDX-License-Identifier: EUPL-1.2
"""One run over all hashtags: what is new, changed, late or gone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from core.message import Change, Message
from core.order import Order
from ingest.feed import Handing, Marks
from ingest.gone import gone
from ingest.mastodon.known import Known, Seen
from ingest.mastodon.post import (
    SOURCE,
    Status,
    id_of,
    in_order,
    message_of,
    rank,
    refusal,
    revision_of,
    written,
)
from ingest.mastodon.server import Server

#: Pages that a review looks back: some 400 posts of one hashtag.
_REVIEW_PAGES = 10


class Reading:
    """One run over all hashtags."""

    def __init__(
        self,
        server: Server,
        handing: Handing,
        marks: Marks,
        cursor: str | None,
        known: Known,
        tally: Counter[str],
        *,
        every: float,
    ) -> None:
        self._server = server
        self._handing = handing
        self._marks = marks
        self._cursor = cursor
        self._known = known
        self._tally = tally
        self._every = every
        self._reviewed: dict[tuple[str, str], float] = {}

    def review_soon(self) -> None:
        """Look at everything again on the next visit: something was changed or deleted."""
        self._reviewed.clear()

    def keep(self, orders: Sequence[Order]) -> None:
        """Forget all that belongs to other orders."""
        self._marks.keep(orders)
        self._known.keep(orders)

    async def visit(self, order: Order, tag: str) -> None:
        """Hand over what is new; now and then also what was changed, deleted, or came late."""
        last = self._marks.get(order, tag).get("min_id")
        if last is None:
            await self._look_back(order, tag, pages=None)
            return
        await self._go_on(order, tag, last)
        now = asyncio.get_running_loop().time()
        if now - self._reviewed.get((order.id, tag), -self._every) >= self._every:
            await self._look_back(order, tag, pages=_REVIEW_PAGES)

    async def _go_on(self, order: Order, tag: str, last: str) -> None:
        """Follow ``min_id``: the pages right after it, so that nothing is left out."""
        # A page may be short because the server filtered it; only an empty one is the end.
        while posts := await self._server.page(tag, min_id=last):
            newest = id_of(posts[-1])
            if rank(newest) <= rank(last):
                return
            last = newest
            await self._hand_over(order, tag, self._changes(order, tag, posts), last)

    async def _look_back(self, order: Order, tag: str, *, pages: int | None) -> None:
        """Read from the newest post back: to the order's start, or ``pages`` far."""
        posts, whole = await self._back(order, tag, pages)
        changes = self._changes(order, tag, posts)
        oldest = min((written(post) or order.begins for post in posts), default=order.begins)
        since = order.begins if whole else oldest
        changes += await self._gone(order, tag, {id_of(post) for post in posts}, since)
        last = self._marks.get(order, tag).get("min_id")
        newest = max(
            [id_of(post) for post in posts] + ([last] if last else []), key=rank, default=""
        )
        await self._hand_over(order, tag, changes, newest)
        self._reviewed[order.id, tag] = asyncio.get_running_loop().time()

    async def _back(self, order: Order, tag: str, pages: int | None) -> tuple[list[Status], bool]:
        """Return posts, oldest first, and whether that is all since the order began."""
        found: dict[str, Status] = {}
        where: dict[str, str] = {}
        turned = 0
        while pages is None or turned < pages:
            page = [p for p in await self._server.page(tag, **where) if id_of(p) not in found]
            if not page:
                return in_order(found), True
            found |= {id_of(post): post for post in page}
            oldest = written(page[0])
            if oldest is not None and oldest < order.begins:
                return in_order(found), True
            where, turned = {"max_id": id_of(page[0])}, turned + 1
        return in_order(found), False

    def _changes(self, order: Order, tag: str, posts: Sequence[Status]) -> list[Message]:
        """Return what is new or changed, and what may not be read any more."""
        known, found = self._known.of(order, tag), []
        for post in posts:
            objection = refusal(order, post)
            seen = known.get(id_of(post))
            if objection is None and (seen is None or seen.revision != revision_of(post)):
                found.append(message_of(order, post))
            elif objection is not None and seen is not None:
                found.append(gone(SOURCE, order.id, id_of(post), seen.sent_at))
            elif objection is not None:
                self._tally[objection] += 1
        return found

    async def _gone(
        self, order: Order, tag: str, there: set[str], since: datetime
    ) -> list[Message]:
        """Return deletions of posts that the hashtag has no more, after asking for each."""
        missing = {
            id: seen
            for id, seen in self._known.of(order, tag).items()
            if id not in there and seen.sent_at >= since
        }
        found = []
        for id, seen in missing.items():
            post = await self._server.post(id)
            # A server may leave out a post that is still there; then nothing has changed.
            if post is None or refusal(order, post) is not None:
                found.append(gone(SOURCE, order.id, id, seen.sent_at))
        return found

    async def _hand_over(
        self, order: Order, tag: str, messages: Sequence[Message], newest: str
    ) -> None:
        mark = {"min_id": newest} if newest else {}
        cursor = self._marks.cursor(order, tag, mark) if mark else self._cursor
        await self._handing.hand_over(messages, cursor=cursor or "{}", before=self._cursor)
        known = self._known.of(order, tag)
        for message in messages:
            if message.change is Change.DELETE:
                known.pop(message.external_id, None)
            else:
                known[message.external_id] = Seen(message.revision, message.sent_at)
        if mark:
            self._marks.move(order, tag, mark)
        if messages:
            self._cursor = cursor
