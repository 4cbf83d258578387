# SPDX-License-Identifier: EUPL-1.2
"""The durable loop: Telegram forgets an update only after it has been committed here.

The offset of a poll confirms everything before it. So it moves on only after ``submit`` has
returned, and the cursor is part of the batch. Killed at any moment, the same updates come again
and their dedup keys drop what was stored already.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from telegram import Bot, ChatMember, Update
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken

from core import errors
from core.message import Batch, Command, Item, Role
from core.outcome import Outcome
from ingest.commands import called
from ingest.connector import Submit
from ingest.patience import BackOff, Stopped, until
from ingest.telegram import menu
from ingest.telegram.api import wait_of
from ingest.telegram.farewell import Farewell
from ingest.telegram.translate import SOURCE, Private, Skipped, translate

log = logging.getLogger(__name__)

#: Nothing else is asked for: no reactions, no channels, no lists of members.
ALLOWED_UPDATES = ("message", "edited_message", "my_chat_member")

#: After a week of silence Telegram starts numbering anew; an old offset would then skip updates.
_SILENCE = timedelta(days=6).total_seconds()
#: This far below the cursor an update has been committed before; further, it is numbered anew.
_BEHIND = 1_000
#: Seconds that a commit may still take after ``stop``.
_GRACE = 1.5

_ROLES = {ChatMember.OWNER: Role.OWNER, ChatMember.ADMINISTRATOR: Role.ADMIN}
_Result = TypeVar("_Result")


class Intake:
    """One run of the loop, for one bot."""

    def __init__(
        self,
        *,
        bot: Bot,
        tenant: str,
        stream: str,
        submit: Submit,
        stop: asyncio.Event,
        back_off: BackOff,
        poll_seconds: int,
        tally: Counter[str],
        explain: Callable[[str], None],
        farewell: Farewell,
    ) -> None:
        self._bot = bot
        self._tenant = tenant
        self._stream = stream
        self._submit = submit
        self._stop = stop
        self._back_off = back_off
        self._poll_seconds = poll_seconds
        self._tally = tally
        self._explain = explain
        self._farewell = farewell

    async def run(self, cursor: int | None) -> None:
        """Take in updates until ``stop``; raise what ``submit`` raises."""
        try:
            await self._greet()
            await self._follow(cursor)
        except Stopped:
            return

    async def _greet(self) -> None:
        """Find out who we are and how much Telegram lets us see."""
        await self._persist(self._bot.initialize, "getMe")
        # With privacy mode on, Telegram itself keeps ordinary messages from us.
        everything = self._bot.bot.can_read_all_group_messages
        mode = "every message of its groups" if everything else "commands and replies only"
        log.info(
            "telegram: @%s is given %s (privacy mode %s)",
            self._bot.username,
            mode,
            "off" if everything else "on; an administrator bot is given every message all the same",
        )
        await until(self._stop, menu.show(self._bot))

    async def _follow(self, cursor: int | None) -> None:
        now = asyncio.get_running_loop().time
        # The first poll asks for whatever is not confirmed; see _SILENCE.
        offset, heard = None, now()
        while not self._stop.is_set():
            updates = await self._persist(partial(self._poll, offset), "getUpdates")
            fresh = [update for update in updates if not _behind(update, cursor)]
            if fresh:
                cursor = await self._take(fresh)
                heard = now()
            elif not updates:
                # A server that does not wait for news must not be asked a thousand times a second.
                await until(self._stop, asyncio.sleep(0.05))
            offset = cursor if now() - heard < _SILENCE else None

    async def _poll(self, offset: int | None) -> Sequence[Update]:
        return await self._bot.get_updates(
            offset=offset,
            limit=100,
            timeout=self._poll_seconds,
            allowed_updates=list(ALLOWED_UPDATES),
        )

    async def _take(self, updates: Sequence[Update]) -> int:
        """Hand over updates in order and return the cursor that follows them."""
        items: list[Item] = []
        cursor = updates[0].update_id
        for update in updates:
            item = self._translated(update)
            if isinstance(item, Command):
                # What came before goes first; the role is asked at the last moment.
                if items:
                    await self._hand_over(items, cursor)
                    items = []
                item = replace(item, role=await self._role(item))
            if item is not None:
                items.append(item)
            cursor = update.update_id + 1
        await self._hand_over(items, cursor)
        return cursor

    def _translated(self, update: Update) -> Item | None:
        try:
            item = translate(update, self._bot.username)
        except Exception as error:  # noqa: BLE001 - one odd update must not hold up the others
            log.warning("telegram: an update could not be read: %s", type(error).__name__)
            item = Skipped.MALFORMED
        if isinstance(item, Private):
            self._explain(item.chat)
            return None
        if isinstance(item, Skipped):
            self._tally[item.value] += 1
            return None
        return item

    async def _role(self, command: Command) -> Role:
        """Ask Telegram what the sender is in the group, now."""
        if command.role.governs:
            return command.role
        return await self._persist(
            partial(self._asked_role, int(command.chat), command.sender), "getChatAdministrators"
        )

    async def _asked_role(self, chat: int, sender: str) -> Role:
        try:
            members = await self._bot.get_chat_administrators(chat)
        except ChatMigrated as moved:
            return await self._asked_role(moved.new_chat_id, sender)
        except (Forbidden, BadRequest):
            # We are no longer there to see who governs the group.
            return Role.MEMBER
        found = (member.status for member in members if str(member.user.id) == sender)
        return _ROLES.get(next(found, ""), Role.MEMBER)

    async def _hand_over(self, items: Sequence[Item], cursor: int) -> None:
        batch = Batch(
            tenant=self._tenant,
            source=SOURCE,
            items=tuple(items),
            stream=self._stream,
            cursor=str(cursor),
        )
        while True:
            try:
                await until(self._stop, self._submitted(batch), grace=_GRACE)
            except errors.Overloaded as error:
                await self._wait("submit", error)
            else:
                break
        for item in items:
            if isinstance(item, Command) and item.role.governs:
                self._obey(item)

    def _obey(self, command: Command) -> None:
        if called(command) == "stop":
            self._farewell.stopped(command.chat, command.external_id)
        elif called(command) == "toestemming":
            self._farewell.stay(command.chat)

    async def _submitted(self, batch: Batch) -> Outcome:
        return await self._submit(batch)

    async def _persist(
        self, call: Callable[[], Coroutine[Any, Any, _Result]], what: str
    ) -> _Result:
        """Return what Telegram answers, however long it is out of order."""
        while True:
            try:
                answer = await until(self._stop, call())
            except Stopped:
                raise
            except InvalidToken:
                raise errors.ConfigurationError(
                    "telegram: the token was refused; get a new one from @BotFather"
                ) from None
            except Exception as error:  # noqa: BLE001 - no answer may end the loop
                await self._wait(what, error)
            else:
                self._back_off.reset()
                return answer

    async def _wait(self, what: str, error: Exception) -> None:
        self._tally["failures"] += 1
        pause = self._back_off.next(wait_of(error))
        # Only the kind of error: its words can quote an answer.
        log.warning("telegram: %s failed (%s); again in %.1f s", what, _kind(error), pause)
        await until(self._stop, asyncio.sleep(pause))


def _kind(error: Exception) -> str:
    if isinstance(error, Conflict):
        return "another program uses this bot's token"
    return type(error).__name__


def _behind(update: Update, cursor: int | None) -> bool:
    return cursor is not None and cursor - _BEHIND <= update.update_id < cursor
