# SPDX-License-Identifier: EUPL-1.2
"""Public posts with a hashtag, as one Mastodon server knows them, inside a monitoring order.

docs.joinmastodon.org: methods/timelines#tag, methods/statuses#get, methods/streaming#hashtag,
entities/Status, entities/Account. Nothing else is ever asked for: no account, no search.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from core import errors
from core.message import Change, Message, Origin
from core.order import Order
from ingest.connector import Submit
from ingest.feed import (
    FeedAway,
    Handing,
    Marks,
    Orders,
    moment,
    no_orders,
    seconds,
    web_address,
)
from ingest.fetching import get, new_client
from ingest.limits import is_id
from ingest.markup import words_of
from ingest.options import Options
from ingest.rounds import LOOK, Rounds

log = logging.getLogger(__name__)

_OPTIONS = ("instance", "token", "poll_seconds", "review_seconds", "first_pause", "stream")
#: Posts on a page; the most that servers give.
_PAGE = 40
#: Pages that a review looks back: some 400 posts of one hashtag.
_REVIEW_PAGES = 10
#: Seconds between two visits because of the stream, however busy it is.
_SETTLE = 1.0
#: What people write in their profile to be left alone by programs.
_ALONE = re.compile(r"#\s?no-?(?:bots?|index|archive)\b", re.IGNORECASE)

Status = Mapping[str, Any]


class Mastodon:
    """Asks one server for the hashtags of the orders that run."""

    name = "mastodon"
    consent = (
        "Een goedgekeurde volgopdracht van hooguit 14 dagen, en de schrijver vond vindbaar "
        "zijn goed."
    )

    def __init__(
        self,
        tenant: str,
        instance: str,
        *,
        token: str | None,
        every: float,
        review: float,
        first_pause: float,
        listens: bool,
    ) -> None:
        self._tenant = tenant
        self._instance = instance.rstrip("/")
        self._token = token
        self._every = every
        self._review = review
        self._first_pause = first_pause
        self._listens = listens
        self._orders: Orders = no_orders
        self._known = _Known()
        #: What was left out, by reason, and how often the server failed; since the start.
        self.tally: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"<Mastodon {self._tenant} {self.stream}>"

    @property
    def stream(self) -> str:
        """The server; every server numbers posts in its own way."""
        return (urlsplit(self._instance).netloc)[:200]

    def obey(self, orders: Orders) -> None:
        """Read for these orders only."""
        self._orders = orders

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Go round the hashtags until ``stop``."""
        handing = Handing(tenant=self._tenant, source=self.name, stream=self.stream, submit=submit)
        marks = Marks(cursor)
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        async with new_client(headers) as client:
            server = _Server(client, self._instance)
            reading = _Reading(
                server, handing, marks, cursor, self._known, self.tally, every=self._review
            )
            rounds = Rounds(
                source=self.name,
                every=self._every,
                first_pause=self._first_pause,
                orders=self._orders,
                places=lambda order: order.topic.hashtags,
                visit=reading.visit,
                keep=reading.keep,
                tally=self.tally,
            )
            listening = _Listening(server, self._orders, rounds.bell, reading)
            beside = asyncio.create_task(listening.run()) if self._listens else None
            try:
                await rounds.go(stop)
            finally:
                if beside is not None:
                    beside.cancel()
                    await asyncio.gather(beside, return_exceptions=True)


def connect(tenant: str, options: Mapping[str, Any]) -> Mastodon:
    """Return the connector; ``instance`` is needed, ``token`` where a server asks for one."""
    given = Options("mastodon", options, _OPTIONS)
    listens = options.get("stream", False)
    if not isinstance(listens, bool):
        raise errors.ConfigurationError("connector mastodon: 'stream' must be true or false")
    return Mastodon(
        tenant,
        web_address("mastodon", "instance", options.get("instance"), ("https", "http")),
        token=given.text("token") if "token" in options else None,
        every=seconds("mastodon", options, "poll_seconds", 60.0, least=0.01),
        review=seconds("mastodon", options, "review_seconds", 900.0, least=0.01),
        first_pause=seconds("mastodon", options, "first_pause", 5.0, least=0.001),
        listens=listens,
    )


