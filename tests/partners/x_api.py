# SPDX-License-Identifier: EUPL-1.2
"""The part of X's API that the connector uses, on this machine, from its documentation."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_EPOCH = 1288834974657
_GONE = "https://api.twitter.com/2/problems/resource-not-found"
_HIDDEN = "https://api.twitter.com/2/problems/not-authorized-for-resource"


@dataclass(kw_only=True)
class XApi:
    """Every post there is, who asked for what, and the lines that are open."""

    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: int = 0
    hidden: set[str] = field(default_factory=set)
    #: Path and query of each request.
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    #: Posts that were given out: what X would charge for.
    charged: int = 0
    rules: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Answers to give instead: (status, headers).
    failing: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    lines: list[web.StreamResponse] = field(default_factory=list)
    url: str = ""

    def paths(self) -> set[str]:
        return {path for path, _ in self.asked}

    def write(self, text: str, *, at: datetime | None = None, **more: Any) -> str:
        """Publish a post; who is on the line and asked for it hears it."""
        self.written += 1
        at = at or NOON + timedelta(seconds=self.written)
        id = str((int(at.timestamp() * 1000) - _EPOCH << 22) + self.written)
        self.posts[id] = {
            "id": id,
            "text": text,
            "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "edit_history_tweet_ids": [id],
            "author_id": "4711",
            **more,
        }
        return id

    def edit(self, id: str, text: str) -> str:
        """Give a post new words: a new post that shares its history."""
        new = self.write(text)
        history = [*self.posts[id]["edit_history_tweet_ids"], new]
        for each in history:
            self.posts[each]["edit_history_tweet_ids"] = history
        return new

    async def tell(self, id: str) -> None:
        """Send a post down every line whose rules it fits."""
        post = self._shown(self.posts[id], "created_at,edit_history_tweet_ids")
        fitting = [
            {"id": key, "tag": rule["tag"]}
            for key, rule in self.rules.items()
            if _fits(rule["value"], post["text"])
        ]
        for line in self.lines:
            self.charged += 1
            told = {"data": post, "matching_rules": fitting}
            await line.write(json.dumps(told).encode() + b"\r\n")

    def cut(self) -> None:
        """End every line in the middle."""
        for line in self.lines:
            transport = line._req.transport if line._req else None
            if transport is not None:
                transport.abort()
        self.lines.clear()

    # -- what is served -----------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, dict(request.query)))
        if request.headers.get("authorization") != "Bearer GEHEIM":
            return web.json_response({"title": "Unauthorized"}, status=401)
        if self.failing:
            status, headers = self.failing.pop(0)
            return web.json_response({"title": "away"}, status=status, headers=headers)
        served = {
            "/2/tweets/search/recent": self._search,
            "/2/tweets/counts/recent": self._count,
            "/2/tweets": self._look_up,
            "/2/tweets/search/stream/rules": self._rules,
            "/2/tweets/search/stream": self._stream,
        }
        return await served[request.path](request)

    async def _search(self, request: web.Request) -> web.Response:
        query = request.query
        most = int(query["max_results"])
        if not 10 <= most <= 100 or len(query["query"]) > 512:
            return web.json_response({"title": "Invalid Request"}, status=400)
        found = [p for p in self._matching(query["query"]) if _since(p, query)]
        start = int(query.get("next_token", "t0")[1:])
        page = found[::-1][start : start + most]
        self.charged += len(page)
        meta: dict[str, Any] = {"result_count": len(page)}
        if start + most < len(found):
            meta["next_token"] = f"t{start + most}"
        shown = [self._shown(post, query.get("tweet.fields", "")) for post in page]
        return web.json_response({"meta": meta} | ({"data": shown} if shown else {}))

    async def _count(self, request: web.Request) -> web.Response:
        query = request.query
        at, end = (datetime.fromisoformat(query[name]) for name in ("start_time", "end_time"))
        rows = []
        while at < end:
            after = min(end, at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
            within = [p for p in self._matching(query["query"]) if at <= _at(p) < after]
            rows.append({"start": _iso(at), "end": _iso(after), "tweet_count": len(within)})
            at = after
        return web.json_response({"data": rows, "meta": {}})

    async def _look_up(self, request: web.Request) -> web.Response:
        data, errors = [], []
        for id in request.query["ids"].split(","):
            if id in self.hidden:
                errors.append({"value": id, "type": _HIDDEN, "resource_type": "tweet"})
            elif id in self.posts:
                data.append(self._shown(self.posts[id], request.query.get("tweet.fields", "")))
            else:
                errors.append({"value": id, "type": _GONE, "resource_type": "tweet"})
        self.charged += len(data)
        answer: dict[str, Any] = {"data": data} if data else {}
        return web.json_response(answer | ({"errors": errors} if errors else {}))

    async def _rules(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            body = await request.json()
            for id in body.get("delete", {}).get("ids", ()):
                self.rules.pop(id)
            for rule in body.get("add", ()):
                self.rules[str(len(self.asked))] = rule
        rules = [{"id": id, **rule} for id, rule in self.rules.items()]
        return web.json_response({"data": rules, "meta": {}})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        line = web.StreamResponse()
        await line.prepare(request)
        self.lines.append(line)
        try:
            while line in self.lines:
                await line.write(b"\r\n")
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        finally:
            if line in self.lines:
                self.lines.remove(line)
        return line

    def _matching(self, query: str) -> list[dict[str, Any]]:
        """Return the latest version of every post that fits, oldest first."""
        latest = [p for p in self.posts.values() if p["edit_history_tweet_ids"][-1] == p["id"]]
        found = [p for p in latest if _fits(query, p["text"]) and p["id"] not in self.hidden]
        return sorted(found, key=lambda post: int(post["id"]))

    def _shown(self, post: dict[str, Any], fields: str) -> dict[str, Any]:
        shown = {"id", "text", "edit_history_tweet_ids", *fields.split(",")}
        return {name: value for name, value in post.items() if name in shown}


def _fits(query: str, text: str) -> bool:
    terms = query[1 : query.index(")")].split(" OR ")
    return any(
        re.search(rf"(?<!\w){re.escape(term.strip(chr(34)))}(?!\w)", text, re.IGNORECASE)
        for term in terms
    )


def _at(post: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(post["created_at"])


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _since(post: dict[str, Any], query: Any) -> bool:
    if int(post["id"]) <= int(query.get("since_id", 0)):
        return False
    return "start_time" not in query or _at(post) >= datetime.fromisoformat(query["start_time"])


@asynccontextmanager
async def x_api() -> AsyncIterator[XApi]:
    """Serve until the block ends."""
    served = XApi()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    served.url = f"http://127.0.0.1:{server.port}"
    yield served
    served.lines.clear()
    await server.close()
