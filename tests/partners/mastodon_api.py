# SPDX-License-Identifier: EUPL-1.2
"""What a Mastodon server answers, from its documentation: hashtags, one post, and a stream.

``tests/ingest/test_mastodon_mock.py`` shows the same against a server that others wrote.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class MastodonApi:
    """Posts of one server, and what it was asked."""

    posts: dict[int, dict[str, Any]] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    #: Answer everything with this status and these headers.
    fault: tuple[int, Mapping[str, str]] | None = None
    malformed: bool = False
    listeners: list[web.StreamResponse] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> set[str]:
        return {request.path for request in self.asked}

    def write(
        self,
        text: str,
        *tags: str,
        id: int | None = None,
        at: datetime | None = None,
        account: Mapping[str, Any] | None = None,
        **changed: Any,
    ) -> int:
        """Publish a post; ids follow the time of writing, as on a real server."""
        at = at or NOON + timedelta(minutes=len(self.posts))
        number = id or (int(at.timestamp() * 1000) << 16) + len(self.posts)
        self.posts[number] = {
            "id": str(number),
            "created_at": at.isoformat().replace("+00:00", "Z"),
            "edited_at": None,
            "visibility": "public",
            "reblog": None,
            "spoiler_text": "",
            "content": f"<p>{text}</p>",
            "tags": [{"name": tag.lower()} for tag in tags],
            "account": {
                "acct": "sanne",
                "url": "https://mastodon.example/@sanne",
                "note": "<p>Hoi</p>",
                "indexable": True,
                "noindex": False,
                **(account or {}),
            },
            **changed,
        }
        return number

    def edit(self, number: int, text: str) -> None:
        self.posts[number] |= {
            "content": f"<p>{text}</p>",
            "edited_at": "2026-11-21T11:00:00.000Z",
        }

    async def tag(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if answer := self._fault():
            return answer
        wanted = request.match_info["tag"].lower()
        numbers = sorted(
            n for n, p in self.posts.items() if wanted in {tag["name"] for tag in p["tags"]}
        )
        query, limit = request.query, int(request.query.get("limit", 20))
        if "max_id" in query:
            numbers = [n for n in numbers if n < int(query["max_id"])]
        if "min_id" in query:
            numbers = [n for n in numbers if n > int(query["min_id"])][:limit]
        newest_first = numbers[-limit:][::-1]
        return web.json_response([self.posts[n] for n in newest_first])

    async def post(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if answer := self._fault():
            return answer
        found = self.posts.get(int(request.match_info["id"]))
        if found is None:
            return web.json_response({"error": "Record not found"}, status=404)
        return web.json_response(found)

    async def streaming(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        answer = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(b":)\n\n")
        self.listeners.append(answer)
        try:
            await asyncio.sleep(60)
        finally:
            self.listeners.remove(answer)
        return answer

    async def tell(self, event: str, data: str = "{}") -> None:
        """Say something to whoever listens."""
        for listener in self.listeners:
            await listener.write(f"event: {event}\ndata: {data}\n\n".encode())

    def _fault(self) -> web.Response | None:
        if self.fault is not None:
            return web.Response(status=self.fault[0], headers=dict(self.fault[1]))
        return web.Response(text='[{"id": "1", "acc') if self.malformed else None


@asynccontextmanager
async def mastodon_api() -> AsyncIterator[MastodonApi]:
    """Serve until the block ends."""
    api = MastodonApi()
    app = web.Application()
    app.router.add_get("/api/v1/timelines/tag/{tag}", api.tag)
    app.router.add_get("/api/v1/statuses/{id}", api.post)
    app.router.add_get("/api/v1/streaming/hashtag", api.streaming)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    api.port = server.port or 0
    try:
        yield api
    finally:
        await server.close()
