# SPDX-License-Identifier: EUPL-1.2
"""Rooms on an XMPP server, through a bot that is a visible member and that an admin allows."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import random
import re
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from core import errors
from core.message import Batch, Command, Item, Joined, Removed
from ingest.connector import Submit
from ingest.feed import FeedAway, moment, seconds
from ingest.marks import with_marks
from ingest.options import Options
from ingest.patience import BackOff, Stopped, until
from ingest.xmpp.heard import SOURCE, Heard, translate
from ingest.xmpp.line import Line, understood

log = logging.getLogger(__name__)

_OPTIONS = ("jid", "password", "rooms", "nick", "host", "port", "first_pause")
_JID = re.compile(r"[^\s@/]{1,200}@[^\s@/]{1,200}")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PAUSE = 0.2
_GRACE = 1.5
#: Messages whose own ids are remembered for corrections, in memory only.
_REMEMBERED = 5000


def _now() -> datetime:
    return datetime.now(UTC)


class XmppConnector:
    """Reads the rooms of one bot, and speaks in them."""

    name = SOURCE
    consent = "Wie de ruimte beheert, stuurt !toestemming; tot dan wordt niets gelezen."

    def __init__(
        self,
        tenant: str,
        jid: str,
        password: str,
        rooms: Sequence[str],
        *,
        nick: str,
        host: str,
        port: int,
        first_pause: float,
        now: Callable[[], datetime] = _now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._tenant = tenant
        self._jid = jid
        self._password = password
        self._rooms = tuple(rooms)
        self._nick = nick
        self._host = host
        self._port = port
        self._first_pause = first_pause
        self._now = now
        self._chance = chance
        self._line: Line | None = None
        self._own: OrderedDict[tuple[str, str, str], str] = OrderedDict()
        self._echoes: dict[str, asyncio.Future[str]] = {}
        #: What was skipped, by reason, and how often the server failed; since the start.
        self.tally: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"<XmppConnector {self._tenant} {self.stream}>"

    @property
    def stream(self) -> str:
        """The bot's address."""
        return self._jid

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Take in what follows ``cursor`` until ``stop``."""
        places = _places(cursor)
        back_off = BackOff(first=self._first_pause, most=300.0, random=self._chance)
        while not stop.is_set():
            line = Line(self._jid, self._password, self._nick, plain=self._host in _LOOPBACK)
            try:
                await until(stop, line.open(self._host, self._port))
                await self._converse(line, submit, stop, places, back_off)
            except Stopped:
                return
            except FeedAway as away:
                self.tally["failures"] += 1
                pause = back_off.next()
                log.warning("xmpp: %s; again in %.1f s", away, pause)
                try:
                    await until(stop, asyncio.sleep(pause))
                except Stopped:
                    return
            finally:
                self._line = None
                await line.close()

    async def say(
        self, chat: str, text: str, reply_to: str | None = None, *, key: str | None = None
    ) -> str:
        """Say ``text`` in ``chat``; return the id that the room gave it."""
        if self._line is None or chat not in self._rooms:
            raise errors.TargetUnavailable("xmpp: not connected now")
        id = hashlib.sha256(f"{chat} {key}".encode()).hexdigest()[:32] if key else uuid4().hex
        echo = self._echoes.setdefault(id, asyncio.get_running_loop().create_future())
        try:
            self._line.say(chat, with_marks(text), id, reply_to)
            return await asyncio.wait_for(asyncio.shield(echo), 10)
        except TimeoutError:
            raise errors.TargetUnavailable("xmpp: the room did not repeat it") from None
        finally:
            self._echoes.pop(id, None)

    async def _converse(
        self,
        line: Line,
        submit: Submit,
        stop: asyncio.Event,
        places: dict[str, dict[str, str]],
        back_off: BackOff,
    ) -> None:
        hand = _Hand(self._tenant, self.stream, submit, stop, places)
        for room in self._rooms:
            try:
                await until(stop, line.join(room))
            except FeedAway as away:
                # One room that is closed never keeps us out of another.
                self.tally["rooms"] += 1
                log.warning("xmpp: %s", away)
                continue
            self._line = line
            if room in places:
                await self._catch_up(line, hand, room)
            else:
                at = self._now()
                places[room] = {"id": "", "at": at.isoformat()}
                joined = Joined(
                    source=SOURCE, chat=room, name="", external_id=f"join {at.isoformat()}", at=at
                )
                await hand.give([joined])
        back_off.reset()
        await self._listen(line, hand, stop)

    async def _catch_up(self, line: Line, hand: _Hand, room: str) -> None:
        place = hand.places[room]
        recent = await line.recent(room, place["id"]) if place["id"] else []
        for said in recent:
            self._remember(said)
        # From the last message on, which may be corrected too; its dedup key drops the repeat.
        after = recent[-1].id if recent else ""
        async for page in line.archive(room, after, moment(place["at"])):
            for said in page:
                await self._take(line, hand, said)

    async def _listen(self, line: Line, hand: _Hand, stop: asyncio.Event) -> None:
        while not stop.is_set():
            told = await until(stop, line.next(_PAUSE))
            if told is None:
                continue
            xml, out = told
            if out:
                at = self._now()
                hand.places.pop(out, None)
                gone = Removed(source=SOURCE, chat=out, external_id=f"out {at.isoformat()}", at=at)
                await hand.give([gone])
                continue
            said = understood(xml, self._now())
            if said is not None and said.room in self._rooms:
                await self._take(line, hand, replace(said, jid=line.jid_of(said)))

    async def _take(self, line: Line, hand: _Hand, said: Heard) -> None:
        """Hand over what one message says, with its place; our own words are only remembered."""
        if said.nick == self._nick:
            echo = self._echoes.get(said.own_id)
            if echo is not None and not echo.done():
                echo.set_result(said.id)
            return
        original = self._own.get((said.room, said.nick, said.corrects)) if said.corrects else None
        self._remember(said)
        item = translate(said, original, self._nick)
        if isinstance(item, Command):
            item = replace(item, role=line.role(said))
        if said.id and said.room in hand.places:
            hand.places[said.room] = {"id": said.id, "at": said.at.isoformat()}
        if item is not None:
            await hand.give([item])

    def _remember(self, said: Heard) -> None:
        if said.own_id and not said.corrects:
            self._own[said.room, said.nick, said.own_id] = said.id
            while len(self._own) > _REMEMBERED:
                self._own.popitem(last=False)


class _Hand:
    """One run's way to the gate, with how far each room was read."""

    def __init__(
        self,
        tenant: str,
        stream: str,
        submit: Submit,
        stop: asyncio.Event,
        places: dict[str, dict[str, str]],
    ) -> None:
        self._tenant = tenant
        self._stream = stream
        self._submit = submit
        self._stop = stop
        self.places = places

    async def give(self, items: Sequence[Item]) -> None:
        """Hand over items, with the places as they then are."""
        batch = Batch(
            tenant=self._tenant,
            source=SOURCE,
            items=tuple(items),
            stream=self._stream,
            cursor=json.dumps(self.places, sort_keys=True),
        )
        await until(self._stop, _awaited(self._submit(batch)), grace=_GRACE)


