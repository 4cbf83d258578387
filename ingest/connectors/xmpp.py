# SPDX-License-Identifier: EUPL-1.2
"""Rooms on an XMPP server, through a bot that is a visible member and that an admin allows."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from core import errors
from ingest.connector import Submit
from ingest.feed import FeedAway, seconds
from ingest.marks import with_marks
from ingest.options import Options
from ingest.patience import BackOff, Stopped, until
from ingest.pulse import Pulse
from ingest.xmpp.hand import Hand
from ingest.xmpp.heard import SOURCE
from ingest.xmpp.line import Line
from ingest.xmpp.memory import Memory
from ingest.xmpp.visit import Visit

log = logging.getLogger(__name__)

_OPTIONS = ("jid", "password", "rooms", "nick", "host", "port", "first_pause")
_JID = re.compile(r"[^\s@/]{1,200}@[^\s@/]{1,200}")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
#: Seconds in which a room repeats what we said.
_ECHO = 10.0


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
        self._visit: Visit | None = None
        self._memory = Memory()
        self._echoes: dict[str, asyncio.Future[str]] = {}
        #: What was skipped, by reason, and how often the server failed; since the start.
        self.tally: Counter[str] = Counter()
        #: How the source is doing.
        self.pulse = Pulse()

    def __repr__(self) -> str:
        return f"<XmppConnector {self._tenant} {self.stream}>"

    @property
    def stream(self) -> str:
        """The bot's address."""
        return self._jid

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Take in what follows ``cursor`` until ``stop``."""
        hand = Hand(
            tenant=self._tenant, stream=self.stream, submit=submit, stop=stop, cursor=cursor
        )
        back_off = BackOff(
            first=self._first_pause, most=300.0, random=self._chance, pulse=self.pulse
        )
        with contextlib.suppress(Stopped):
            while not stop.is_set():
                try:
                    await self._converse(hand, stop, back_off)
                except FeedAway as away:
                    self.tally["failures"] += 1
                    pause = back_off.next()
                    log.warning("xmpp: %s; again in %.1f s", away, pause)
                    await until(stop, asyncio.sleep(pause))

    async def say(
        self, chat: str, text: str, reply_to: str | None = None, *, key: str | None = None
    ) -> str:
        """Say ``text`` in ``chat``; return the id that the room gave it."""
        visit = self._visit
        if visit is None or chat not in visit.inside:
            raise errors.TargetUnavailable("xmpp: not connected now")
        id = hashlib.sha256(f"{chat} {key}".encode()).hexdigest()[:32] if key else uuid4().hex
        echo = self._echoes.setdefault(id, asyncio.get_running_loop().create_future())
        try:
            visit.line.say(chat, with_marks(text), id, reply_to)
            said = await asyncio.wait_for(asyncio.shield(echo), _ECHO)
        except TimeoutError:
            raise errors.TargetUnavailable("xmpp: the room did not repeat it") from None
        finally:
            self._echoes.pop(id, None)
        visit.answered(chat, reply_to)
        return said

    async def _converse(self, hand: Hand, stop: asyncio.Event, back_off: BackOff) -> None:
        line = Line(self._jid, self._password, self._nick, plain=self._host in _LOOPBACK)
        visit = Visit(
            line=line,
            hand=hand,
            stop=stop,
            rooms=self._rooms,
            memory=self._memory,
            echoes=self._echoes,
            tally=self.tally,
            now=self._now,
        )
        try:
            await until(stop, line.open(self._host, self._port))
            self._visit = visit
            await visit.begin()
            back_off.reset()
            await visit.go_on(back_off.alive)
        finally:
            self._visit = None
            await line.close()


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
