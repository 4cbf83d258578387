# SPDX-License-Identifier: EUPL-1.2
"""Hears that there is news; what it is gets asked for as usual."""

from __future__ import annotations

import asyncio
import logging

import httpx

from ingest.feed import FeedAway, Orders
from ingest.mastodon.reading import Reading
from ingest.mastodon.server import Server
from ingest.rounds import LOOK

log = logging.getLogger(__name__)

#: Seconds between two visits because of the stream, however busy it is.
_SETTLE = 1.0


class Listening:
    """Rings when a server says that there is news; what it says is then asked for as usual.

    So the stream needs no cursor, and a stream that is cut or refused loses nothing.
    """

    def __init__(
        self, server: Server, orders: Orders, bell: asyncio.Event, reading: Reading
    ) -> None:
        self._server = server
        self._orders = orders
        self._bell = bell
        self._reading = reading
        self._heard: asyncio.Queue[str] = asyncio.Queue()

    async def run(self) -> None:
        """Listen to the hashtags of all orders until it is cancelled."""
        ears: dict[str, asyncio.Task[None]] = {}
        ringing = asyncio.create_task(self._ring())
        try:
            while True:
                wanted = {tag for order in await self._orders() for tag in order.topic.hashtags}
                for tag in set(ears) - wanted:
                    ears.pop(tag).cancel()
                for tag in wanted - set(ears):
                    ears[tag] = asyncio.create_task(self._listen(tag))
                await asyncio.sleep(LOOK)
        finally:
            tasks = [ringing, *ears.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, tag: str) -> None:
        pause = 1.0
        while True:
            try:
                await self._server.hear(tag, self._heard)
                pause = 1.0
            except (httpx.HTTPError, FeedAway) as error:
                log.info("mastodon: the stream is away (%s); polling goes on", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(300.0, pause * 2)

    async def _ring(self) -> None:
        while True:
            kinds = {await self._heard.get()}
            while not self._heard.empty():
                kinds.add(self._heard.get_nowait())
            if kinds & {"status.update", "delete"}:
                self._reading.review_soon()
            self._bell.set()
            await asyncio.sleep(_SETTLE)
