# SPDX-License-Identifier: EUPL-1.2
"""The little of an XMPP server that a bot in a room needs, on this machine, from the XEPs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, XMLPullParser, tostring
from xml.sax.saxutils import escape

ROOM = "buurt@rooms.localhost"
_STREAM = (
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='s1' from='localhost' "
    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
)
_SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
_BIND = "urn:ietf:params:xml:ns:xmpp-bind"
_USER = "http://jabber.org/protocol/muc#user"


@dataclass(kw_only=True)
class XmppServer:
    """One room with people in it, and everything that was ever said there."""

    #: Nick, affiliation and address of who is there.
    people: list[tuple[str, str, str]] = field(default_factory=list)
    #: (archive id, stamp, message as XML) in order.
    archive: list[tuple[str, str, str]] = field(default_factory=list)
    #: Say everything again to who comes in, as if it were said just then.
    repeats: bool = False
    queries: list[str] = field(default_factory=list)
    #: What the bot said.
    said: list[str] = field(default_factory=list)
    port: int = 0
    _lines: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def options(self) -> dict[str, Any]:
        return {
            "jid": "bot@localhost",
            "password": "sesam-open-u",
            "host": "127.0.0.1",
            "port": self.port,
            "rooms": [ROOM],
            "first_pause": 0.02,
        }

    def says(self, nick: str, text: str, stamp: str, more: str = "", own: str = "") -> str:
        """Let somebody say something; who is in the room hears it."""
        id = f"a{len(self.archive):05}"
        message = (
            f"<message xmlns='jabber:client' type='groupchat' from='{ROOM}/{nick}' "
            f"id='{own or f'own-{id}'}'>"
            f"<body>{escape(text)}</body>{more}"
            f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='{id}'/></message>"
        )
        self.archive.append((id, stamp, message))
        delay = f"<delay xmlns='urn:xmpp:delay' from='{ROOM}' stamp='{stamp}'/>"
        for line in self._lines:
            line.write(message.replace("</message>", f"{delay}</message>").encode())
        return id

    def repeat(self, number: int) -> None:
        """Send something that was said once more, as it was."""
        _, stamp, message = self.archive[number]
        delay = f"<delay xmlns='urn:xmpp:delay' from='{ROOM}' stamp='{stamp}'/>"
        for line in self._lines:
            line.write(message.replace("</message>", f"{delay}</message>").encode())

    def whispers(self, nick: str, text: str) -> None:
        """Let somebody in the room say something to the bot alone."""
        for line in self._lines:
            line.write(
                f"<message type='chat' from='{ROOM}/{nick}' id='w'>"
                f"<body>{escape(text)}</body></message>".encode()
            )

    def cut(self) -> None:
        """End every connection in the middle."""
        for line in self._lines:
            line.transport.abort()
        self._lines.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser: Any = XMLPullParser(("start", "end"))
        depth, signed_in = 0, False
        try:
            while data := await reader.read(65536):
                parser.feed(data)
                for event, element in list(parser.read_events()):
                    if event == "start":
                        depth += 1
                        if depth == 1:
                            writer.write((_STREAM + _features(signed_in)).encode())
                        continue
                    depth -= 1
                    if depth == 1:
                        if element.tag == f"{{{_SASL}}}auth":
                            writer.write(f"<success xmlns='{_SASL}'/>".encode())
                            # After this the stream begins anew.
                            parser, depth, signed_in = XMLPullParser(("start", "end")), 0, True
                            break
                        self._answer(element, writer)
                    if depth == 0:
                        writer.write(b"</stream:stream>")
                        return
        except ConnectionError:
            pass
        finally:
            if writer in self._lines:
                self._lines.remove(writer)
            writer.close()

    def _answer(self, stanza: Element, writer: asyncio.StreamWriter) -> None:
        kind = stanza.tag.rpartition("}")[2]
        if kind == "iq":
            writer.write(self._iq(stanza).encode())
        elif kind == "presence" and stanza.get("to", "").startswith(f"{ROOM}/"):
            self._enter(stanza.get("to", "").partition("/")[2], writer)
        elif kind == "message":
            body = next((e.text or "" for e in stanza if e.tag.endswith("}body")), "")
            stamp = datetime.now(UTC).isoformat(timespec="seconds")
            self.said.append(body)
            self.says("Buurtsignaal", body, stamp, own=stanza.get("id", ""))

    def _enter(self, nick: str, writer: asyncio.StreamWriter) -> None:
        for name, affiliation, jid in self.people:
            writer.write(_presence(name, affiliation, jid).encode())
        own = "<status code='110'/>"
        writer.write(_presence(nick, "none", "bot@localhost/x", own).encode())
        subject = f"<message type='groupchat' from='{ROOM}' id='subject'><subject/></message>"
        writer.write(subject.encode())
        self._lines.append(writer)
        for _, stamp, message in self.archive if self.repeats else ():
            delay = f"<delay xmlns='urn:xmpp:delay' from='{ROOM}' stamp='{stamp}'/>"
            writer.write(message.replace("</message>", f"{delay}</message>").encode())

    def _iq(self, iq: Element) -> str:
        head = f"<iq type='result' id='{iq.get('id')}' from='{iq.get('to') or 'localhost'}'"
        child = iq[0].tag if len(iq) else ""
        if child == f"{{{_BIND}}}bind":
            return f"{head}><bind xmlns='{_BIND}'><jid>bot@localhost/x</jid></bind></iq>"
        if child == "{urn:xmpp:mam:2}query":
            return self._page(iq)
        return f"{head}/>"

    def _page(self, iq: Element) -> str:
        query = iq[0]
        self.queries.append(tostring(query, encoding="unicode"))
        rsm = "{http://jabber.org/protocol/rsm}"
        after = next((e.text or "" for e in query.iter(f"{rsm}after")), "")
        most = int(next((e.text or "10" for e in query.iter(f"{rsm}max")), "10"))
        start = next(
            (
                f[0].text or ""
                for f in query.iter("{jabber:x:data}field")
                if f.get("var") == "start" and len(f)
            ),
            "",
        )
        before = next((e.text or "" for e in query.iter(f"{rsm}before")), None)
        if before is not None:
            rest = [row for row in self.archive if not before or row[0] < before][-most:]
        else:
            rest = [row for row in self.archive if row[0] > after and row[1][:19] >= start[:19]]
        told = "".join(
            f"<message from='{ROOM}' to='bot@localhost/x'><result xmlns='urn:xmpp:mam:2' "
            f"id='{id}' queryid='{query.get('queryid') or ''}'>"
            f"<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>"
            f"{message}</forwarded></result></message>"
            for id, stamp, message in rest[:most]
        )
        last = rest[:most][-1][0] if rest else ""
        complete = "true" if len(rest) <= most else "false"
        return (
            f"{told}<iq type='result' id='{iq.get('id')}' from='{ROOM}'>"
            f"<fin xmlns='urn:xmpp:mam:2' complete='{complete}'>"
            f"<set xmlns='http://jabber.org/protocol/rsm'><last>{last}</last></set></fin></iq>"
        )


def _features(signed_in: bool) -> str:
    inner = (
        f"<bind xmlns='{_BIND}'/>"
        if signed_in
        else f"<mechanisms xmlns='{_SASL}'><mechanism>PLAIN</mechanism></mechanisms>"
    )
    return f"<stream:features>{inner}</stream:features>"


def _presence(nick: str, affiliation: str, jid: str, more: str = "") -> str:
    return (
        f"<presence from='{ROOM}/{nick}'><x xmlns='{_USER}'><item affiliation='{affiliation}' "
        f"role='participant' jid='{jid}'/>{more}</x></presence>"
    )


@asynccontextmanager
async def xmpp_server() -> AsyncIterator[XmppServer]:
    """Serve until the block ends."""
    served = XmppServer()
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        served.cut()
        server.close()
        # The loop closes sockets in a later turn than the one in which they were given up.
        for _ in range(3):
            await asyncio.sleep(0)