async def _awaited(answer: Awaitable[Any]) -> None:
    await answer


def connect(
    tenant: str, options: Mapping[str, Any], *, now: Callable[[], datetime] = _now
) -> XmppConnector:
    """Return the connector; ``jid``, ``password``, ``host`` and ``rooms`` are needed."""
    given = Options(SOURCE, options, _OPTIONS)
    jid, rooms = given.text("jid"), options.get("rooms")
    port = options.get("port", 5222)
    if not _JID.fullmatch(jid):
        raise errors.ConfigurationError("connector xmpp: 'jid' must look like bot@example.org")
    if not isinstance(rooms, list) or not rooms or not all(_is_jid(room) for room in rooms):
        raise errors.ConfigurationError(
            "connector xmpp: 'rooms' must be a list of addresses such as buurt@rooms.example.org"
        )
    if type(port) is not int or not 0 < port < 65536:
        raise errors.ConfigurationError("connector xmpp: 'port' must be a number below 65536")
    return XmppConnector(
        tenant,
        jid,
        given.text("password"),
        rooms,
        nick=given.text("nick") if "nick" in options else "Buurtsignaal",
        host=given.text("host"),
        port=port,
        first_pause=seconds(SOURCE, options, "first_pause", 5.0, least=0.001),
        now=now,
    )


def _is_jid(room: object) -> bool:
    return isinstance(room, str) and _JID.fullmatch(room) is not None


def _places(cursor: str | None) -> dict[str, dict[str, str]]:
    if cursor is None:
        return {}
    try:
        read = json.loads(cursor)
        return {str(r): {"id": str(p["id"]), "at": str(p["at"])} for r, p in read.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise errors.ConfigurationError("the stored cursor of xmpp cannot be read") from None