class _Server:
    """The three things that a server is asked for."""

    def __init__(self, client: httpx.AsyncClient, instance: str) -> None:
        self._client = client
        self._instance = instance

    async def page(self, tag: str, **where: str) -> list[Status]:
        """Return a page of public posts with a hashtag, oldest first."""
        address = f"{self._instance}/api/v1/timelines/tag/{quote(tag, safe='')}"
        answer, body = await get(self._client, address, params={"limit": str(_PAGE), **where})
        if answer.is_error:
            raise FeedAway(f"a server answered {answer.status_code}")
        found = [post for post in _json(body, list) if isinstance(post, dict) and _id(post)]
        return sorted(found, key=lambda post: _rank(_id(post)))

    async def post(self, id: str) -> Status | None:
        """Return one post as it is now; None when it is gone."""
        address = f"{self._instance}/api/v1/statuses/{quote(id, safe='')}"
        answer, body = await get(self._client, address)
        found: Status | None = None if answer.is_error else _json(body, dict)
        return found

    async def hear(self, tag: str, heard: asyncio.Queue[str]) -> None:
        """Put the kind of each event of a hashtag into ``heard``; the rest of it is not read."""
        address = f"{self._instance}/api/v1/streaming/hashtag"
        patience = httpx.Timeout(20.0, read=90.0)
        async with self._client.stream(
            "GET", address, params={"tag": tag}, timeout=patience
        ) as answer:
            if answer.is_error:
                raise FeedAway(f"a stream answered {answer.status_code}")
            async for line in answer.aiter_lines():
                if line.startswith("event:"):
                    heard.put_nowait(line.removeprefix("event:").strip())


def _json(body: bytes, kind: type) -> Any:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, kind):
        raise FeedAway("an answer has another shape than Mastodon's")
    return found


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is remembered of a post that was handed over, in memory only."""

    revision: str
    sent_at: datetime


class _Known:
    """Which posts of an order were handed over, so that it shows when one is changed or gone."""

    def __init__(self) -> None:
        self._posts: dict[tuple[str, str], dict[str, _Seen]] = {}

    def of(self, order: Order, tag: str) -> dict[str, _Seen]:
        """Return the posts of one hashtag, by id."""
        return self._posts.setdefault((order.id, tag), {})

    def keep(self, orders: Sequence[Order]) -> None:
        """Forget the posts of all other orders."""
        ids = {order.id for order in orders}
        self._posts = {key: posts for key, posts in self._posts.items() if key[0] in ids}


class _Reading:
    """One run over all hashtags."""

    def __init__(
        self,
        server: _Server,
        handing: Handing,
        marks: Marks,
        cursor: str | None,
        known: _Known,
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
            newest = _id(posts[-1])
            if _rank(newest) <= _rank(last):
                return
            last = newest
            await self._hand_over(order, tag, self._changes(order, tag, posts), last)

    async def _look_back(self, order: Order, tag: str, *, pages: int | None) -> None:
        """Read from the newest post back: to the order's start, or ``pages`` far."""
        posts, whole = await self._back(order, tag, pages)
        changes = self._changes(order, tag, posts)
        oldest = min((_written(post) or order.begins for post in posts), default=order.begins)
        since = order.begins if whole else oldest
        changes += await self._gone(order, tag, {_id(post) for post in posts}, since)
        last = self._marks.get(order, tag).get("min_id")
        newest = max(
            [_id(post) for post in posts] + ([last] if last else []), key=_rank, default=""
        )
        await self._hand_over(order, tag, changes, newest)
        self._reviewed[order.id, tag] = asyncio.get_running_loop().time()

    async def _back(self, order: Order, tag: str, pages: int | None) -> tuple[list[Status], bool]:
        """Return posts, oldest first, and whether that is all since the order began."""
        found: dict[str, Status] = {}
        where: dict[str, str] = {}
        turned = 0
        while pages is None or turned < pages:
            page = [p for p in await self._server.page(tag, **where) if _id(p) not in found]
            if not page:
                return _in_order(found), True
            found |= {_id(post): post for post in page}
            written = _written(page[0])
            if written is not None and written < order.begins:
                return _in_order(found), True
            where, turned = {"max_id": _id(page[0])}, turned + 1
        return _in_order(found), False

    def _changes(self, order: Order, tag: str, posts: Sequence[Status]) -> list[Message]:
        """Return what is new or changed, and what may not be read any more."""
        known, found = self._known.of(order, tag), []
        for post in posts:
            refusal = _refusal(order, post)
            seen = known.get(_id(post))
            if refusal is None and (seen is None or seen.revision != _revision(post)):
                found.append(_message(order, post))
            elif refusal is not None and seen is not None:
                found.append(_deletion(order, _id(post), seen.sent_at))
            elif refusal is not None:
                self._tally[refusal] += 1
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
            if post is None or _refusal(order, post) is not None:
                found.append(_deletion(order, id, seen.sent_at))
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
                known[message.external_id] = _Seen(message.revision, message.sent_at)
        if mark:
            self._marks.move(order, tag, mark)
        if messages:
            self._cursor = cursor


