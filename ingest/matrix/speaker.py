# SPDX-License-Identifier: EUPL-1.2
"""Says things in rooms, as a notice: other programs do not answer those."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from core import errors
from ingest.marks import with_marks
from ingest.matrix.account import Account, is_encrypted
from ingest.matrix.api import Refused, TokenRefused, Trouble

#: Longest text in bytes; an event may hold 64 KiB with everything around it.
LONGEST = 40_000
#: Longer waits than this are not slept out in place; whoever asked comes back later.
_LONGEST_NAP = 20.0
_TRIES = 3


class MatrixSpeaker:
    """Sends messages once; tells who asked whether trying again helps."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def say(
        self, room: str, text: str, reply_to: str | None, key: str | None, *, openly: bool = False
    ) -> str:
        """Say ``text``; return the event's id. The server drops a repeat of ``key``.

        ``openly`` says it unencrypted where the room is encrypted and we have no keys.
        """
        if len(text.encode()) > LONGEST:
            raise errors.TargetRefused("matrix: the text is too long")
        content = _content(text, reply_to)
        transaction = _transaction(room, key)
        for _ in range(_TRIES - 1):
            try:
                return await self._say(room, content, transaction, openly)
            except errors.TargetUnavailable as error:
                if error.retry_after is None or error.retry_after > _LONGEST_NAP:
                    raise
                await asyncio.sleep(error.retry_after)
        return await self._say(room, content, transaction, openly)

    async def _say(self, room: str, content: dict[str, Any], transaction: str, openly: bool) -> str:
        try:
            return await self._send(room, content, transaction, openly)
        except (errors.DeliveryError, errors.ConfigurationError):
            raise
        except TokenRefused:
            raise errors.TargetUnavailable("matrix: the token was refused") from None
        except Refused as no:
            raise errors.TargetRefused(f"matrix: the server says no ({no.status})") from None
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the way there
            wait = error.wait if isinstance(error, Trouble) else None
            raise errors.TargetUnavailable(
                f"matrix: cannot be reached now ({type(error).__name__})", retry_after=wait
            ) from None

    async def _send(
        self, room: str, content: dict[str, Any], transaction: str, openly: bool
    ) -> str:
        api, vault = await self._account.opened()
        kind: str = "m.room.message"
        said: Mapping[str, Any] = content
        if await is_encrypted(api, room):
            if vault.is_open:
                kind, said = "m.room.encrypted", await vault.lock(content, room)
            elif not openly:
                raise errors.TargetRefused("matrix: the room is encrypted and we have no keys")
        answer = await api.put("rooms", room, "send", kind, transaction, body=said)
        return str(answer["event_id"])


def _content(text: str, reply_to: str | None) -> dict[str, Any]:
    # Nobody is mentioned, so that nobody's telephone makes a noise for a notice.
    content: dict[str, Any] = {"msgtype": "m.notice", "body": with_marks(text), "m.mentions": {}}
    if reply_to is not None:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
    return content


def _transaction(room: str, key: str | None) -> str:
    if key is None:
        return uuid4().hex
    return hashlib.sha256(f"{room}\n{key}".encode()).hexdigest()[:40]
