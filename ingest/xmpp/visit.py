# SPDX-License-Identifier: EUPL-1.2
"""What the bot does on one open line: enter, catch up, listen, and leave when asked to."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from xml.etree.ElementTree import Element

from core.message import Command, Item, Joined, Message, Removed
from ingest.commands import called
from ingest.feed import FeedAway
from ingest.patience import until
from ingest.xmpp.archive import Archive
from ingest.xmpp.hand import Hand, Place
from ingest.xmpp.heard import SOURCE, Heard, Told, heard, translate
from ingest.xmpp.line import Line
from ingest.xmpp.memory import Memory

log = logging.getLogger(__name__)

#: Shown by apps beside our leaving.
GOODBYE = "Ik ben gestopt. Wilt u later weer meedoen? Nodig mij dan opnieuw uit."
_PAUSE = 0.2
#: Messages that share a commit at most.
_MOST = 500
#: Seconds until a room that was closed to us is tried again.
_AGAIN = 60.0
#: Seconds that the answer to /stop may take before we leave without it.
_LAST_WORDS = 15.0


@dataclass(kw_only=True)
class Visit:
    """One open line, until it is cut."""

    line: Line
    hand: Hand
    stop: asyncio.Event
    rooms: Sequence[str]
    memory: Memory
    #: Waiting for the room to repeat what we said, by our own id.
    echoes: dict[str, asyncio.Future[str]]
    tally: Counter[str]
    now: Callable[[], datetime]
    #: Rooms that we are in.
    inside: set[str] = field(default_factory=set)
    #: When a closed room is tried again, or one that stopped is left, by the loop's clock.
    _again: dict[str, float] = field(default_factory=dict)
    _leaving: dict[str, float] = field(default_factory=dict)
    _stops: dict[str, str] = field(default_factory=dict)

    async def begin(self) -> None:
        """Enter all rooms and read what was said while we were away."""
        for room in self.rooms:
            place = self.hand.places.get(room)
            if place is None or not place.left:
                await self._enter(room)

    async def go_on(self, alive: Callable[[], None]) -> None:
        """Listen until ``stop``, and say that we are ``alive``; ``FeedAway`` when we are cut."""
        while not self.stop.is_set():
            told = await until(self.stop, self.line.next(_PAUSE))
            alive()
            if told is not None:
                # All that waits shares one commit, so that a busy room never runs behind.
                await self._follow([told, *self.line.rest(_MOST - 1)])
            await self._look_around()

    def answered(self, room: str, reply_to: str | None) -> None:
        """Note that an answer was said: after that to /stop, we go."""
        if reply_to is not None and self._stops.get(room) == reply_to:
            self._leaving[room] = 0.0

    async def _enter(self, room: str) -> None:
        try:
            await until(self.stop, self.line.join(room))
        except FeedAway as away:
            # One room that is closed never keeps us out of another.
            self.tally["rooms"] += 1
            self._again[room] = asyncio.get_running_loop().time() + _AGAIN
            log.warning("xmpp: %s", away)
            return
        self.inside.add(room)
        archive = Archive(self.line)
        place = self.hand.places.get(room)
        if place is None or place.left:
            await self._introduce(room, await until(self.stop, archive.newest(room)))
        else:
            await self._catch_up(archive, room, place)

    async def _introduce(self, room: str, newest: str) -> None:
        at = self.now()
        self.hand.places[room] = Place(id=newest, at=at)
        id = f"join {at.isoformat()}"
        await self.hand.give([Joined(source=SOURCE, chat=room, name="", external_id=id, at=at)])

    async def _catch_up(self, archive: Archive, room: str, place: Place) -> None:
        recent = await archive.recent(room, place.id) if place.id else []
        for said in recent:
            self.memory.add(said)
        # From the last message on, which may be corrected too; its dedup key drops the repeat.
        after = recent[-1].id if recent else ""
        async for page in archive.since(room, after, place.at):
            items = [item for said in page if (item := self._understand(said)) is not None]
            await self._give(items)

    async def _follow(self, news: Sequence[Told]) -> None:
        items: list[Item] = []
        for told in news:
            if told.room not in self.rooms:
                continue
            if told.xml is None:
                await self._give(items)
                items = []
                await self._pass_the_door(told)
            elif told.room in self.inside and (item := self._spoken(told.room, told.xml)):
                items.append(item)
        await self._give(items)

    async def _pass_the_door(self, told: Told) -> None:
        if told.out:
            await self._out(told.room)
        elif told.room not in self.inside:
            await self._enter(told.room)

    def _spoken(self, room: str, xml: Element) -> Item | None:
        said = heard(xml, self.now())
        if said is None or said.room != room:
            return None
        return self._understand(replace(said, jid=self.line.jid_of(said)))

    async def _give(self, items: Sequence[Item]) -> None:
        if items:
            await self.hand.give(items)

    async def _out(self, room: str) -> None:
        at = self.now()
        self._gone(room)
        id = f"out {at.isoformat()}"
        await self.hand.give([Removed(source=SOURCE, chat=room, external_id=id, at=at)])

    def _understand(self, said: Heard) -> Message | Command | None:
        """Return what one message says, and move the place; our own words are but an echo."""
        if said.nick == self.line.nick:
            echo = self.echoes.get(said.own_id)
            if echo is not None and not echo.done():
                echo.set_result(said.id)
            return None
        if said.retracts and not self.memory.may_retract(said):
            self.tally["not-theirs"] += 1
            return None
        original = self.memory.original(said)
        self.memory.add(said)
        item = translate(said, original, self.line.nick)
        if said.id:
            left = said.room in self._stops
            self.hand.places[said.room] = Place(id=said.id, at=said.at, left=left)
        if isinstance(item, Command):
            item = replace(item, role=self.line.role(said))
            self._obey(item)
        return item

    def _obey(self, command: Command) -> None:
        """See to it that we leave after a /stop; a yes that follows it keeps us."""
        room = command.chat
        if not command.role.governs:
            return
        if called(command) == "stop":
            self._stops[room] = command.external_id
            self._leaving[room] = asyncio.get_running_loop().time() + _LAST_WORDS
            self.hand.places[room] = replace(self.hand.places[room], left=True)
        elif called(command) == "toestemming":
            self._stops.pop(room, None)
            self._leaving.pop(room, None)
            self.hand.places[room] = replace(self.hand.places[room], left=False)

    async def _look_around(self) -> None:
        now = asyncio.get_running_loop().time()
        for room in [room for room, due in self._leaving.items() if due <= now]:
            self.line.leave(room, GOODBYE)
            self._gone(room)
        for room in [room for room, due in self._again.items() if due <= now]:
            del self._again[room]
            await self._enter(room)

    def _gone(self, room: str) -> None:
        self.inside.discard(room)
        self._stops.pop(room, None)
        self._leaving.pop(room, None)
        place = self.hand.places.get(room) or Place(id="", at=self.now())
        self.hand.places[room] = replace(place, left=True)
