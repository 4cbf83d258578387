# SPDX-License-Identifier: EUPL-1.2
"""Explains, to who writes to the bot itself, that it works in groups only."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict

from core import errors
from ingest.connector import Speaker

log = logging.getLogger(__name__)

#: Said once in this many seconds to the same person.
_ONCE_IN = 3600.0
#: Most people who are remembered for that.
_MOST = 10_000

EXPLANATION = """
Hallo. Ik ben Buurtsignaal. Ik werk alleen in groepen.
Wat u hier stuurt, lees ik niet en bewaar ik niet.
Wilt u dat ik in uw groep meelees? Voeg mij toe aan de groep.
Een beheerder stuurt daar /toestemming.
Meer weten? Stuur /uitleg in de groep.
Is er gevaar? Bel altijd 112.
""".strip()


class Reception:
    """Answers in private chats, beside the loop and never more than is needed."""

    def __init__(self, speaker: Speaker, text: str = EXPLANATION) -> None:
        self._speaker = speaker
        self._text = text
        self._told: OrderedDict[str, float] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def explain(self, chat: str) -> None:
        """Send the explanation soon, unless this person had it just now."""
        now = asyncio.get_running_loop().time()
        if now - self._told.get(chat, -_ONCE_IN) < _ONCE_IN:
            return
        self._told[chat] = now
        self._told.move_to_end(chat)
        if len(self._told) > _MOST:
            self._told.popitem(last=False)
        task = asyncio.create_task(self._say(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drop what was not said yet."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _say(self, chat: str) -> None:
        try:
            await self._speaker.say(chat, self._text)
        except errors.DeliveryError as error:
            log.info("telegram: the explanation was not sent: %s", error)
