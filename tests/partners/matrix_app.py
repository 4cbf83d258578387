# SPDX-License-Identifier: EUPL-1.2
"""Somebody whose app encrypts: matrix-nio used the way its own documentation shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nio import AsyncClient, AsyncClientConfig, RoomMessage
from nio.store import SqliteStore

from tests.partners.synapse import Person

ENCRYPTION: dict[str, Any] = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


class App:
    """A signed-in app with keys of its own."""

    def __init__(self, person: Person, folder: Path) -> None:
        config = AsyncClientConfig(store=SqliteStore, pickle_key="eigen sleutel")
        self.client = AsyncClient(
            person.server.url, person.id, store_path=str(folder), config=config
        )
        self.client.restore_login(person.id, person.device, person.token)
        #: What others said, as this app shows it.
        self.shown: list[tuple[str, str]] = []

    async def sync(self) -> None:
        """Fetch what is new, and exchange keys."""
        answer = await self.client.sync(timeout=100, full_state=True)
        for room in answer.rooms.join.values():
            for event in room.timeline.events:
                if isinstance(event, RoomMessage):
                    self.shown.append((event.sender, event.source["content"]["body"]))
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        await self.client.send_to_device_messages()

    async def write(self, room: str, text: str, **more: Any) -> str:
        """Write something that only the members can read."""
        content = {"msgtype": "m.text", "body": text, **more}
        sent = await self.client.room_send(
            room, "m.room.message", content, ignore_unverified_devices=True
        )
        return str(sent.event_id)


@asynccontextmanager
async def app(person: Person, folder: Path) -> AsyncIterator[App]:
    """Sign in for the length of the block."""
    folder.mkdir()
    made = App(person, folder)
    try:
        await made.sync()
        yield made
    finally:
        await made.client.close()
