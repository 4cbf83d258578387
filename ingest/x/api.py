# SPDX-License-Identifier: EUPL-1.2
"""The few things that X is asked for, through tweepy; without a word of anybody in an error.

docs.x.com: x-api/posts/search-recent-posts, x-api/posts/get-posts-by-ids,
x-api/posts/get-count-of-recent-posts.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from tweepy.asynchronous import AsyncClient
from tweepy.errors import HTTPException, TooManyRequests, TweepyException

from ingest.feed import FeedAway
from ingest.fetching import AGENT
from ingest.x.post import FIELDS, Post, is_post, number_of

#: Most posts on a page and in one look-up, and fewest that a page can be asked for.
PAGE, LEAST = 100, 10
#: Longest wait that X can ask of us, in seconds.
_LONGEST_WAIT = 3600.0
_SECONDS = 20.0
#: tweepy writes addresses, queries, tokens and whole posts into these.
_LOGS = ("tweepy.asynchronous.client", "tweepy.asynchronous.streaming", "tweepy.client")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Page:
    """Posts, newest first, and what gives the page after it."""

    posts: tuple[Post, ...]
    #: Posts that X will charge for: unreadable ones too.
    charged: int
    after: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """How many posts there were between two moments; nothing else of them is known."""

    start: str
    n: int


def open_session(address: str | None, *, silence: float | None = None) -> aiohttp.ClientSession:
    """Return a session for tweepy that goes to ``address`` instead of X, when there is one.

    ``silence`` is after how many seconds without a byte a stream counts as cut.
    """
    for name in _LOGS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    timeout = aiohttp.ClientTimeout(total=_SECONDS if silence is None else None, sock_read=silence)
    return aiohttp.ClientSession(
        timeout=timeout,
        trust_env=False,
        headers={"user-agent": AGENT},
        middlewares=(_Redirected(address),) if address else (),
    )


class _Redirected:
    """tweepy knows one host by heart; this changes it at the last moment."""

    def __init__(self, address: str) -> None:
        self._parts = urlsplit(address)

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        url = request.url.with_scheme(self._parts.scheme).with_host(self._parts.hostname or "")
        request.url = url.with_port(self._parts.port)
        return await handler(request)


class Api:
    """Asks X; raises ``FeedAway`` with our own words when there is no usable answer."""

    def __init__(self, session: aiohttp.ClientSession, token: str) -> None:
        self._client = AsyncClient(token, return_type=dict, wait_on_rate_limit=False)
        self._client.session = session
        self._client.user_agent = AGENT

    async def search(
        self,
        query: str,
        *,
        most: int,
        since_id: int | None,
        start: datetime | None,
        after: str | None,
    ) -> Page:
        """Return a page of what was written about ``query`` lately, newest first."""
        where: dict[str, Any] = {"max_results": most, "tweet_fields": list(FIELDS)}
        where |= {"since_id": since_id} if since_id is not None else {}
        where |= {"start_time": start} if start is not None else {}
        where |= {"next_token": after} if after is not None else {}
        answer = await asked(self._client.search_recent_tweets(query, **where))
        found = _list(answer, "data")
        meta = answer.get("meta")
        token = meta.get("next_token") if isinstance(meta, Mapping) else None
        return Page(
            posts=tuple(post for post in found if is_post(post)),
            charged=len(found),
            after=token if isinstance(token, str) else None,
        )

    async def look_up(self, ids: Sequence[str]) -> tuple[dict[str, Post], set[str]]:
        """Return the posts that are there by id, and the ids of those that are gone or hidden."""
        answer = await asked(self._client.get_tweets(list(ids), tweet_fields=list(FIELDS)))
        there = {str(post["id"]): post for post in _list(answer, "data") if is_post(post)}
        errors = [e for e in _list(answer, "errors") if isinstance(e, Mapping)]
        gone = {str(e.get("value")) for e in errors if _is_gone(e)}
        return there, {id for id in ids if id in gone and id not in there}

    async def count(self, query: str, *, start: datetime, end: datetime) -> list[Hour]:
        """Return how many posts there were about ``query``, hour by hour."""
        answer = await asked(
            self._client.get_recent_tweets_count(
                query, granularity="hour", start_time=start, end_time=end
            )
        )
        rows = [row for row in _list(answer, "data") if isinstance(row, Mapping)]
        return [
            Hour(start=str(row.get("start")), n=row["tweet_count"])
            for row in rows
            if type(row.get("tweet_count")) is int and row["tweet_count"] >= 0
        ]


async def asked(answer: Awaitable[Any]) -> Mapping[str, Any]:
    """Return an answer of X; ``FeedAway`` when it refuses, limits us or is away."""
    try:
        found = await answer
    except TooManyRequests as error:
        raise FeedAway("X answered 429", retry_after=_wait(error)) from None
    except HTTPException as error:
        raise FeedAway(f"X answered {error.response.status}") from None
    except (aiohttp.ClientError, TweepyException, OSError, TimeoutError, ValueError) as error:
        raise FeedAway(f"X cannot be reached ({type(error).__name__})") from None
    if not isinstance(found, Mapping):
        raise FeedAway("an answer has another shape than X's")
    return found


def _wait(error: TooManyRequests) -> float | None:
    asked_for = error.response.headers.get("retry-after", "")
    if asked_for.isdecimal():
        return min(float(asked_for), _LONGEST_WAIT)
    if error.reset_time is None:
        return None
    return min(max(0.0, float(error.reset_time) - time.time()), _LONGEST_WAIT)


def _is_gone(error: Mapping[str, Any]) -> bool:
    kind = str(error.get("type", ""))
    hidden = kind.endswith(("/resource-not-found", "/not-authorized-for-resource"))
    return hidden and number_of(error.get("value")) > 0


def _list(answer: Mapping[str, Any], name: str) -> list[Any]:
    found = answer.get(name)
    return found if isinstance(found, list) else []
