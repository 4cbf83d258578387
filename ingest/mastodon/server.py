# SPDX-License-Identifier: EUPL-1.2
"""The three things that a Mastodon server is asked for."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import httpx

from ingest.feed import FeedAway
from ingest.fetching import get
from ingest.mastodon.post import Status, id_of, rank

#: Posts on a page; the most that servers give.
_PAGE = 40


class Server:
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
        found = [post for post in _json(body, list) if isinstance(post, dict) and id_of(post)]
        return sorted(found, key=lambda post: rank(id_of(post)))

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
