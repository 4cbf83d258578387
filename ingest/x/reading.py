# SPDX-License-Identifier: EUPL-1.2
"""Reads what was written about an order since the last time, and looks whether it still stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from core.message import Change, Message
from core.order import Order
from ingest.feed import Kept, Recall
from ingest.gone import gone
from ingest.x.api import LEAST, PAGE, Api
from ingest.x.hand import Hand
from ingest.x.post import (
    SOURCE,
    Post,
    history_of,
    id_at,
    message_of,
    moment_of,
    number_of,
)
from ingest.x.query import queries_of

#: How far back X lets us search, less a minute for clocks that differ.
BACK = timedelta(days=7) - timedelta(minutes=1)
#: X answers about nothing newer than this.
FRESH = timedelta(seconds=15)
#: Posts reach the search a little out of order; after a cut it is asked from this much earlier.
_OVERLAP = timedelta(seconds=10)


class Reading:
    """One run of the searching."""

    def __init__(
        self, api: Api, hand: Hand, tally: Counter[str], now: Callable[[], datetime]
    ) -> None:
        self._api = api
        self._hand = hand
        self._ledger = hand.ledger
        self._tally = tally
        self._now = now

    async def catch_up(self, orders: Sequence[Order], *, overlap: bool) -> None:
        """Hand over all that is new since the marks; ``CapReached`` when the month is used up."""
        for order in orders:
            for query in queries_of(order):
                await self._follow(order, query, overlap=overlap)

    async def review(self, orders: Sequence[Order], recall: Recall) -> None:
        """Look up what is kept: what is gone or hidden is erased, what was changed replaced."""
        kept = await recall()
        running = {order.id: order for order in orders}
        ids = list(dict.fromkeys(each.external_id for each in kept))
        for part in [ids[i : i + PAGE] for i in range(0, len(ids), PAGE)]:
            there, gone = await self._look_up(part)
            newest = await self._newest(there)
            changes = [
                change
                for each in kept
                if each.external_id in there or each.external_id in gone
                for change in _changes(each, running.get(each.chat), there, newest)
            ]
            await self._hand.give(changes)

    def readable(self, order: Order, post: Post) -> list[Message]:
        """Return what a post says, when it is about the order at all."""
        message = message_of(order, post)
        if message.sent_at < order.begins or not order.topic.matches(message.text):
            self._tally["off-topic"] += 1
            return []
        return [message]

    async def _follow(self, order: Order, query: str, *, overlap: bool) -> None:
        mark = number_of(self._ledger.mark(order, query))
        since, start = self._since(order, mark, overlap=overlap)
        if start is not None and start > self._now() - FRESH:
            return
        newest, after = mark, None
        while True:
            granted = self._ledger.set_aside(PAGE, LEAST, self._now())
            # Written down before it is asked: what is paid for is never forgotten.
            await self._hand.give([])
            page = await self._api.search(
                query, most=granted, since_id=since, start=start, after=after
            )
            self._ledger.give_back(granted - min(granted, page.charged))
            newest = max([newest, *(number_of(post["id"]) for post in page.posts)])
            after = page.after
            if after is None and newest:
                # Only now: pages come newest first, and a cut must read the older ones again.
                self._ledger.move(order, query, str(newest))
            found = [m for post in reversed(page.posts) for m in self.readable(order, post)]
            if found:
                await self._hand.give(found)
            if after is None:
                return

    def _since(
        self, order: Order, mark: int, *, overlap: bool
    ) -> tuple[int | None, datetime | None]:
        oldest = self._now() - BACK
        if not mark:
            return None, max(order.begins, oldest)
        since = id_at(moment_of(mark) - _OVERLAP) if overlap else mark
        return max(since, id_at(max(order.begins, oldest))), None

    async def _look_up(self, ids: Sequence[str]) -> tuple[dict[str, Post], set[str]]:
        self._ledger.set_aside(len(ids), len(ids), self._now(), reviewing=True)
        await self._hand.give([])
        there, gone = await self._api.look_up(ids)
        self._ledger.give_back(len(ids) - len(there))
        return there, gone

    async def _newest(self, there: dict[str, Post]) -> dict[str, Post]:
        """Return the latest versions of posts that were changed, by the id of the first."""
        latest = {id: history_of(post)[-1] for id, post in there.items()}
        ids = [last for id, last in latest.items() if last != id]
        found = (await self._look_up(ids))[0] if ids else {}
        return {id: found[last] for id, last in latest.items() if last in found and last != id}


def _changes(
    kept: Kept, order: Order | None, there: dict[str, Post], newest: dict[str, Post]
) -> list[Message]:
    post = there.get(kept.external_id)
    changed = post is not None and history_of(post)[-1] != kept.external_id
    if post is not None and not changed:
        return []
    new = newest.get(kept.external_id)
    if new is not None and order is not None:
        message = message_of(order, new)
        # The dedup key drops a version that was read before.
        if message.change is Change.EDIT and order.topic.matches(message.text):
            return [message]
    return [gone(SOURCE, kept.chat, kept.external_id, kept.sent_at)]