class _Listening:
    """Rings when a server says that there is news; what it says is then asked for as usual.

    So the stream needs no cursor, and a stream that is cut or refused loses nothing.
    """

    def __init__(
        self, server: _Server, orders: Orders, bell: asyncio.Event, reading: _Reading
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


def _refusal(order: Order, post: Status) -> str | None:
    """Say why a post may not be read: not public, somebody else's, or the writer objects."""
    account = post.get("account")
    if not isinstance(account, Mapping) or _written(post) is None:
        return "malformed"
    if post.get("visibility") != "public" or post.get("reblog"):
        return "not-public"
    if account.get("indexable") is False or account.get("noindex") is True:
        return "not-indexable"
    if _ALONE.search(words_of(str(account.get("note") or ""))):
        return "no-bots"
    return None if order.topic.matches(_text(post)) else "off-topic"


def _message(order: Order, post: Status) -> Message:
    revision = _revision(post)
    return Message(
        source=Mastodon.name,
        chat=order.id,
        external_id=_id(post),
        sender=str(post["account"].get("url") or post["account"].get("acct") or ""),
        sent_at=_written(post) or order.begins,
        text=_text(post),
        origin=Origin.PUBLIC,
        change=Change.EDIT if revision else Change.NEW,
        revision=revision,
    )


def _deletion(order: Order, id: str, sent_at: datetime) -> Message:
    return Message(
        source=Mastodon.name,
        chat=order.id,
        external_id=id,
        sender="",
        sent_at=sent_at,
        text="",
        origin=Origin.PUBLIC,
        change=Change.DELETE,
    )


def _text(post: Status) -> str:
    parts = (post.get("spoiler_text"), words_of(str(post.get("content") or "")))
    return "\n".join(str(part) for part in parts if part)


def _revision(post: Status) -> str:
    edited = moment(post.get("edited_at"))
    return edited.isoformat() if edited else ""


def _written(post: Status) -> datetime | None:
    return moment(post.get("created_at"))


def _id(post: Status) -> str:
    id = post.get("id")
    return id if isinstance(id, str) and is_id(id) else ""


def _rank(id: str) -> tuple[int, str]:
    """Order ids as Mastodon gives them out: numbers that are written as text."""
    return (len(id), id)


def _in_order(found: Mapping[str, Status]) -> list[Status]:
    return [found[id] for id in sorted(found, key=_rank)]
