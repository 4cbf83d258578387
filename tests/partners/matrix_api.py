# SPDX-License-Identifier: EUPL-1.2
"""The part of a Matrix homeserver that a bot meets, as the Client-Server API describes it.

It tells a story that was written down beforehand, and can fail in every way; what a real server
does with a bot is tested against Synapse (``tests/partners/synapse.py``). Nothing here knows our
code.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from aiohttp import web

Json = dict[str, Any]
BOT = "@buurtsignaal:delft.example"
TOKEN = "syt_own-data_for_tests_0123456789"
#: 2026-11-21 11:00:00 UTC, in milliseconds.
ELEVEN = 1_795_258_800_000

_numbers = count(1)


def event(sender: str, kind: str = "m.room.message", **more: Any) -> Json:
    """Return an event; ``content`` and the rest as given."""
    number = next(_numbers)
    return {
        "event_id": f"$gebeurtenis{number}",
        "type": kind,
        "sender": sender,
        "origin_server_ts": ELEVEN + number * 1000,
        "content": {},
    } | more


def text(sender: str, body: str, **more: Any) -> Json:
    """Return a message."""
    return event(sender, content={"msgtype": "m.text", "body": body} | more)


def membership(user: str, how: str, **more: Any) -> Json:
    """Return that somebody came or went."""
    return event(user, "m.room.member", state_key=user, content={"membership": how}) | more


def sync(room: str, *events: Any, limited: bool = False, **more: Any) -> Json:
    """Return a sync with news of one room."""
    timeline = {"events": list(events), "limited": limited, "prev_batch": f"voor-{len(events)}"}
    return {"rooms": {"join": {room: {"timeline": timeline} | more}}}


class MatrixApi:
    """The server: one bot, and a list of syncs that it is given one after another."""

    def __init__(self) -> None:
        self.syncs: list[Json] = []
        #: Room → its state now.
        self.states: dict[str, list[Json]] = {}
        #: Room → pages that ``/messages`` gives, newest first.
        self.pages: dict[str, list[list[Json]]] = {}
        #: What the bot said: room, kind, transaction, content.
        self.sent: list[tuple[str, str, str, Json]] = []
        self.calls: Counter[str] = Counter()
        self.asked: list[Mapping[str, str]] = []
        self.entered: list[str] = []
        self.left: list[tuple[str, Json]] = []
        self.url = ""
        self._news = asyncio.Event()
        self._failures: dict[str, deque[tuple[int, Json, Mapping[str, str]] | None]] = {}

    def push(self, news: Json) -> None:
        """Let one more sync follow."""
        self.syncs.append(news)
        self._news.set()

    def fail(
        self, what: str, status: int, times: int = 1, headers: Mapping[str, str] = {}, **more: Any
    ) -> None:
        """Answer the next calls of ``what`` with an error."""
        self._failures.setdefault(what, deque()).extend([(status, more, headers)] * times)

    def cut(self, what: str, times: int = 1) -> None:
        """Close the connection on the next calls of ``what``."""
        self._failures.setdefault(what, deque()).extend([None] * times)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer any request."""
        path = request.match_info["path"].split("/")
        what = _named(path)
        self.calls[what] += 1
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, "M_UNKNOWN_TOKEN")
        if failures := self._failures.get(what):
            failure = failures.popleft()
            if failure is None:
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()
            status, body, headers = failure
            return web.json_response(body, status=status, headers=headers)
        return await self._answer(what, path, request)

    async def _answer(self, what: str, path: list[str], request: web.Request) -> web.Response:
        room = path[1] if len(path) > 1 else ""
        match what:
            case "state":
                return self._state(room, path[3:])
            case "event":
                return self._event(path[3])
            case "sync":
                answer = await self._sync(request)
            case "messages":
                answer = self._page(room, request.query)
            case "send":
                answer = self._send(room, path[3:], await request.json())
            case _:
                answer = await self._simple(what, room, request)
        return web.json_response(answer)

    async def _simple(self, what: str, room: str, request: web.Request) -> Json:
        if what == "join":
            self.entered.append(room)
        if what == "leave":
            self.left.append((room, await request.json()))
        return {"user_id": BOT, "device_id": "TOESTEL"} if what == "whoami" else {"room_id": room}

    async def _sync(self, request: web.Request) -> Json:
        self.asked.append(dict(request.query))
        since = request.query.get("since")
        number = int(since.removeprefix("s")) if since else 0
        if number >= len(self.syncs):
            self._news.clear()
            try:
                async with asyncio.timeout(int(request.query.get("timeout", 0)) / 1000):
                    await self._news.wait()
            except TimeoutError:
                return {"next_batch": f"s{number}"}
        return {"next_batch": f"s{number + 1}"} | self.syncs[number]

    def _page(self, room: str, query: Mapping[str, str]) -> Json:
        self.asked.append(dict(query))
        start = query["from"]
        number = int(start.removeprefix("p")) if start.startswith("p") else 0
        pages = self.pages.get(room, [])
        if number >= len(pages):
            return {"start": start, "chunk": []}
        more = {"end": f"p{number + 1}"} if number + 1 < len(pages) else {}
        return {"start": start, "chunk": pages[number]} | more

    def _state(self, room: str, which: list[str]) -> web.Response:
        state = self.states.get(room)
        if state is None:
            return _error(403, "M_FORBIDDEN")
        if not which:
            return web.json_response(state)
        found = [e for e in state if [e["type"], e["state_key"]] == [which[0], "".join(which[1:])]]
        return web.json_response(found[0]["content"]) if found else _error(404, "M_NOT_FOUND")

    def _event(self, event_id: str) -> web.Response:
        rooms = [room for news in self.syncs for room in news["rooms"].get("join", {}).values()]
        told = [each for room in rooms for each in room["timeline"]["events"]]
        paged = [each for pages in self.pages.values() for page in pages for each in page]
        for each in (*told, *paged):
            if isinstance(each, dict) and each.get("event_id") == event_id:
                return web.json_response(each)
        return _error(404, "M_NOT_FOUND")

    def _send(self, room: str, path: list[str], content: Json) -> Json:
        kind, transaction = path
        known = [entry[2] for entry in self.sent]
        if transaction not in known:
            self.sent.append((room, kind, transaction, content))
            known.append(transaction)
        return {"event_id": f"$gezegd{known.index(transaction)}"}


def _named(path: list[str]) -> str:
    match path:
        case ["account", "whoami"]:
            return "whoami"
        case ["rooms", _, what, *_]:
            return what
    return path[0]


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"errcode": code, "error": "Nee"}, status=status)


@asynccontextmanager
async def matrix_api() -> AsyncIterator[MatrixApi]:
    """Run the server on a free port of this machine."""
    api = MatrixApi()
    app = web.Application()
    app.router.add_route("*", "/_matrix/client/v3/{path:.+}", api.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    api.url = f"http://{host}:{port}"
    try:
        yield api
    finally:
        await runner.cleanup()
