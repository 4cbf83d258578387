# SPDX-License-Identifier: EUPL-1.2
"""One look at X: search what was missed, review what is kept, then listen when that is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from core.message import Message
from core.order import Order
from ingest import handover
from ingest.feed import Recall
from ingest.rounds import LOOK
from ingest.x.hand import Hand
from ingest.x.post import number_of
from ingest.x.reading import Reading
from ingest.x.stream import Stream, opened

#: Seconds after which what was heard is handed over, at the latest.
_PAUSE = 0.2
#: Posts that are set aside for the stream at a time.
_BLOCK = 50


class Listening:
    """Reads for the orders it is given, once; with a stream until that is cut."""

    def __init__(
        self,
        reading: Reading,
        hand: Hand,
        *,
        allowed: Callable[[], Awaitable[Sequence[Order]]],
        recall: Recall,
        review: float,
        opening: tuple[str, str | None] | None,
        now: Callable[[], datetime],
    ) -> None:
        self._reading = reading
        self._hand = hand
        self._ledger = hand.ledger
        self._allowed = allowed
        self._recall = recall
        self._review = review
        self._opening = opening
        self._now = now
        self._reviewed = float("-inf")
        self._began = False
        #: Posts that were set aside and did not come yet.
        self._aside = 0
        #: What was heard and not handed over yet.
        self._heard: list[Message] = []

    async def run(self, orders: Sequence[Order]) -> None:
        """Search, review and listen."""
        await self._look_back(orders)
        # The first search of a run and one after a stream overlap with what was read before.
        overlap = self._opening is not None or not self._began
        await self._reading.catch_up(orders, overlap=overlap)
        self._began = True
        if self._opening is None or not orders:
            return
        await self._set_aside()
        try:
            async with opened(*self._opening, orders) as stream:
                # What was written while the line was being opened.
                await self._reading.catch_up(orders, overlap=True)
                await self._listen(stream, orders)
        finally:
            self._ledger.give_back(self._aside)
            self._aside = 0

    async def _look_back(self, orders: Sequence[Order]) -> None:
        if self._due():
            await self._reading.review(orders, self._recall)
            self._reviewed = asyncio.get_running_loop().time()

    def _due(self) -> bool:
        return asyncio.get_running_loop().time() - self._reviewed >= self._review

    async def _set_aside(self) -> None:
        self._aside = self._ledger.set_aside(_BLOCK, 1, self._now())
        await self._give()

    async def _give(self) -> None:
        """Hand over what was heard; the marks that go along have passed it already."""
        await self._hand.give(self._heard)
        self._heard = []

    async def _listen(self, stream: Stream, orders: Sequence[Order]) -> None:
        loop = asyncio.get_running_loop()
        looked = gave = loop.time()
        try:
            while not (self._due() or self._hand.stopping):
                await self._next(stream)
                late = loop.time() - gave >= _PAUSE
                if self._heard and (late or len(self._heard) >= handover.BATCH):
                    await self._give()
                    gave = loop.time()
                if loop.time() - looked >= LOOK:
                    looked = loop.time()
                    if {o.id for o in await self._allowed()} != {o.id for o in orders}:
                        return
        finally:
            # What was heard before the cut was heard whole.
            if self._heard:
                await self._give()

    async def _next(self, stream: Stream) -> None:
        if not self._aside:
            await self._set_aside()
        told = await stream.next(_PAUSE)
        if told is None:
            return
        self._aside -= 1
        post, wanted = told
        for order, query in wanted if post else ():
            self._heard += self._reading.readable(order, post)
            newest = max(number_of(self._ledger.mark(order, query)), number_of(post["id"]))
            self._ledger.move(order, query, str(newest))
