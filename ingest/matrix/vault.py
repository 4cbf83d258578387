# SPDX-License-Identifier: EUPL-1.2
"""The keys of encrypted rooms: opens what others said, locks what we say.

matrix-nio keeps the keys in a folder of ours, locked with a secret. A key is on disk before the
sync that brought it is confirmed. Of what people wrote nothing is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from nio import AsyncClient, ErrorResponse, MatrixRoom, MegolmEvent, SyncResponse
from nio import Event as NioEvent

from core import errors
from ingest.matrix.address import Address
from ingest.matrix.api import Trouble
from ingest.matrix.translate import Event

#: What of a sync has to do with keys.
_KEY_PARTS = (
    "to_device",
    "device_lists",
    "device_one_time_keys_count",
    "device_unused_fallback_key_types",
)


class Vault:
    """Keys of one device of the bot; without a folder it opens nothing."""

    def __init__(self, client: AsyncClient, address: Address) -> None:
        self._client = client
        self._address = address
        self._busy = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether encrypted rooms can be read."""
        return self._client.olm is not None

    def open(self, device: str | None) -> None:
        """Load the keys of ``device``; ``ConfigurationError`` when they do not fit the secret."""
        if self._address.keys is None or self.is_open:
            return
        if device is None:
            raise errors.ConfigurationError("matrix: this token has no device, so it has no keys")
        self._address.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._client.restore_login(self._address.user, device, self._address.token)
        except Exception as error:  # noqa: BLE001 - the library and the database below have many
            raise errors.ConfigurationError(
                f"matrix: the keys cannot be opened with this secret ({type(error).__name__})"
            ) from None

    async def receive(self, sync: Mapping[str, Any]) -> None:
        """Take in the keys that came with a sync."""
        if not self.is_open:
            return
        keys = SyncResponse.from_dict(_keys_in(sync))
        if not isinstance(keys, SyncResponse):
            raise Trouble("the keys in the answer have another shape")
        async with self._busy:
            # The library skips a sync that it saw before, also after a run that went wrong.
            self._client.next_batch = ""
            await self._client.receive_response(keys)

    async def exchange(self) -> None:
        """Give our keys to the server and ask for those of others, where that is needed."""
        if not self.is_open:
            return
        async with self._busy:
            await self._exchange()

    def unlock(self, event: Event, room: str) -> Event | None:
        """Return what is inside an encrypted event; None without its key."""
        if not self.is_open:
            return None
        try:
            locked = MegolmEvent.from_dict(dict(event))
            if not isinstance(locked, MegolmEvent):
                return None
            locked.room_id = room
            inside = self._client.decrypt_event(locked)
        except Exception:  # noqa: BLE001 - a lock that does not open, for whatever reason
            return None
        source: Event | None = inside.source if isinstance(inside, NioEvent) else None
        return source

    async def lock(self, content: Mapping[str, Any], room: str) -> dict[str, Any]:
        """Return ``content`` encrypted for everybody who is in the room now."""
        async with self._busy:
            client = self._client
            client.rooms[room] = MatrixRoom(room, self._address.user, encrypted=True)
            await _done(client.joined_members(room))
            client.olm.update_tracked_users(client.rooms[room])
            if client.should_query_keys:
                await _done(client.keys_query())
            # A fresh key each time: who left since the last one cannot read this.
            client.invalidate_outbound_session(room)
            await _done(client.share_group_session(room, ignore_unverified_devices=True))
            _kind, locked = client.encrypt(room, "m.room.message", dict(content))
        return dict(locked)

    async def _exchange(self) -> None:
        client = self._client
        if client.should_upload_keys:
            await _done(client.keys_upload())
        if client.should_query_keys:
            await _done(client.keys_query())
        if client.should_claim_keys:
            await _done(client.keys_claim(client.get_users_for_key_claiming()))
        await client.send_to_device_messages()


async def _done(call: Any) -> None:
    answer = await call
    if isinstance(answer, ErrorResponse):
        wait = answer.retry_after_ms
        raise Trouble("keys were not exchanged", wait=wait / 1000 if wait else None)


def _keys_in(sync: Mapping[str, Any]) -> dict[str, Any]:
    # Rooms are ours to read: the library gives up on a whole sync for one odd event.
    parts = {name: sync[name] for name in _KEY_PARTS if name in sync}
    return {"next_batch": sync["next_batch"], "rooms": {}, **parts}
