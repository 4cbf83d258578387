# SPDX-License-Identifier: EUPL-1.2
"""Goes into rooms that invite the bot, and out of those that stopped; beside the reading.

A server that is away keeps its own room waiting only, never the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from ingest.matrix.address import SOURCE
from ingest.matrix.api import Api, Refused
from ingest.matrix.steady import Steady
from ingest.patience import Stopped

log = logging.getLogger(__name__)

#: Shown by apps beside our leaving.
GOODBYE = "Ik ben gestopt. Wilt u later weer meedoen? Nodig mij dan opnieuw uit."
#: Seconds that the answer to /stop may take before we leave without it.
_LAST_WORDS = 15.0

Work = Callable[[], Coroutine[Any, Any, None]]


class Doorway:
    """What one run still has to enter or leave."""

    def __init__(
        self,
        *,
        api: Api,
        steady: Steady,
        user: str,
        servers: frozenset[str],
        tally: Counter[str],
        last_words: float = _LAST_WORDS,
    ) -> None:
        self._api = api
        self._steady = steady
        self._user = user
        self._servers = servers
        self._tally = tally
        self._last_words = last_words
        self._entering: dict[str, asyncio.Task[None]] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._said: dict[tuple[str, str], asyncio.Event] = {}

    def invited(self, rooms: Mapping[str, Any]) -> None:
        """Take up invitations; those of before a restart are asked for again at the start."""
        for room, invitation in rooms.items():
            if room not in self._entering:
                self._start(self._entering, room, partial(self._answer, room, invitation))

    def follow(self, room: str, via: str) -> None:
        """Try to enter the room that replaces another; it may still wait for an invitation."""
        if room not in self._entering:
            self._start(
                self._entering, room, partial(self._enter, room, {"via": via, "server_name": via})
            )

    def stopped(self, room: str, command: str) -> None:
        """Leave a room soon: after the answer to ``command``, a /stop, was said there."""
        if room not in self._leaving:
            self._said[room, command] = asyncio.Event()
            self._start(self._leaving, room, partial(self._leave_after, room, command))

    def stay(self, room: str) -> None:
        """Stay after all: consent was given again."""
        task = self._leaving.get(room)
        if task is not None:
            task.cancel()

    def said(self, room: str, reply_to: str | None) -> None:
        """Note that something was said in a room, as an answer to ``reply_to``."""
        if reply_to is not None and (room, reply_to) in self._said:
            self._said[room, reply_to].set()

    def forget(self, room: str) -> None:
        """Let go of a room that we are out of; its history is then closed to us too."""
        if room not in self._entering:
            self._start(self._entering, room, partial(self._forget, room))

    async def close(self) -> None:
        """Drop what was not done yet."""
        tasks = [*self._entering.values(), *self._leaving.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(
        self,
        tasks: dict[str, asyncio.Task[None]],
        room: str,
        work: Work,
    ) -> None:
        task = asyncio.create_task(self._quietly(work))
        tasks[room] = task
        task.add_done_callback(lambda _: tasks.pop(room, None))

    async def _quietly(self, work: Work) -> None:
        try:
            await work()
        except Stopped:
            return
        except Refused as no:
            self._tally["closed-door"] += 1
            log.info("%s: a room could not be entered or left (%s)", SOURCE, no.status)
        except Exception as error:  # noqa: BLE001 - one odd room must not hold up the others
            log.warning("%s: a room could not be entered (%s)", SOURCE, type(error).__name__)

    async def _answer(self, room: str, invitation: object) -> None:
        invite = _own_invite(invitation, self._user)
        if self._is_welcome(invite):
            await self._enter(room, {})
        else:
            self._tally["declined"] += 1
            await self._leave(room, "Ik werk alleen in groepen.")

    def _is_welcome(self, invite: Mapping[str, Any]) -> bool:
        content = invite.get("content")
        if isinstance(content, Mapping) and content.get("is_direct") is True:
            # Somebody wants to talk to the bot alone; it reads groups only.
            return False
        server = str(invite.get("sender", "")).partition(":")[2]
        return not self._servers or server in self._servers

    async def _enter(self, room: str, via: Mapping[str, str]) -> None:
        enter = partial(self._api.tell, "join", room, body={}, query=via)
        await self._steady.get(enter, "join")

    async def _leave(self, room: str, reason: str) -> None:
        leave = partial(self._api.tell, "rooms", room, "leave", body={"reason": reason})
        await self._steady.get(leave, "leave")

    async def _forget(self, room: str) -> None:
        await self._steady.get(partial(self._api.tell, "rooms", room, "forget", body={}), "forget")

    async def _leave_after(self, room: str, command: str) -> None:
        try:
            async with asyncio.timeout(self._last_words):
                await self._said[room, command].wait()
        except TimeoutError:
            self._tally["left-without-a-word"] += 1
        finally:
            self._said.pop((room, command), None)
        await self._leave(room, GOODBYE)


def _own_invite(invitation: object, user: str) -> Mapping[str, Any]:
    state = invitation.get("invite_state") if isinstance(invitation, Mapping) else None
    events = state.get("events") if isinstance(state, Mapping) else None
    for event in events if isinstance(events, list) else ():
        if (
            isinstance(event, Mapping)
            and event.get("type") == "m.room.member"
            and event.get("state_key") == user
        ):
            return event
    return {}
