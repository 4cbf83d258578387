# SPDX-License-Identifier: EUPL-1.2
"""The filtered stream of X: one connection, until it is cut; then a search fills the gap.

docs.x.com: x-api/posts/filtered-stream. tweepy would connect again by itself and lose what came
meanwhile, so here every end of the line is an end.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import aiohttp
from tweepy import StreamRule
from tweepy.asynchronous import AsyncStreamingClient

from core.order import Order
from ingest.feed import FeedAway
from ingest.x.api import asked, open_session
from ingest.x.post import FIELDS, Post, is_post
from ingest.x.query import queries_of

#: What our rules at X are called; others of the same app are left alone.
_TAG = "buurtsignaal"
#: X says something every twenty seconds, if only that it is there.
_SILENCE = 30.0


class _Cut(Exception):
    """The line ended."""


class _Line(AsyncStreamingClient):  # type: ignore[misc]
    """tweepy's client with its own logging and its own second tries taken out."""

    def __init__(self, token: str) -> None:
        super().__init__(token, return_type=dict, max_retries=0)
        self.heard: asyncio.Queue[bytes] = asyncio.Queue(maxsize=100)
        self.why = "the stream was cut"

    async def on_data(self, raw_data: bytes) -> None:
        await self.heard.put(raw_data)

    async def on_closed(self, resp: aiohttp.ClientResponse) -> NoReturn:  # noqa: ARG002
        raise _Cut

    async def on_connection_error(self) -> NoReturn:
        raise _Cut

    async def on_request_error(self, status_code: int) -> NoReturn:
        self.why = f"the stream answered {status_code}"
        raise _Cut

    async def on_exception(self, exception: Exception) -> None:
        """Leave it at ``why``: the error's own words can quote an answer."""

    async def on_connect(self) -> None:
        """Say nothing."""

    async def on_disconnect(self) -> None:
        """Say nothing."""

    async def on_keep_alive(self) -> None:
        """Say nothing."""


class Stream:
    """An open line."""

    def __init__(self, line: _Line, orders: Mapping[str, tuple[Order, str]]) -> None:
        self._line = line
        self._orders = orders

    async def next(self, seconds: float) -> tuple[Post, list[tuple[Order, str]]] | None:
        """Return a post with the orders and queries it is for; None when there is none.

        ``FeedAway`` when the line was cut.
        """
        raw = await self._raw(seconds)
        if raw is None:
            return None
        try:
            told = json.loads(raw)
        except (ValueError, RecursionError):
            raise FeedAway("the stream sent something else than JSON") from None
        if not isinstance(told, dict) or "data" not in told:
            raise FeedAway("the stream was closed by X")
        post = told["data"] if is_post(told["data"]) else {}
        tags = [_tag_of(rule) for rule in told.get("matching_rules") or ()]
        return post, [self._orders[tag] for tag in tags if tag in self._orders]

    async def _raw(self, seconds: float) -> bytes | None:
        waiting = asyncio.ensure_future(self._line.heard.get())
        await asyncio.wait(
            {waiting, self._line.task}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if waiting.done():
            return waiting.result()
        waiting.cancel()
        if self._line.task.done() and self._line.heard.empty():
            raise FeedAway(self._line.why)
        return None


@asynccontextmanager
async def opened(token: str, address: str | None, orders: Sequence[Order]) -> AsyncIterator[Stream]:
    """Set the rules of ``orders`` and give the open line; ``FeedAway`` when that fails."""
    line = _Line(token)
    wanted = {
        f"{_TAG} {order.id} {number}": (order, query)
        for order in orders
        for number, query in enumerate(queries_of(order))
    }
    async with open_session(address, silence=_SILENCE) as session:
        line.session = session
        await _set_rules(line, {tag: query for tag, (_, query) in wanted.items()})
        line.filter(tweet_fields=list(FIELDS))
        try:
            yield Stream(line, wanted)
        finally:
            line.disconnect()
            await asyncio.gather(line.task, return_exceptions=True)


async def _set_rules(line: _Line, wanted: Mapping[str, str]) -> None:
    """Make our rules at X those of the orders that run, and no others."""
    answer = await asked(line.get_rules())
    rules = answer.get("data")
    known = {
        _tag_of(rule): rule
        for rule in (rules if isinstance(rules, list) else ())
        if _tag_of(rule).startswith(f"{_TAG} ")
    }
    stale = [rule["id"] for tag, rule in known.items() if wanted.get(tag) != rule.get("value")]
    if stale:
        await asked(line.delete_rules(stale))
    new = [
        StreamRule(value=query, tag=tag)
        for tag, query in wanted.items()
        if known.get(tag, {}).get("value") != query
    ]
    if new:
        await asked(line.add_rules(new))


def _tag_of(rule: Any) -> str:
    tag = rule.get("tag") if isinstance(rule, Mapping) else None
    return tag if isinstance(tag, str) else ""
