# SPDX-License-Identifier: EUPL-1.2
"""The durable loop: a sync counts as read only after all of it has been committed here.

Its token is the cursor and part of the last batch of the sync. Killed at any moment, the same
events come again and their dedup keys drop what was stored already.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from core import errors
from core.message import Batch, Command, Item, Role
from core.outcome import Outcome
from ingest.commands import called
from ingest.connector import Submit
from ingest.matrix.address import SOURCE
from ingest.matrix.api import Refused
from ingest.matrix.doorway import Doorway
from ingest.matrix.history import FILTER, INVITATIONS
from ingest.matrix.listening import Listening
from ingest.matrix.standing import role_of
from ingest.matrix.steady import Steady
from ingest.matrix.sync import joined, part
from ingest.patience import until

log = logging.getLogger(__name__)

#: Items in one batch.
_BATCH = 100
#: Seconds that a commit may still take after ``stop``.
_GRACE = 1.5


class Intake:
    """One run of the loop, for one bot."""

    def __init__(
        self,
        *,
        tenant: str,
        submit: Submit,
        steady: Steady,
        listening: Listening,
        doorway: Doorway,
        poll_seconds: int,
    ) -> None:
        self._tenant = tenant
        self._submit = submit
        self._steady = steady
        self._listening = listening
        self._doorway = doorway
        self._poll_seconds = poll_seconds

    async def run(self, since: str | None) -> None:
        """Take in what follows ``since`` until stop; raise what ``submit`` raises."""
        if since is not None:
            await self._look_for_invitations()
        while not self._steady.stop.is_set():
            sync = await self._steady.get(partial(self._sync, since), "sync")
            await self._take(sync, since)
            if sync["next_batch"] == since:
                # A server that does not wait for news must not be asked a thousand times a second.
                await until(self._steady.stop, asyncio.sleep(0.05))
            since = sync["next_batch"]

    async def _look_for_invitations(self) -> None:
        """Ask for all invitations: one that was not taken up before a restart is not told again."""
        query: dict[str, str | int] = {"filter": INVITATIONS, "set_presence": "offline"}
        ask = partial(self._listening.api.ask, "sync", query=query)
        answer = await self._steady.get(ask, "sync")
        self._doorway.invited(part(answer, "invite"))

    async def _sync(self, since: str | None) -> dict[str, Any]:
        wait = self._poll_seconds if since is not None else 0
        query: dict[str, str | int] = {
            "filter": FILTER,
            "timeout": wait * 1000,
            "set_presence": "offline",
        }
        if since is not None:
            query["since"] = since
        answer = await self._listening.api.ask("sync", query=query, patience=wait)
        if not isinstance(answer, dict) or not isinstance(answer.get("next_batch"), str):
            raise TypeError("the answer has another shape than a sync")
        return answer

    async def _take(self, sync: Mapping[str, Any], since: str | None) -> None:
        """Hand over everything in a sync, in order; its token goes with the last of it."""
        self._doorway.invited(part(sync, "invite"))
        items: list[Item] = []
        async for item in self._listening.items(sync, since):
            told = item
            if isinstance(item, Command):
                # What came before goes first; the role is asked at the last moment.
                if items:
                    await self._hand_over(items, since)
                    items = []
                told = replace(item, role=await self._role(item))
            items.append(told)
            if len(items) == _BATCH:
                await self._hand_over(items, since)
                items = []
        if items or joined(sync) or part(sync, "leave"):
            await self._hand_over(items, sync["next_batch"])
        for room in part(sync, "leave"):
            # Not before the commit: of a forgotten room the server tells nothing more.
            self._doorway.forget(room)

    async def _role(self, command: Command) -> Role:
        """Ask the server what the sender is in the room, now."""
        try:
            state = await self._listening.state(command.chat)
        except Refused:
            # We are no longer there to see who governs the room.
            return Role.MEMBER
        return role_of(command.sender, state)

    async def _hand_over(self, items: Sequence[Item], cursor: str | None) -> None:
        batch = Batch(
            tenant=self._tenant,
            source=SOURCE,
            items=tuple(items),
            stream=self._listening.user,
            cursor=cursor,
        )
        back_off = self._steady.back_off()
        while True:
            try:
                await until(self._steady.stop, self._submitted(batch), grace=_GRACE)
            except errors.Overloaded as error:
                await self._steady.wait("submit", error, back_off)
            else:
                break
        for item in items:
            if isinstance(item, Command) and item.role.governs:
                self._obey(item)

    def _obey(self, command: Command) -> None:
        if called(command) == "stop":
            self._doorway.stopped(command.chat, command.external_id)
        elif called(command) == "toestemming":
            self._doorway.stay(command.chat)

    async def _submitted(self, batch: Batch) -> Outcome:
        return await self._submit(batch)
