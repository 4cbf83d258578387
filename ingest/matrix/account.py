# SPDX-License-Identifier: EUPL-1.2
"""One bot on one homeserver; reading and speaking share it, because they share its keys."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

from core import errors
from ingest.matrix.address import Address
from ingest.matrix.api import Api, Refused
from ingest.matrix.vault import Vault


class Account:
    """Opens on first use, and says who it is only when the server agrees."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._busy = asyncio.Lock()
        self._open: tuple[Api, Vault] | None = None

    async def opened(self) -> tuple[Api, Vault]:
        """Return connections and keys; ``ConfigurationError`` when the token is another's."""
        async with self._busy:
            if self._open is None:
                self._open = await self._opened()
            return self._open

    async def close(self) -> None:
        """Close the connections; the next use opens them again."""
        opened, self._open = self._open, None
        if opened is not None:
            await opened[0].close()

    async def _opened(self) -> tuple[Api, Vault]:
        api = Api(self.address)
        try:
            me = await api.ask("account", "whoami")
            if me.get("user_id") != self.address.user:
                _refuse()
            vault = Vault(api.client, self.address)
            vault.open(me.get("device_id"))
        except BaseException:
            await api.close()
            raise
        return api, vault


def _refuse() -> NoReturn:
    raise errors.ConfigurationError("matrix: the token belongs to another user")


async def is_encrypted(api: Api, room: str) -> bool:
    """Ask whether a room is encrypted; once it is, it stays so."""
    try:
        found: Any = await api.ask("rooms", room, "state", "m.room.encryption", "")
    except Refused as no:
        if no.status == 404:
            return False
        raise
    return bool(found)
