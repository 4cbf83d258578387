# SPDX-License-Identifier: EUPL-1.2
"""Leaves a group that stopped: after the answer to ``/stop`` was said, or soon without it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from telegram import Bot
from telegram.error import TelegramError

log = logging.getLogger(__name__)

#: Seconds that the answer to /stop may take before we leave without it.
LAST_WORDS = 15.0


class Farewell:
    """The groups that one run still has to leave.

    A run that ends before it left reads nothing more in that group either: consent is gone.
    """

    def __init__(self, bot: Bot, tally: Counter[str], *, last_words: float = LAST_WORDS) -> None:
        self._bot = bot
        self._tally = tally
        self._last_words = last_words
        self._said: dict[tuple[str, str], asyncio.Event] = {}
        self._leaving: dict[str, asyncio.Task[None]] = {}

    def stopped(self, chat: str, command: str) -> None:
        """Leave a chat soon: after the answer to ``command``, a /stop, was said there."""
        if chat in self._leaving:
            return
        self._said[chat, command] = asyncio.Event()
        task = asyncio.create_task(self._leave_after(chat, command))
        self._leaving[chat] = task
        task.add_done_callback(lambda _: self._leaving.pop(chat, None))

    def stay(self, chat: str) -> None:
        """Stay after all: consent was given again."""
        if task := self._leaving.get(chat):
            task.cancel()

    def said(self, chat: str, reply_to: str | None) -> None:
        """Note that something was said in a chat, as an answer to ``reply_to``."""
        if reply_to is not None and (chat, reply_to) in self._said:
            self._said[chat, reply_to].set()

    async def close(self) -> None:
        """Drop what was not done yet."""
        tasks = list(self._leaving.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _leave_after(self, chat: str, command: str) -> None:
        try:
            async with asyncio.timeout(self._last_words):
                await self._said[chat, command].wait()
        except TimeoutError:
            self._tally["left-without-a-word"] += 1
        finally:
            self._said.pop((chat, command), None)
        try:
            await self._bot.leave_chat(int(chat))
        except TelegramError as error:
            self._tally["not-left"] += 1
            log.info("telegram: a group could not be left (%s)", type(error).__name__)
