# SPDX-License-Identifier: EUPL-1.2
"""Counts what is written about an order: X is asked for numbers only, so there is nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from core.message import Counted
from core.order import Order
from ingest.feed import moment
from ingest.x.api import Api
from ingest.x.hand import Hand
from ingest.x.post import SOURCE
from ingest.x.query import queries_of
from ingest.x.reading import BACK


class Counting:
    """One run of the counting; an hour counts when it is over."""

    def __init__(self, api: Api, hand: Hand, now: Callable[[], datetime]) -> None:
        self._api = api
        self._hand = hand
        self._ledger = hand.ledger
        self._now = now

    async def catch_up(self, orders: Sequence[Order]) -> None:
        """Hand over the counts of every hour since the last one."""
        for order in orders:
            for number, query in enumerate(queries_of(order)):
                await self._follow(order, query, number)

    async def _follow(self, order: Order, query: str, number: int) -> None:
        now = self._now()
        end = now.replace(minute=0, second=0, microsecond=0)
        oldest = max(order.begins, now - BACK)
        start = max(moment(self._ledger.mark(order, query)) or oldest, oldest)
        if start >= end:
            return
        hours = await self._api.count(query, start=start, end=end)
        self._ledger.move(order, query, end.isoformat())
        await self._hand.give(
            [
                Counted(
                    source=SOURCE,
                    chat=order.id,
                    external_id=f"{hour.start} {number}",
                    at=at,
                    n=hour.n,
                )
                for hour in hours
                if hour.n and (at := moment(hour.start)) is not None
            ]
        )
