# SPDX-License-Identifier: EUPL-1.2
"""Telegram groups, through a bot that an administrator adds and allows."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from core import errors
from ingest.connector import Submit
from ingest.options import Options
from ingest.patience import BackOff
from ingest.pulse import Pulse
from ingest.telegram.address import api_address
from ingest.telegram.api import Address, Api
from ingest.telegram.farewell import LAST_WORDS, Farewell
from ingest.telegram.intake import Intake
from ingest.telegram.reception import EXPLANATION, Reception
from ingest.telegram.speaker import TelegramSpeaker
from ingest.telegram.translate import SOURCE

_OPTIONS = ("token", "api", "proxy", "poll_seconds", "first_pause", "private_text")
_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{20,}")


class TelegramConnector:
    """Reads the groups of one bot, and speaks in them."""

    name = SOURCE
    consent = "Een beheerder van de groep stuurt /toestemming; tot dan wordt niets gelezen."

    def __init__(
        self,
        tenant: str,
        address: Address,
        *,
        poll_seconds: int = 25,
        first_pause: float = 0.5,
        private_text: str = EXPLANATION,
        chance: Callable[[], float] = random.random,
        last_words: float = LAST_WORDS,
    ) -> None:
        self._tenant = tenant
        self._address = address
        self._poll_seconds = poll_seconds
        self._first_pause = first_pause
        self._private_text = private_text
        self._chance = chance
        self._last_words = last_words
        self._speaker = TelegramSpeaker(address)
        self._farewell: Farewell | None = None
        #: What was skipped, by reason, and how often Telegram failed; since the start.
        self.tally: Counter[str] = Counter()
        #: How the source is doing.
        self.pulse = Pulse()

    def __repr__(self) -> str:
        return f"<TelegramConnector {self._tenant} {self.stream}>"

    @property
    def stream(self) -> str:
        """The bot's id; every bot has its own numbering of updates."""
        return self._address.bot_id

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Take in the updates that follow ``cursor`` until ``stop``."""
        start = _start(cursor)
        api, reception = Api(self._address), Reception(self, self._private_text)
        farewell = Farewell(api.bot, self.tally, last_words=self._last_words)
        self._farewell = farewell
        intake = Intake(
            bot=api.bot,
            tenant=self._tenant,
            stream=self.stream,
            submit=submit,
            stop=stop,
            back_off=BackOff(
                first=self._first_pause, most=60.0, random=self._chance, pulse=self.pulse
            ),
            poll_seconds=self._poll_seconds,
            tally=self.tally,
            explain=reception.explain,
            farewell=farewell,
        )
        try:
            await intake.run(start)
        finally:
            self._farewell = None
            await farewell.close()
            await reception.close()
            await api.close()

    async def say(
        self,
        chat: str,
        text: str,
        reply_to: str | None = None,
        *,
        key: str | None = None,  # noqa: ARG002 - Telegram cannot drop a repeat
    ) -> str:
        """Say ``text`` in ``chat``; return the new message's id."""
        said = await self._speaker.say(chat, text, reply_to)
        if self._farewell is not None:
            self._farewell.said(chat, reply_to)
        return said

    async def close(self) -> None:
        """Close what ``say`` opened."""
        await self._speaker.close()


def connect(tenant: str, options: Mapping[str, Any]) -> TelegramConnector:
    """Return the connector; ``token`` is needed, ``api`` is where another Bot API listens."""
    given = Options(SOURCE, options, _OPTIONS)
    token = given.text("token")
    if not _TOKEN.fullmatch(token):
        raise errors.ConfigurationError(
            "connector telegram: 'token' is no bot token as @BotFather gives them"
        )
    return TelegramConnector(
        tenant,
        Address(token=token, base_url=api_address(options), proxy=options.get("proxy")),
        poll_seconds=int(_number(options, "poll_seconds", 25, least=0, most=50)),
        first_pause=_number(options, "first_pause", 0.5, least=0.001, most=60),
        private_text=given.text("private_text") if "private_text" in options else EXPLANATION,
    )


def _number(
    options: Mapping[str, Any], name: str, default: float, *, least: float, most: float
) -> float:
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise errors.ConfigurationError(
            f"connector telegram: '{name}' must be a number from {least:g} to {most:g}"
        )
    return float(value)


def _start(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isdecimal():
        raise errors.ConfigurationError("telegram: the stored cursor is no number")
    return int(cursor)
