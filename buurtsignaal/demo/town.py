# SPDX-License-Identifier: EUPL-1.2
"""The invented town, a process of its own: residents, the police's mail server, the municipality.

It knows Buurtsignaal only from outside: it signs webhooks as a neighbourhood app would, takes in
mail and signed reports, and hears what the groups hear.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import httpx
import typer
import uvicorn
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook, WebhookVerificationError

from buurtsignaal.demo import scene
from buurtsignaal.demo.scene import Group

#: Longest pause between two messages at normal speed, in seconds.
LONGEST_PAUSE = 8.0


def say(line: str) -> None:
    """Print one line of what happens in the town."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Post:
    """Takes mail in, as the police would."""

    def __init__(self) -> None:
        self.received = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept a mail and show its subject."""
        mail = message_from_bytes(envelope.original_content or b"", policy=default)
        self.received += 1
        say(f"   politie krijgt mail: {mail['subject']}")
        return "250 OK"


class TownHall:
    """Takes signed reports in, and carries what groups hear; checks every signature."""

    def __init__(self) -> None:
        self._key = Webhook(scene.WEBHOOK_SECRET)
        self.received: Counter[str] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            return
        body = b"".join([part async for part in _body(receive)])
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        try:
            self._key.verify(body, headers)
        except WebhookVerificationError:
            await _answer(send, 401, {"detail": "wrong signature"})
            return
        await _answer(send, 200, self._take(scope["path"], json.loads(body)))

    def _take(self, path: str, event: dict[str, Any]) -> dict[str, str]:
        self.received[path] += 1
        number = sum(self.received.values())
        if path == "/groep":
            text = str(event.get("text", "")).strip().splitlines()
            say(f"   de groep hoort: {text[0] if text else ''}")
        else:
            say(f"   gemeente krijgt melding: {event.get('type', '')}")
        return {"id": f"town-{number}"}


@dataclass(frozen=True, slots=True)
class Line:
    """One message that a resident is about to send."""

    group: Group
    wait: float
    event: dict[str, Any]


def lines(group: Group) -> Iterator[Line]:
    """Yield the messages of a neighbourhood with the pause before each."""
    with group.path.open(encoding="utf-8") as file:
        for raw in file:
            row = json.loads(raw)
            message = {"id": row["id"], "sender": row["sender"], "text": row["text"]}
            if row.get("reply_to"):
                message["reply_to"] = row["reply_to"]
            event = {
                "type": "message.created",
                "group": {"id": group.key, "name": group.name},
                "message": message,
            }
            yield Line(group, float(row["after"]), event)


class App:
    """The neighbourhood app: sends what residents write as signed webhooks."""

    def __init__(self, client: httpx.AsyncClient, web: int) -> None:
        self._client = client
        self._url = f"http://127.0.0.1:{web}/intake/webhook/{scene.TENANT}/{scene.SENDER}"
        self._key = Webhook(scene.WEBHOOK_SECRET)
        self._number = 0

    async def send(self, event: dict[str, Any]) -> None:
        """Send one event and try again until it is taken, as every good sender does."""
        self._number += 1
        name = f"demo-{self._number}"
        body = json.dumps(event)
        while True:
            at = datetime.now(UTC)
            headers = {
                "content-type": "application/json",
                "webhook-id": name,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": self._key.sign(name, at, body),
            }
            with contextlib.suppress(httpx.TransportError):
                answer = await self._client.post(self._url, content=body, headers=headers)
                if answer.status_code < 500:
                    answer.raise_for_status()
                    return
            await asyncio.sleep(0.5)

    async def introduce(self, group: Group) -> None:
        """Add Buurtsignaal to a group; its admin reads the explanation and says yes."""
        now = datetime.now(UTC)
        about = {"id": group.key, "name": group.name}
        await self.send({"type": "group.joined", "group": about, "id": "j", "at": _when(now)})
        command = {
            "id": "c",
            "name": "toestemming",
            "argument": "",
            "sender": "beheerder",
            "role": "owner",
            "at": _when(now),
        }
        await self.send({"type": "command", "group": about, "command": command})

    async def live(self, group: Group, speed: float) -> None:
        """Send all messages of a group at a human pace, divided by ``speed``."""
        for line in lines(group):
            await asyncio.sleep(min(line.wait, LONGEST_PAUSE) / speed)
            at = datetime.now(UTC)
            line.event["message"]["sent_at"] = _when(at)
            await self.send(line.event)


def _when(at: datetime) -> str:
    return at.isoformat()


@asynccontextmanager
async def _serving(hall: TownHall, port: int) -> AsyncIterator[None]:
    config = uvicorn.Config(hall, port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def run(web: int, mail: int, town: int, speed: float) -> None:
    """Let residents say all they have to say, and take mail and reports in until the end."""
    post, hall = Post(), TownHall()
    controller = Controller(post, hostname="127.0.0.1", port=mail)
    controller.start()
    try:
        async with _serving(hall, town), httpx.AsyncClient(trust_env=False) as client:
            app = App(client, web)
            for group in scene.SENT:
                await app.introduce(group)
            await asyncio.sleep(1.1)
            await asyncio.gather(*(app.live(group, speed) for group in scene.SENT))
            say(f"   {scene.SAID_ALL}")
            while True:
                await asyncio.sleep(3600)
    finally:
        controller.stop()


def main(
    web: int = typer.Option(),
    mail: int = typer.Option(),
    town: int = typer.Option(),
    speed: float = typer.Option(1.0),
) -> None:
    """Run the town."""
    # The demo ends this process; Ctrl-C in its terminal is for the demo alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(web, mail, town, speed))


async def _body(receive: Any) -> AsyncIterator[bytes]:
    while True:
        part = await receive()
        yield part.get("body", b"")
        if not part.get("more_body"):
            return


async def _answer(send: Any, status: int, content: dict[str, str]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


if __name__ == "__main__":
    typer.run(main)
