# SPDX-License-Identifier: EUPL-1.2
"""One connection to a Jetstream, until the orders change."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from core.message import Change, Message
from core.order import Order
from ingest.bluesky.hand import Hand
from ingest.bluesky.known import Known
from ingest.bluesky.post import (
    POSTS,
    Event,
    digest,
    labelled,
    message_of,
    read_event,
    text_of,
    written,
)
from ingest.bluesky.wishes import Wishes
from ingest.feed import FeedAway, Orders
from ingest.patience import BackOff
from ingest.rounds import LOOK

#: Seconds after which what was found is handed over, at the latest.
_PAUSE = 0.2
#: Seconds after which a connection counts as one that holds.
_STEADY = 30.0


class Hearing:
    """One connection."""

    def __init__(
        self,
        orders: Sequence[Order],
        asked: Orders,
        hand: Hand,
        wishes: Wishes,
        known: Known,
        tally: Counter[str],
        stop: asyncio.Event,
    ) -> None:
        self._orders = orders
        self._asked = asked
        self._hand = hand
        self._wishes = wishes
        self._known = known
        self._tally = tally
        self._stop = stop

    async def run(self, socket: ClientConnection, back_off: BackOff) -> None:
        """Hear events until the orders change or ``stop``; raise when the line is cut."""
        loop = asyncio.get_running_loop()
        began = looked = gave = loop.time()
        while not self._stop.is_set():
            event = await _next(socket)
            if event is not None:
                await self._hear(event)
            if event is None or self._hand.full or loop.time() - gave >= _PAUSE:
                await self.give()
                gave = loop.time()
            back_off.alive()
            if loop.time() - began >= _STEADY:
                back_off.reset()
            if loop.time() - looked >= LOOK:
                looked = loop.time()
                running = await self._asked()
                if {order.id for order in running} != {order.id for order in self._orders}:
                    await self.give()
                    return
        await self.give()

    async def _hear(self, event: Event) -> None:
        time_us = event.get("time_us")
        if not isinstance(time_us, int):
            self._tally["malformed"] += 1
            return
        self._hand.take(await self._found(event, time_us), time_us)

    async def _found(self, event: Event, time_us: int) -> list[Message]:
        did, commit, account = event.get("did"), event.get("commit"), event.get("account")
        if not isinstance(did, str):
            return []
        if isinstance(account, Mapping) and account.get("active") is False:
            return self._known.by(digest(did))
        if not isinstance(commit, Mapping) or commit.get("collection") != POSTS:
            return []
        id = digest(f"{did}/{commit.get('rkey')}")
        if commit.get("operation") == "delete":
            return self._known.of(id)
        return await self._read(did, id, commit, time_us)

    async def _read(self, did: str, id: str, commit: Event, time_us: int) -> list[Message]:
        record = commit.get("record")
        if not isinstance(record, Mapping) or not isinstance(record.get("text"), str):
            self._tally["malformed"] += 1
            return []
        at = written(record, time_us)
        text = text_of(record)
        wanted = [o for o in self._orders if at >= o.begins and o.topic.matches(text)]
        if not wanted:
            return []
        labels = record.get("labels")
        own = labels.get("values", []) if isinstance(labels, Mapping) else []
        if labelled(own) or await self._wishes.alone(did):
            self._tally["not-public"] += 1
            return self._known.of(id)
        revision = str(commit.get("rev", "")) if commit.get("operation") == "update" else ""
        return [message_of(order, id, did, at, text, revision) for order in wanted]

    async def give(self) -> None:
        """Hand over what was found, and remember it."""
        for message in await self._hand.give():
            id = message.external_id
            if message.change is Change.DELETE:
                self._known.forget(id)
                continue
            others = {gone.chat for gone in self._known.of(id)}
            orders = frozenset(others | {message.chat})
            self._known.add(id, digest(message.sender), message.sent_at, orders)


async def _next(socket: ClientConnection) -> Event | None:
    """Return the next event, or None when there is none for a moment."""
    try:
        async with asyncio.timeout(_PAUSE):
            return read_event(await socket.recv())
    except TimeoutError:
        return None
    except ConnectionClosed:
        raise FeedAway("the stream was cut") from None
