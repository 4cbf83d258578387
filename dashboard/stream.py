# SPDX-License-Identifier: EUPL-1.2
"""Live updates: one reader of the events table, many screens (server-sent events).

The store is the only memory. A screen that was away, or too slow, comes back with the last
id it saw and gets the rest from the table; so nothing is lost and no queue grows.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from anyio import to_thread

from store.database import Store
from store.events import Event

log = logging.getLogger(__name__)

#: Events read at once, and the most that one screen may be behind.
PAGE = 500
BACKLOG = 2000

_HEARTBEAT = b"event: hart\ndata: {}\n\n"
_REFRESH = b"event: ververs\ndata: {}\n\n"


@dataclass(eq=False, kw_only=True, slots=True)
class _Screen:
    """One open connection."""

    tenant: str
    channels: frozenset[str]
    #: Names the session, so that logging out ends its streams.
    owner: str
    inbox: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(PAGE))
    #: Set when the screen is too slow or told to stop: its inbox no longer counts.
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def wants(self, event: Event) -> bool:
        return event.tenant == self.tenant and event.channel in self.channels

    def give(self, event: Event) -> None:
        try:
            self.inbox.put_nowait(event)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        self.over.set()
        with contextlib.suppress(asyncio.QueueFull):
            self.inbox.put_nowait(None)


class Closing(Protocol):
    """Something with streams of its own."""

    def close(self) -> None:
        """End them all."""
        ...


class Hub:
    """Reads new events once and hands them to every screen that may see them."""

    def __init__(self, store: Store, *, heartbeat: float = 15.0, poll: float = 1.0) -> None:
        self._store = store
        self._heartbeat = heartbeat
        self._poll = poll
        self._screens: set[_Screen] = set()
        self._last = 0
        self._closed = False
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        #: What else holds streams, and ends them when this one does.
        self.kin: list[Closing] = []

    @property
    def screens(self) -> int:
        """How many connections are open."""
        return len(self._screens)

    def wake(self) -> None:
        """Say that there may be news; from any thread, also after the end."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # closed between the two lines
                loop.call_soon_threadsafe(self._news.set)

    def close(self) -> None:
        """End every stream at once, so that a server that stops waits for none of them."""
        self._closed = True
        for each in self.kin:
            each.close()
        for screen in self._screens:
            screen.end()

    def drop(self, owner: str) -> None:
        """End the streams of one session."""
        for screen in self._screens:
            if screen.owner == owner:
                screen.end()

    def drop_soon(self, owner: str) -> None:
        """End the streams of one session; from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self.drop, owner)

    async def run(self) -> None:
        """Read for as long as the server runs."""
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._last = await to_thread.run_sync(self._newest)
        while not self._closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), self._poll)
            self._news.clear()
            try:
                await self._spread()
            except Exception as error:  # noqa: BLE001 - the reader outlives a database that is away
                log.warning("events could not be read: %s", type(error).__name__)
                self._end_all()
                await asyncio.sleep(self._poll)

    async def listen(
        self,
        *,
        tenant: str,
        channels: frozenset[str],
        after: int | None,
        owner: str = "",
        alive: Callable[[], Awaitable[bool]],
    ) -> AsyncIterator[bytes]:
        """Yield frames: first what came after id ``after``, then what happens from now on."""
        screen = _Screen(tenant=tenant, channels=channels, owner=owner)
        self._screens.add(screen)
        try:
            position = await to_thread.run_sync(self._newest) if after is None else after
            yield b"retry: 1000\n\n"
            missed = await to_thread.run_sync(self._missed, screen, position)
            if missed is None:
                yield _REFRESH
                position = await to_thread.run_sync(self._newest)
            elif missed:
                yield b"".join(_frame(event) for event in missed if screen.wants(event))
                position = missed[-1].id
            yield b"id: %d\nevent: klaar\ndata: {}\n\n" % position
            async for frames in self._live(screen, position, alive):
                yield frames
        finally:
            self._screens.discard(screen)

    async def _live(
        self, screen: _Screen, position: int, alive: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while not (screen.over.is_set() or self._closed):
            # Also where there is news all the time: a session that ended must not go on hearing it.
            if loop.time() - checked >= self._heartbeat:
                if not await alive():
                    return
                checked = loop.time()
            try:
                first = await asyncio.wait_for(screen.inbox.get(), self._heartbeat)
            except TimeoutError:
                yield _HEARTBEAT
                continue
            events = [first]
            while not screen.inbox.empty():
                events.append(screen.inbox.get_nowait())
            if screen.over.is_set():
                return
            fresh = [e for e in events if e is not None and e.id > position]
            if fresh:
                position = fresh[-1].id
                yield b"".join(_frame(event) for event in fresh)

    async def _spread(self) -> None:
        while True:
            events = await to_thread.run_sync(self._fetch, self._last)
            for event in events:
                for screen in self._screens:
                    if screen.wants(event):
                        screen.give(event)
            if events:
                self._last = events[-1].id
            if len(events) < PAGE:
                return

    def _end_all(self) -> None:
        for screen in self._screens:
            screen.end()

    def _newest(self) -> int:
        with self._store.read() as work:
            return work.events.last_id()

    def _fetch(self, after: int) -> list[Event]:
        with self._store.read() as work:
            return work.events.after(None, after, PAGE)

    def _missed(self, screen: _Screen, after: int) -> list[Event] | None:
        """Return what this screen missed; None when that is too much or no longer known.

        Ids have no gaps over all tenants, so the first one tells whether some were pruned.
        """
        with self._store.read() as work:
            newest = work.events.last_id()
            if after >= newest:
                return None if after > newest else []
            first = work.events.after(None, after, 1)
            if not first or first[0].id != after + 1 or newest - after > BACKLOG:
                return None
            return work.events.after(screen.tenant, after, BACKLOG)


def _frame(event: Event) -> bytes:
    data = json.dumps({"id": event.id, "kind": event.kind, "ref": event.ref})
    return f"id: {event.id}\nevent: {event.kind}\ndata: {data}\n\n".encode()
