# SPDX-License-Identifier: EUPL-1.2
"""Public posts on Bluesky as a Jetstream tells of them, inside a monitoring order.

Jetstream: github.com/bluesky-social/jetstream. Labels: atproto.com/specs/label and
docs.bsky.app (``!no-unauthenticated``). All new posts pass; what matches no order is let go.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import InvalidStatus, WebSocketException

from core import errors
from core.order import Order
from ingest.bluesky.hand import Hand
from ingest.bluesky.hearing import Hearing
from ingest.bluesky.known import Known
from ingest.bluesky.post import POSTS, SOURCE, micros
from ingest.bluesky.wishes import Wishes
from ingest.connector import Submit
from ingest.feed import FeedAway, Orders, no_orders, seconds, web_address
from ingest.fetching import AGENT, new_client, wait_in
from ingest.options import Options
from ingest.patience import BackOff, Stopped, until
from ingest.pulse import Pulse
from ingest.rounds import LONGEST, LOOK

log = logging.getLogger(__name__)

_OPTIONS = ("jetstream", "appview", "first_pause")
#: After a cut we listen again from this much earlier: events may overtake each other.
_OVERLAP = timedelta(seconds=5)
#: Largest event that is read, in bytes.
_MOST_BYTES = 256 * 1024


class Bluesky:
    """Listens to one Jetstream for as long as an order runs."""

    name = SOURCE
    consent = (
        "Een goedgekeurde volgopdracht van hooguit 14 dagen, en de schrijver schermt zich niet af."
    )

    def __init__(self, tenant: str, jetstream: str, appview: str, *, first_pause: float) -> None:
        self._tenant = tenant
        self._jetstream = jetstream.rstrip("/")
        self._appview = appview.rstrip("/")
        self._first_pause = first_pause
        self._orders: Orders = no_orders
        self._known = Known()
        #: What was left out, by reason, and how often the stream failed; since the start.
        self.tally: Counter[str] = Counter()
        #: How the source is doing.
        self.pulse = Pulse()

    @property
    def stream(self) -> str:
        """The Jetstream; its times are its own."""
        return urlsplit(self._jetstream).netloc[:200]

    def obey(self, orders: Orders) -> None:
        """Read for these orders only."""
        self._orders = orders

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Listen until ``stop``; without a running order there is no connection at all."""
        back_off = BackOff(
            first=self._first_pause, most=LONGEST, random=random.random, pulse=self.pulse
        )
        async with new_client() as client:
            hand = Hand(self._tenant, self.stream, submit, stop, _start(cursor))
            wishes = Wishes(client, self._appview)
            try:
                while not stop.is_set():
                    orders = await until(stop, _asked(self._orders))
                    pause = LOOK
                    if orders:
                        pause = await self._listen(orders, hand, wishes, back_off, stop)
                    await until(stop, asyncio.sleep(pause))
            except Stopped:
                return

    async def _listen(
        self,
        orders: Sequence[Order],
        hand: Hand,
        wishes: Wishes,
        back_off: BackOff,
        stop: asyncio.Event,
    ) -> float:
        """Listen for these orders; return after how many seconds to look again."""
        hearing = Hearing(orders, self._orders, hand, wishes, self._known, self.tally, stop)
        try:
            socket = await until(stop, self._open(orders, hand.time_us))
            async with socket:
                await hearing.run(socket, back_off)
        except FeedAway as away:
            # What was found before the cut was heard whole.
            await hearing.give()
            self.tally["failures"] += 1
            pause = back_off.next(away.retry_after)
            log.warning("bluesky: %s; again in %.1f s", away, pause)
            return pause
        return 0.0

    async def _open(self, orders: Sequence[Order], time_us: int | None) -> ClientConnection:
        try:
            return await open_socket(
                self._address(orders, time_us),
                proxy=None,
                max_size=_MOST_BYTES,
                user_agent_header=AGENT,
            )
        except InvalidStatus as refused:
            status, headers = refused.response.status_code, refused.response.headers
            asked = wait_in(headers)
            raise FeedAway(f"the stream answered {status}", retry_after=asked) from None
        except (OSError, WebSocketException, TimeoutError) as error:
            raise FeedAway(f"the stream cannot be reached ({type(error).__name__})") from None

    def _address(self, orders: Sequence[Order], time_us: int | None) -> str:
        # Nothing from before the first order is of use, however long ago we listened last.
        start = min(micros(order.begins) for order in orders)
        if time_us is not None:
            start = max(start, time_us - _OVERLAP // timedelta(microseconds=1))
        # A larger event would end the connection, again and again: let the stream leave it out.
        limits = {"maxMessageSizeBytes": _MOST_BYTES}
        query = urlencode({"wantedCollections": POSTS, "cursor": start, **limits})
        return f"{self._jetstream}/subscribe?{query}"


def connect(tenant: str, options: Mapping[str, Any]) -> Bluesky:
    """Return the connector; ``jetstream`` and ``appview`` are needed."""
    Options("bluesky", options, _OPTIONS)
    return Bluesky(
        tenant,
        web_address("bluesky", "jetstream", options.get("jetstream"), ("wss", "ws")),
        web_address("bluesky", "appview", options.get("appview"), ("https", "http")),
        first_pause=seconds("bluesky", options, "first_pause", 5.0, least=0.001),
    )


async def _asked(orders: Orders) -> Sequence[Order]:
    return await orders()


def _start(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isdecimal():
        raise errors.ConfigurationError("bluesky: the stored cursor is no number")
    return int(cursor)
