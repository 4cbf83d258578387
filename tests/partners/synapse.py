# SPDX-License-Identifier: EUPL-1.2
"""A real Matrix homeserver (Synapse) on this machine, and people who use it.

Synapse gets an environment of its own, once, in the user's cache folder: its dependencies are not
ours. It listens on 127.0.0.1 only, trusts no other server and forgets everything at the end.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

VERSION = "1.163.2"
SERVER = "localhost"
_SECRET = "own-secret-of-the-tests"
_READY = "ready"
_numbers = count(1)
Json = dict[str, Any]


@contextmanager
def synapse(folder: Path) -> Iterator[Synapse]:
    """Run a homeserver with its data in ``folder``; it ends with the block."""
    python = _installed()
    port = _free_port()
    config = _configured(folder, port)
    start = [python, "-m", "synapse.app.homeserver", "--config-path", str(config)]
    subprocess.run([*start, "--generate-keys"], check=True, cwd=folder, capture_output=True)
    with (folder / "output.txt").open("wb") as output:
        server = subprocess.Popen(start, cwd=folder, stdout=output, stderr=output)
        try:
            made = Synapse(url=f"http://127.0.0.1:{port}")
            _wait_for(made, server, folder)
            yield made
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _installed() -> str:
    """Return the Python that has Synapse, installed now when there is none yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "buurtsignaal"
    home = cache / f"synapse-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    # Several test processes may come here at once; one installs, the others wait.
    with (cache / f"synapse-{VERSION}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / _READY).exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet"]
            subprocess.run([*pip, f"matrix-synapse=={VERSION}"], check=True, capture_output=True)
            (home / _READY).touch()
    return str(home / "bin" / "python")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _configured(folder: Path, port: int) -> Path:
    logs = folder / "log.yaml"
    logs.write_text(json.dumps({"version": 1, "root": {"level": "ERROR"}}), encoding="utf-8")
    fast = {"per_second": 10_000, "burst_count": 10_000}
    config = {
        "server_name": SERVER,
        "pid_file": str(folder / "synapse.pid"),
        "listeners": [
            {
                "port": port,
                "type": "http",
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"]}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "synapse.db")}},
        "log_config": str(logs),
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "registration_shared_secret": _SECRET,
        "macaroon_secret_key": _SECRET,
        "form_secret": _SECRET,
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "presence": {"enabled": False},
        "rc_message": fast,
        "rc_registration": fast,
        "rc_login": {"address": fast, "account": fast, "failed_attempts": fast},
        "rc_joins": {"local": fast, "remote": fast},
        "rc_invites": {"per_room": fast, "per_user": fast, "per_issuer": fast},
    }
    file = folder / "homeserver.yaml"
    # JSON is YAML too.
    file.write_text(json.dumps(config), encoding="utf-8")
    return file


def _wait_for(made: Synapse, server: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            made.ask("GET", "/_matrix/client/versions")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError((folder / "output.txt").read_text(errors="replace")[-2000:])


@dataclass(kw_only=True)
class Synapse:
    """The running server."""

    url: str

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str = ""
    ) -> Json:
        """Return the answer of the server; ``HTTPError`` when it says no."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: Json = json.load(answer)
            return found

    def person(self, name: str, *, admin: bool = False) -> Person:
        """Return a new user whose name begins with ``name``."""
        user = f"{name}{next(_numbers)}"
        where = "/_synapse/admin/v1/register"
        nonce = self.ask("GET", where)["nonce"]
        kind = "admin" if admin else "notadmin"
        signed = f"{nonce}\0{user}\0wachtwoord\0{kind}".encode()
        made = self.ask(
            "POST",
            where,
            {
                "nonce": nonce,
                "username": user,
                "password": "wachtwoord",
                "admin": admin,
                "mac": hmac.new(_SECRET.encode(), signed, hashlib.sha1).hexdigest(),
            },
        )
        return Person(
            server=self, id=made["user_id"], token=made["access_token"], device=made["device_id"]
        )


@dataclass(kw_only=True)
class Person:
    """Somebody with an account, who does what apps let people do."""

    server: Synapse
    id: str
    token: str
    device: str

    def do(self, method: str, *path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Ask the server for anything, as this person."""
        where = "/".join(("/_matrix/client/v3", *(quote(part, safe="") for part in path)))
        return self.server.ask(method, where, body, self.token)

    def room(self, *guests: str, **more: Any) -> str:
        """Make a room and invite guests; return its id."""
        body = {"name": "Vogelbuurt", "preset": "private_chat", "invite": list(guests), **more}
        return str(self.do("POST", "createRoom", body=body)["room_id"])

    def invite(self, room: str, guest: str) -> None:
        """Invite somebody."""
        self.do("POST", "rooms", room, "invite", body={"user_id": guest})

    def join(self, room: str) -> None:
        """Go into a room."""
        self.do("POST", "join", room, body={})

    def kick(self, room: str, other: str) -> None:
        """Put somebody out."""
        self.do("POST", "rooms", room, "kick", body={"user_id": other})

    def send(self, room: str, content: Mapping[str, Any], kind: str = "m.room.message") -> str:
        """Send any event; return its id."""
        transaction = f"t{next(_numbers)}"
        sent = self.do("PUT", "rooms", room, "send", kind, transaction, body=content)
        return str(sent["event_id"])

    def write(self, room: str, text: str, answers: str | None = None) -> str:
        """Write a message, perhaps as an answer."""
        content: Json = {"msgtype": "m.text", "body": text}
        if answers is not None:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": answers}}
        return self.send(room, content)

    def edit(self, room: str, event: str, text: str) -> str:
        """Change a message."""
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event}
        shown = {"msgtype": "m.text", "body": f"* {text}"}
        return self.send(room, {**shown, "m.new_content": new, "m.relates_to": relation})

    def erase(self, room: str, event: str) -> str:
        """Erase a message (a redaction)."""
        transaction = f"t{next(_numbers)}"
        sent = self.do("PUT", "rooms", room, "redact", event, transaction, body={})
        return str(sent["event_id"])

    def put_state(self, room: str, kind: str, content: Mapping[str, Any]) -> None:
        """Change the state of a room."""
        self.do("PUT", "rooms", room, "state", kind, body=content)

    def state(self, room: str) -> list[Json]:
        """Return all state of a room."""
        found: Any = self.do("GET", "rooms", room, "state")
        return list(found)

    def messages(self, room: str) -> list[Json]:
        """Return the newest events of a room, oldest first."""
        where = f"/_matrix/client/v3/rooms/{quote(room, safe='')}/messages?dir=b&limit=100"
        return list(self.server.ask("GET", where, token=self.token)["chunk"])[::-1]

    def members(self, room: str) -> set[str]:
        """Return who is in a room."""
        return set(self.do("GET", "rooms", room, "joined_members")["joined"])

    def slow_down(self, other: str, per_second: int) -> None:
        """Let the server accept only so many messages of somebody; for admins of the server."""
        where = f"/_synapse/admin/v1/users/{quote(other, safe='')}/override_ratelimit"
        body = {"messages_per_second": per_second, "burst_count": 1}
        self.server.ask("POST", where, body, self.token)
