# SPDX-License-Identifier: EUPL-1.2
"""Public posts on Bluesky as a Jetstream tells of them, inside a monitoring order.

Jetstream: github.com/bluesky-social/jetstream. Labels: atproto.com/specs/label and
docs.bsky.app (``!no-unauthenticated``). All new posts pass; what matches no order is let go.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import random
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, WebSocketException

from core import errors
from core.message import Batch, Change, Message, Origin
from core.order import Order
from ingest import handover
from ingest.connector import Submit
from ingest.feed import FeedAway, Orders, moment, no_orders, seconds, web_address
from ingest.fetching import AGENT, get, new_client
from ingest.options import Options
from ingest.rounds import LONGEST, LOOK
from ingest.telegram.patience import BackOff, Stopped, until

log = logging.getLogger(__name__)

_OPTIONS = ("jetstream", "appview", "first_pause")
_POSTS = "app.bsky.feed.post"
#: What a writer says who wants to be shown to nobody without an account.
_ALONE = "!no-unauthenticated"
#: After a cut we listen again from this much earlier: events may overtake each other.
_OVERLAP = timedelta(seconds=5)
#: Seconds after which what was found is handed over, at the latest.
_PAUSE = 0.2
#: Seconds between two commits of the cursor while nothing is found.
_ADVANCE = 30.0
#: Seconds after which a connection counts as one that holds.
_STEADY = 30.0
#: Seconds that a commit may still take after ``stop``.
_GRACE = 1.5
#: Seconds for which a writer's wish is remembered, and of how many writers.
_WISH, _WISHES = 600.0, 20_000
#: Posts that are remembered to notice their deletion, in memory only.
_POSTS_KNOWN = 50_000
#: Largest event that is read, in bytes.
_MOST_BYTES = 256 * 1024

Event = Mapping[str, Any]


class Bluesky:
    """Listens to one Jetstream for as long as an order runs."""

    name = "bluesky"
    consent = (
        "Een goedgekeurde volgopdracht van hooguit 14 dagen, en de schrijver schermt zich niet af."
    )

    def __init__(self, tenant: str, jetstream: str, appview: str, *, first_pause: float) -> None:
        self._tenant = tenant
        self._jetstream = jetstream.rstrip("/")
        self._appview = appview.rstrip("/")
        self._first_pause = first_pause
        self._orders: Orders = no_orders
        self._known = _Known()
        #: What was left out, by reason, and how often the stream failed; since the start.
        self.tally: Counter[str] = Counter()

    @property
    def stream(self) -> str:
        """The Jetstream; its times are its own."""
        return urlsplit(self._jetstream).netloc[:200]

    def obey(self, orders: Orders) -> None:
        """Read for these orders only."""
        self._orders = orders

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Listen until ``stop``; without a running order there is no connection at all."""
        back_off = BackOff(first=self._first_pause, most=LONGEST, random=random.random)
        async with new_client() as client:
            hand = _Hand(self._tenant, self.stream, submit, stop, _start(cursor))
            wishes = _Wishes(client, self._appview)
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
        hand: _Hand,
        wishes: _Wishes,
        back_off: BackOff,
        stop: asyncio.Event,
    ) -> float:
        """Listen for these orders; return after how many seconds to look again."""
        hearing = _Hearing(orders, self._orders, hand, wishes, self._known, self.tally, stop)
        try:
            socket = await until(stop, self._open(orders, hand.time_us))
            async with socket:
                await hearing.run(socket, back_off)
        except FeedAway as away:
            # What was found before the cut was heard whole.
            await hearing.give()
            self.tally["failures"] += 1
            pause = max(back_off.next(), away.retry_after or 0.0)
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
        except (OSError, WebSocketException, TimeoutError) as error:
            raise FeedAway(f"the stream cannot be reached ({type(error).__name__})") from None

    def _address(self, orders: Sequence[Order], time_us: int | None) -> str:
        # Nothing from before the first order is of use, however long ago we listened last.
        start = min(_micros(order.begins) for order in orders)
        if time_us is not None:
            start = max(start, time_us - _OVERLAP // timedelta(microseconds=1))
        query = urlencode({"wantedCollections": _POSTS, "cursor": start})
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


class _Known:
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
        return [_deletion(order, id, at) for order in sorted(orders)]

    def by(self, writer: str) -> list[Message]:
        """Return the deletions of all posts of one writer."""
        ids = [id for id, (who, _, _) in self._posts.items() if who == writer]
        return [gone for id in ids for gone in self.of(id)]

    def forget(self, id: str) -> None:
        """Forget a post."""
        self._posts.pop(id, None)


@dataclass(slots=True)
class _Wish:
    alone: bool
    asked_at: float


class _Wishes:
    """Which writers want to be left alone; asked of the AppView, for matching posts only."""

    def __init__(self, client: httpx.AsyncClient, appview: str) -> None:
        self._client = client
        self._appview = appview
        self._known: OrderedDict[str, _Wish] = OrderedDict()

    async def alone(self, did: str) -> bool:
        """Whether a writer wants that; ``FeedAway`` when nobody can tell: then it waits."""
        now = asyncio.get_running_loop().time()
        wish = self._known.get(did)
        if wish is None or now - wish.asked_at > _WISH:
            wish = _Wish(await self._ask(did), now)
            self._known[did] = wish
            while len(self._known) > _WISHES:
                self._known.popitem(last=False)
        return wish.alone

    async def _ask(self, did: str) -> bool:
        address = f"{self._appview}/xrpc/app.bsky.actor.getProfile"
        try:
            answer, body = await get(self._client, address, params={"actor": did})
        except FeedAway as away:
            if str(away) == "a server answered 400":
                return True  # There is no such account (any more).
            raise
        profile = _read(body)
        if answer.is_error or not isinstance(profile.get("labels", []), list):
            return True
        return _labelled(profile.get("labels", []))


class _Hand:
    """Keeps what was found until it is handed over, and how far we are."""

    def __init__(
        self, tenant: str, stream: str, submit: Submit, stop: asyncio.Event, time_us: int | None
    ) -> None:
        self._tenant = tenant
        self._stream = stream
        self._submit = submit
        self._stop = stop
        self._found: list[Message] = []
        self._heard: int | None = time_us
        self._committed_at = 0.0
        #: Time of the last event that was handed over or needed no handing over.
        self.time_us = time_us

    def take(self, messages: Sequence[Message], time_us: int) -> None:
        """Keep what one event brought."""
        self._found += messages
        self._heard = max(time_us, self._heard or 0)

    @property
    def full(self) -> bool:
        """Whether it is time to hand over."""
        return len(self._found) >= handover.BATCH

    async def give(self) -> list[Message]:
        """Hand over all that was found with the time that follows it; return it."""
        now = asyncio.get_running_loop().time()
        due = now - self._committed_at >= _ADVANCE and self._heard != self.time_us
        if not (self._found or due):
            return []
        given = self._found
        batch = Batch(
            tenant=self._tenant,
            source=Bluesky.name,
            items=tuple(given),
            stream=self._stream,
            cursor=str(self._heard),
        )
        await until(self._stop, _submitted(self._submit, batch), grace=_GRACE)
        self._found, self._committed_at, self.time_us = [], now, self._heard
        return given


class _Hearing:
    """One connection."""

    def __init__(
        self,
        orders: Sequence[Order],
        asked: Orders,
        hand: _Hand,
        wishes: _Wishes,
        known: _Known,
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
            return self._known.by(_digest(did))
        if not isinstance(commit, Mapping) or commit.get("collection") != _POSTS:
            return []
        id = _digest(f"{did}/{commit.get('rkey')}")
        if commit.get("operation") == "delete":
            return self._known.of(id)
        return await self._read(did, id, commit, time_us)

    async def _read(self, did: str, id: str, commit: Event, time_us: int) -> list[Message]:
        record = commit.get("record")
        if not isinstance(record, Mapping) or not isinstance(record.get("text"), str):
            self._tally["malformed"] += 1
            return []
        written = _written(record, time_us)
        text = _text(record)
        wanted = [o for o in self._orders if written >= o.begins and o.topic.matches(text)]
        if not wanted:
            return []
        labels = record.get("labels")
        own = labels.get("values", []) if isinstance(labels, Mapping) else []
        if _labelled(own) or await self._wishes.alone(did):
            self._tally["not-public"] += 1
            return self._known.of(id)
        revision = str(commit.get("rev", "")) if commit.get("operation") == "update" else ""
        return [_message(order, id, did, written, text, revision) for order in wanted]

    async def give(self) -> None:
        """Hand over what was found, and remember it."""
        for message in await self._hand.give():
            id = message.external_id
            if message.change is Change.DELETE:
                self._known.forget(id)
                continue
            others = {gone.chat for gone in self._known.of(id)}
            orders = frozenset(others | {message.chat})
            self._known.add(id, _digest(message.sender), message.sent_at, orders)


async def _next(socket: ClientConnection) -> Event | None:
    """Return the next event, or None when there is none for a moment."""
    try:
        async with asyncio.timeout(_PAUSE):
            return _read(await socket.recv())
    except TimeoutError:
        return None
    except ConnectionClosed:
        raise FeedAway("the stream was cut") from None


async def _asked(orders: Orders) -> Sequence[Order]:
    return await orders()


async def _submitted(submit: Submit, batch: Batch) -> None:
    await submit(batch)


def _read(raw: str | bytes) -> dict[str, Any]:
    """Return an object in JSON; an empty one for anything else."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _start(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isdecimal():
        raise errors.ConfigurationError("bluesky: the stored cursor is no number")
    return int(cursor)


def _micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _written(record: Event, time_us: int) -> datetime:
    """Return when a post was written: as it says, and never after the stream told of it."""
    heard = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)
    said = moment(record.get("createdAt"))
    return min(said, heard) if said else heard


def _text(record: Event) -> str:
    tags = record.get("tags")
    extra = [f"#{tag}" for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return " ".join([str(record["text"]), *extra])


def _labelled(labels: object) -> bool:
    if not isinstance(labels, list):
        return True
    return any(isinstance(label, Mapping) and label.get("val") == _ALONE for label in labels)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _message(
    order: Order, id: str, did: str, written: datetime, text: str, revision: str
) -> Message:
    return Message(
        source=Bluesky.name,
        chat=order.id,
        external_id=id,
        sender=did,
        sent_at=written,
        text=text,
        origin=Origin.PUBLIC,
        change=Change.EDIT if revision else Change.NEW,
        revision=revision,
    )


def _deletion(order_id: str, id: str, at: datetime) -> Message:
    return Message(
        source=Bluesky.name,
        chat=order_id,
        external_id=id,
        sender="",
        sent_at=at,
        text="",
        origin=Origin.PUBLIC,
        change=Change.DELETE,
    )
