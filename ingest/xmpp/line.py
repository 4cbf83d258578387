# SPDX-License-Identifier: EUPL-1.2
"""One connection to an XMPP server, through slixmpp; when it is cut it is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import slixmpp
from slixmpp.exceptions import IqError, IqTimeout, PresenceError
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXMLMask

from core.message import Role
from ingest.feed import FeedAway
from ingest.xmpp.heard import Heard, Told, put_out, told

#: Seconds that any answer may take, and between two questions whether the server is still there.
_SECONDS = 20.0
_PING = 60.0
_ROLES = {"owner": Role.OWNER, "admin": Role.ADMIN}
_PLUGINS = ("xep_0030", "xep_0045", "xep_0059", "xep_0199", "xep_0313")


class Line:
    """An open connection of one bot."""

    def __init__(self, jid: str, password: str, nick: str, *, plain: bool) -> None:
        # slixmpp writes stanzas, so what people say, into its log.
        logging.getLogger("slixmpp").setLevel(logging.CRITICAL + 1)
        self.nick = nick
        self._client: Any = slixmpp.ClientXMPP(jid, password)
        self._client.enable_starttls = not plain
        self._client.enable_direct_tls = False
        self._client.enable_plaintext = plain
        for plugin in _PLUGINS:
            self._client.register_plugin(plugin)
        for kind in ("unencrypted_plain", "unencrypted_scram"):
            setattr(self._client.plugin["feature_mechanisms"], kind, plain)
        self._told: asyncio.Queue[Told] = asyncio.Queue()
        self._over = asyncio.Event()
        self._ready = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        self._listen()

    async def open(self, host: str, port: int) -> None:
        """Connect and sign in; ``FeedAway`` when that fails."""
        self._client.connect(host, port)
        ends = [asyncio.ensure_future(event.wait()) for event in (self._ready, self._over)]
        try:
            await asyncio.wait(ends, timeout=_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
        if not self._ready.is_set() or self._over.is_set():
            raise FeedAway("the server cannot be reached, or refuses us")
        self._client.send_presence()
        self._watching = asyncio.create_task(self._watch())

    async def join(self, room: str) -> None:
        """Go into a room as a visible member; ``FeedAway`` when that fails."""
        muc = self._client.plugin["xep_0045"]
        try:
            await muc.join_muc_wait(slixmpp.JID(room), self.nick, maxstanzas=0, timeout=_SECONDS)
        except (PresenceError, TimeoutError):
            raise FeedAway("a room cannot be entered") from None

    def leave(self, room: str, words: str) -> None:
        """Go out of a room."""
        self._client.plugin["xep_0045"].leave_muc(slixmpp.JID(room), self.nick, words)

    async def page(self, room: str, **asked: Any) -> Any:
        """Return a room's answer to a question about its archive, as slixmpp gives it.

        ``None`` when it knows no archive, ``KeyError`` when it has forgotten the id that the
        question names, ``FeedAway`` when asking again may help.
        """
        mam = self._client.plugin["xep_0313"]
        try:
            return await mam.retrieve(jid=slixmpp.JID(room), timeout=_SECONDS, **asked)
        except IqTimeout:
            raise FeedAway("an archive does not answer") from None
        except IqError as no:
            if no.condition == "item-not-found":
                raise KeyError(room) from None
            if no.condition in {"internal-server-error", "resource-constraint"}:
                raise FeedAway("an archive is out of order") from None
            return None

    async def next(self, seconds: float) -> Told | None:
        """Return the next thing that a room told; ``FeedAway`` when we are cut off."""
        if self._over.is_set() and self._told.empty():
            raise FeedAway("the connection was cut")
        try:
            return await asyncio.wait_for(self._told.get(), seconds)
        except TimeoutError:
            return None

    def rest(self, most: int) -> list[Told]:
        """Return what else was told by now, without waiting."""
        return [self._told.get_nowait() for _ in range(min(most, self._told.qsize()))]

    def role(self, said: Heard) -> Role:
        """Return what the sender is in the room at this moment."""
        for nick, entry in self._roster(said.room).items():
            jid = str(entry.get("jid") or "").partition("/")[0]
            # A name may have gone to somebody else since; an address may not.
            same = jid == said.jid if said.jid else nick == said.nick and not said.past
            if same:
                return _ROLES.get(str(entry.get("affiliation")), Role.MEMBER)
        return Role.MEMBER

    def jid_of(self, said: Heard) -> str:
        """Return the sender's address when the room shows it to us now; else nothing."""
        if said.jid or said.past:
            return said.jid
        entry = self._roster(said.room).get(said.nick, {})
        return str(entry.get("jid") or "").partition("/")[0]

    def say(self, room: str, text: str, id: str, reply_to: str | None) -> None:
        """Send a message to a room under an id of our own."""
        message = self._client.make_message(mto=slixmpp.JID(room), mbody=text, mtype="groupchat")
        message["id"] = id
        if reply_to:
            reply = slixmpp.ET.SubElement(message.xml, "{urn:xmpp:reply:0}reply")
            reply.set("id", reply_to)
        message.send()

    async def close(self) -> None:
        """Sign off."""
        client = self._client
        client.cancel_connection_attempt()
        waiting = [task for task in (self._watching, client._run_out_filters) if task is not None]
        if self._watching is not None:
            self._watching.cancel()
        if client.transport is not None:
            await client.disconnect(wait=1.0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def _listen(self) -> None:
        client = self._client
        client.add_event_handler("session_start", lambda _: self._ready.set())
        client.add_event_handler("groupchat_presence", self._on_presence)
        for end in ("disconnected", "failed_all_auth", "connection_failed"):
            client.add_event_handler(end, lambda _: self._over.set())
        # slixmpp's own event leaves out messages without a body, so retractions too.
        for kind in ("groupchat", "normal"):
            mask = MatchXMLMask(f"<message xmlns='{client.default_ns}' type='{kind}'/>")
            client.register_handler(Callback(f"Told {kind}", mask, self._on_message))
        # RFC 6121: a message that names no type is a normal one.
        mask = MatchXMLMask(
            f"<message xmlns='{client.default_ns}'>"
            "<x xmlns='http://jabber.org/protocol/muc#user'><invite/></x></message>"
        )
        client.register_handler(Callback("Told invite", mask, self._on_message))

    async def _watch(self) -> None:
        """Ask now and then whether the server is there: nobody says so when a line is dead."""
        ping = self._client.plugin["xep_0199"]
        while True:
            await asyncio.sleep(_PING)
            try:
                await ping.send_ping(slixmpp.JID(self._client.boundjid.host), timeout=_SECONDS)
            except IqTimeout:
                self._over.set()
                return
            except IqError:
                continue  # It does not know the question, but it answers.

    def _roster(self, room: str) -> Mapping[str, Any]:
        rooms: Mapping[str, Any] = self._client.plugin["xep_0045"].rooms[None]
        found: Mapping[str, Any] = rooms.get(room, {})
        return found

    def _on_message(self, message: Any) -> None:
        xml: Element = message.xml
        if heard := told(xml):
            self._told.put_nowait(heard)

    def _on_presence(self, presence: Any) -> None:
        if room := put_out(presence.xml, self.nick):
            self._told.put_nowait(Told(room=room, out=True))
