# SPDX-License-Identifier: EUPL-1.2
"""Debian's own prosody on a free port of this machine, with rooms that keep an archive."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import slixmpp

PASSWORD = "sesam-open-u"
ROOM = "buurt@rooms.localhost"
_BINARY = shutil.which("prosody")

_CONFIG = """
daemonize = false
run_as_root = true
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
plugin_paths = {{}}
log = {{ error = "{folder}/prosody.err" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{}}
modules_enabled = {{ "roster", "saslauth", "disco", "ping" }}
modules_disabled = {{ "s2s", "tls" }}
authentication = "internal_plain"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
storage = "internal"
VirtualHost "localhost"
Component "rooms.localhost" "muc"
  modules_enabled = {{ "muc_mam" }}
  muc_log_by_default = true
  restrict_room_creation = false
"""


def missing() -> str:
    """Say why prosody cannot run here; nothing when it can."""
    return "" if _BINARY else "prosody is not installed: apt-get install prosody"


@dataclass
class Prosody:
    """A running server."""

    port: int

    @property
    def options(self) -> dict[str, Any]:
        return {
            "jid": "bot@localhost",
            "password": PASSWORD,
            "host": "127.0.0.1",
            "port": self.port,
            "rooms": [ROOM],
            "first_pause": 0.05,
        }


@asynccontextmanager
async def prosody() -> AsyncIterator[Prosody]:
    """Run a server with a bot and two people while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="bs-prosody-", dir="/tmp"))
    config = folder / "prosody.cfg.lua"
    config.write_text(_CONFIG.format(folder=folder, port=port), encoding="utf-8")
    for user in ("bot", "olga", "karim"):
        command = ["prosodyctl", "--config", str(config), "register", user, "localhost", PASSWORD]
        await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
    running = subprocess.Popen(
        [_BINARY or "", "--config", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await _up(port)
        yield Prosody(port)
    finally:
        running.terminate()
        await asyncio.to_thread(running.wait, 10)
        shutil.rmtree(folder, ignore_errors=True)


async def _up(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise TimeoutError("prosody does not come up")


class Person:
    """Somebody with an app of their own."""

    def __init__(self, server: Prosody, name: str) -> None:
        self._client: Any = slixmpp.ClientXMPP(f"{name}@localhost", PASSWORD)
        self._client.enable_starttls = self._client.enable_direct_tls = False
        self._client.enable_plaintext = True
        self._client.register_plugin("xep_0045")
        self._client.plugin["feature_mechanisms"].unencrypted_plain = True
        self._client.plugin["feature_mechanisms"].unencrypted_scram = True
        self._server = server
        self.name = name
        #: (nick, words, the room's id, own id) of all that was said.
        self.heard: list[tuple[str, str, str, str]] = []
        self._client.add_event_handler("groupchat_message", self._on_message)

    async def enter(self) -> None:
        """Sign in and go into the room; who comes first makes it."""
        ready = asyncio.Event()
        self._client.add_event_handler("session_start", lambda _: ready.set())
        self._client.connect("127.0.0.1", self._server.port)
        await asyncio.wait_for(ready.wait(), 10)
        self._client.send_presence()
        muc = self._client.plugin["xep_0045"]
        await muc.join_muc_wait(slixmpp.JID(ROOM), self.name.title(), maxstanzas=0, timeout=10)

    async def open_room(self) -> None:
        """Accept the usual settings of a room that was just made."""
        iq = self._client.make_iq_set(ito=slixmpp.JID(ROOM))
        query = slixmpp.ET.SubElement(iq.xml, "{http://jabber.org/protocol/muc#owner}query")
        slixmpp.ET.SubElement(query, "{jabber:x:data}x").set("type", "submit")
        await iq.send(timeout=10)

    def says(self, text: str, **more: str) -> None:
        """Say something; ``corrects`` and ``retracts`` name an earlier message."""
        message = self._client.make_message(mto=slixmpp.JID(ROOM), mbody=text, mtype="groupchat")
        message["id"] = f"{self.name}-{len(text)}-{text[:8].strip()}"
        for tag, name in (
            ("{urn:xmpp:message-correct:0}replace", "corrects"),
            ("{urn:xmpp:message-retract:1}retract", "retracts"),
        ):
            if name in more:
                slixmpp.ET.SubElement(message.xml, tag).set("id", more[name])
        message.send()

    async def puts_out(self, nick: str) -> None:
        """Put somebody out of the room."""
        await self._client.plugin["xep_0045"].set_role(slixmpp.JID(ROOM), nick, "none")

    def present(self) -> list[str]:
        """Return who is in the room now."""
        return list(self._client.plugin["xep_0045"].rooms[None].get(ROOM, {}))

    def invites(self, who: str) -> None:
        """Invite somebody, by way of the room."""
        self._client.plugin["xep_0045"].invite(slixmpp.JID(ROOM), slixmpp.JID(who))

    async def leave(self) -> None:
        await self._client.disconnect(wait=1.0)
        if self._client._run_out_filters is not None:
            self._client._run_out_filters.cancel()
            await asyncio.gather(self._client._run_out_filters, return_exceptions=True)

    def _on_message(self, message: Any) -> None:
        ids = [e.get("id", "") for e in message.xml.iter("{urn:xmpp:sid:0}stanza-id")]
        self.heard.append(
            (message["from"].resource, message["body"], ids[0] if ids else "", message["id"])
        )
