# SPDX-License-Identifier: EUPL-1.2
"""A Jetstream and an AppView on this machine, from their documentation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.protocol import State

START = int(datetime(2026, 11, 21, 9, 0, tzinfo=UTC).timestamp() * 1_000_000)


@dataclass(kw_only=True)
class Jetstream:
    """All events in order; every listener gets those from its cursor on, then what is new."""

    events: list[str | dict[str, Any]] = field(default_factory=list)
    #: Cut every line after this many events.
    cut_after: int | None = None
    #: Writers who want to be left alone.
    alone: set[str] = field(default_factory=set)
    appview_status: int = 200
    cursors: list[int] = field(default_factory=list)
    queries: list[dict[str, list[str]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    #: When the first event was told, in microseconds since 1970.
    began: int = START
    port: int = 0
    appview_port: int = 0

    @property
    def options(self) -> dict[str, Any]:
        return {
            "jetstream": f"ws://127.0.0.1:{self.port}",
            "appview": f"http://127.0.0.1:{self.appview_port}",
            "first_pause": 0.01,
        }

    def write(self, text: str, did: str = "did:plc:sanne", **changed: Any) -> dict[str, Any]:
        """Tell of a new post; ``record`` is merged into it."""
        record = {
            "$type": "app.bsky.feed.post",
            "text": text,
            "langs": ["nl"],
            "createdAt": "2026-11-21T09:00:00.000Z",
        }
        return self._commit("create", did, {**record, **changed})

    def delete(self, event: dict[str, Any]) -> None:
        self._commit("delete", event["did"], None, rkey=event["commit"]["rkey"])

    def close_account(self, did: str) -> None:
        account = {"active": False, "did": did, "status": "deleted"}
        self._add({"did": did, "kind": "account", "account": account})

    def _commit(
        self, operation: str, did: str, record: dict[str, Any] | None, rkey: str | None = None
    ) -> dict[str, Any]:
        commit: dict[str, Any] = {
            "rev": f"rev{len(self.events):06}",
            "operation": operation,
            "collection": "app.bsky.feed.post",
            "rkey": rkey or f"r{len(self.events):06}",
        }
        if record is not None:
            commit |= {"record": record, "cid": "bafy"}
        return self._add({"did": did, "kind": "commit", "commit": commit})

    def _add(self, event: dict[str, Any]) -> dict[str, Any]:
        # A second apart, so that the overlap is a few events.
        event["time_us"] = self.began + len(self.events) * 1_000_000
        self.events.append(event)
        return event

    async def listen(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        query = parse_qs(urlsplit(socket.request.path).query)
        self.queries.append(query)
        cursor = int(query["cursor"][0])
        self.cursors.append(cursor)
        largest = int(query.get("maxMessageSizeBytes", ["0"])[0])
        sent = next_at = 0
        while socket.state is State.OPEN:
            while next_at < len(self.events):
                event = self.events[next_at]
                next_at += 1
                if isinstance(event, dict) and event["time_us"] < cursor:
                    continue
                frame = event if isinstance(event, str) else json.dumps(event)
                if largest and len(frame.encode()) > largest:
                    continue
                await socket.send(frame)
                sent += 1
                if sent == self.cut_after:
                    socket.transport.abort()
                    return
            await asyncio.sleep(0.01)

    async def profile(self, request: web.Request) -> web.Response:
        did = request.query["actor"]
        self.asked.append(did)
        self.paths.add(request.path)
        if self.appview_status != 200:
            return web.json_response({"error": "away"}, status=self.appview_status)
        labels = [{"src": did, "val": "!no-unauthenticated"}] if did in self.alone else []
        return web.json_response({"did": did, "handle": "sanne.example", "labels": labels})


@asynccontextmanager
async def jetstream() -> AsyncIterator[Jetstream]:
    """Serve until the block ends."""
    served = Jetstream()
    app = web.Application()
    app.router.add_get("/xrpc/{method}", served.profile)
    appview = TestServer(app, host="127.0.0.1")
    await appview.start_server()
    served.appview_port = appview.port or 0
    async with serve(served.listen, "127.0.0.1", 0) as server:
        served.port = next(iter(server.sockets)).getsockname()[1]
        yield served
        server.close(close_connections=True)
    await appview.close()
