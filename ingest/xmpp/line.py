# SPDX-License-Identifier: EUPL-1.2
"""One connection to an XMPP server, through slixmpp; when it is cut it is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import slixmpp
from slixmpp.exceptions import IqError, IqTimeout, PresenceError

from core.message import Role
from ingest.feed import FeedAway
from ingest.xmpp.heard import Heard, archived, heard

#: Seconds that any answer may take.
_SECONDS = 20
#: Messages on a page of an archive.
_PAGE = 50
#: Being put out for good or for now, and the room being closed to us (XEP-0045).
_OUT = frozenset({"301", "307", "321", "322"})
_USER = "{http://jabber.org/protocol/muc#user}"
_ROLES = {"owner": Role.OWNER, "admin": Role.ADMIN}


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
        for plugin in ("xep_0030", "xep_0045", "xep_0059", "xep_0199", "xep_0313"):
            self._client.register_plugin(plugin)
        for kind in ("unencrypted_plain", "unencrypted_scram"):
            setattr(self._client.plugin["feature_mechanisms"], kind, plain)
        #: What was said in rooms, and the names of rooms that put us out.
        self.heard: asyncio.Queue[tuple[Any, str]] = asyncio.Queue()
        self._over = asyncio.Event()
        self._ready = asyncio.Event()
        self._client.add_event_handler("session_start", lambda _: self._ready.set())
        self._client.add_event_handler("groupchat_message", self._on_message)
        self._client.add_event_handler("groupchat_presence", self._on_presence)
        for end in ("disconnected", "failed_all_auth", "connection_failed"):
            self._client.add_event_handler(end, lambda _: self._over.set())

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

    async def join(self, room: str) -> None:
        """Go into a room as a visible member; ``FeedAway`` when that fails."""
        muc = self._client.plugin["xep_0045"]
        try:
            await muc.join_muc_wait(slixmpp.JID(room), self.nick, maxstanzas=0, timeout=_SECONDS)
        except (PresenceError, TimeoutError):
            raise FeedAway("a room cannot be entered") from None

    async def archive(
        self, room: str, after: str, start: datetime | None
    ) -> AsyncIterator[list[Heard]]:
        """Give the pages of a room's archive after an id, or from a moment on."""
        mam = self._client.plugin["xep_0313"]
        while True:
            rsm = {"max": _PAGE, **({"after": after} if after else {})}
            try:
                answer = await mam.retrieve(
                    jid=slixmpp.JID(room),
                    start=None if after else start,
                    rsm=rsm,
                    timeout=_SECONDS,
                )
            except IqTimeout:
                raise FeedAway("an archive does not answer") from None
            except IqError:
                # No archive, or it has forgotten that id: what is said from now on is all.
                return
            found = [archived(message.xml, room) for message in answer["mam"]["results"]]
            page = [each for each in found if each is not None]
            if page:
                yield page
            fin = answer.xml.find("{urn:xmpp:mam:2}fin")
            last = _last(answer.xml)
            if fin is None or fin.get("complete") == "true" or not last or last == after:
                return
            after = last

    async def recent(self, room: str, before: str) -> list[Heard]:
        """Return the last messages of a room's archive before an id: corrections name these."""
        mam = self._client.plugin["xep_0313"]
        try:
            answer = await mam.retrieve(
                jid=slixmpp.JID(room), rsm={"max": _PAGE, "before": before}, timeout=_SECONDS
            )
        except (IqTimeout, IqError):
            return []
        found = [archived(message.xml, room) for message in answer["mam"]["results"]]
        return [each for each in found if each is not None]

    async def next(self, seconds: float) -> tuple[Heard | None, str] | None:
        """Return what a room said, or which room put us out; ``FeedAway`` when we are cut off."""
        if self._over.is_set() and self.heard.empty():
            raise FeedAway("the connection was cut")
        try:
            return await asyncio.wait_for(self.heard.get(), seconds)
        except TimeoutError:
            return None

    def role(self, said: Heard) -> Role:
        """Return what the sender is in the room at this moment."""
        roster: Mapping[str, Any] = self._client.plugin["xep_0045"].rooms[None].get(said.room, {})
        for nick, entry in roster.items():
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
        roster: Mapping[str, Any] = self._client.plugin["xep_0045"].rooms[None].get(said.room, {})
        entry = roster.get(said.nick, {})
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
        self._client.cancel_connection_attempt()
        if self._client.transport is not None:
            await self._client.disconnect(wait=1.0)
        if self._client._run_out_filters is not None:
            self._client._run_out_filters.cancel()
            await asyncio.gather(self._client._run_out_filters, return_exceptions=True)

    def _on_message(self, message: Any) -> None:
        self.heard.put_nowait((message.xml, ""))

    def _on_presence(self, presence: Any) -> None:
        room, _, nick = presence.xml.get("from", "").partition("/")
        if presence.xml.get("type") != "unavailable" or nick != self.nick:
            return
        codes = {each.get("code") for each in presence.xml.iter(f"{_USER}status")}
        closed = any(True for _ in presence.xml.iter(f"{_USER}destroy"))
        if codes & _OUT or closed:
            self.heard.put_nowait((None, room))


def _last(xml: Any) -> str:
    found = next(xml.iter("{http://jabber.org/protocol/rsm}last"), None)
    return (found.text or "") if found is not None else ""


def understood(xml: Any, now: datetime) -> Heard | None:
    """Return what a live message says."""
    return heard(xml, now)
