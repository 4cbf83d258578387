# SPDX-License-Identifier: EUPL-1.2
"""Matrix rooms, through a bot that somebody invites and who governs the room allows."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from core import errors
from ingest.connector import Submit
from ingest.matrix.account import Account
from ingest.matrix.address import SOURCE, Address, address_in
from ingest.matrix.doorway import Doorway
from ingest.matrix.intake import Intake
from ingest.matrix.listening import Listening
from ingest.matrix.notice import Notices
from ingest.matrix.speaker import MatrixSpeaker
from ingest.matrix.steady import Steady
from ingest.options import Options
from ingest.patience import BackOff, Stopped
from ingest.pulse import Pulse

log = logging.getLogger(__name__)

_OPTIONS = (
    "homeserver",
    "user",
    "token",
    "keys",
    "secret",
    "servers",
    "poll_seconds",
    "first_pause",
)


class MatrixConnector:
    """Reads the rooms of one bot, and speaks in them."""

    name = SOURCE
    consent = "Wie de ruimte beheert, stuurt !toestemming; tot dan wordt niets gelezen."

    def __init__(
        self,
        tenant: str,
        address: Address,
        *,
        servers: frozenset[str] = frozenset(),
        poll_seconds: int = 25,
        first_pause: float = 0.5,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._tenant = tenant
        self._servers = servers
        self._poll_seconds = poll_seconds
        self._account = Account(address)
        self._speaker = MatrixSpeaker(self._account)
        self._doorway: Doorway | None = None
        #: What was skipped, by reason, and how often the server failed; since the start.
        self.tally: Counter[str] = Counter()
        #: How the source is doing.
        self.pulse = Pulse()
        self._back_off = partial(
            BackOff, first=first_pause, most=60.0, random=chance, pulse=self.pulse
        )

    def __repr__(self) -> str:
        return f"<MatrixConnector {self._tenant} {self.stream}>"

    @property
    def stream(self) -> str:
        """The bot's name; every bot has its own tokens of what it has seen."""
        return self._account.address.user

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Take in what follows ``cursor`` until ``stop``."""
        steady = Steady(stop=stop, back_off=self._back_off, tally=self.tally)
        notices = Notices(self._speaker)
        try:
            await self._run(submit, steady, notices, cursor)
        except Stopped:
            return
        finally:
            await notices.close()
            doorway, self._doorway = self._doorway, None
            if doorway is not None:
                await doorway.close()

    async def _run(
        self, submit: Submit, steady: Steady, notices: Notices, cursor: str | None
    ) -> None:
        api, vault = await steady.get(self._account.opened, "whoami")
        log.info("matrix: encrypted rooms %s be read", "can" if vault.is_open else "cannot")
        doorway = Doorway(
            api=api, steady=steady, user=self.stream, servers=self._servers, tally=self.tally
        )
        self._doorway = doorway
        listening = Listening(
            api=api,
            vault=vault,
            steady=steady,
            account=self._account,
            tally=self.tally,
            unreadable=notices.unreadable,
            follow=doorway.follow,
        )
        intake = Intake(
            tenant=self._tenant,
            submit=submit,
            steady=steady,
            listening=listening,
            doorway=doorway,
            poll_seconds=self._poll_seconds,
        )
        await intake.run(cursor)

    async def say(
        self, chat: str, text: str, reply_to: str | None = None, *, key: str | None = None
    ) -> str:
        """Say ``text`` in ``chat``; return the new event's id."""
        said = await self._speaker.say(chat, text, reply_to, key)
        if self._doorway is not None:
            self._doorway.said(chat, reply_to)
        return said

    async def close(self) -> None:
        """Close the connections."""
        await self._account.close()


def connect(tenant: str, options: Mapping[str, Any]) -> MatrixConnector:
    """Return the connector; ``homeserver``, ``user`` and ``token`` are needed."""
    given = Options(SOURCE, options, _OPTIONS)
    return MatrixConnector(
        tenant,
        address_in(given, options),
        servers=_servers(options.get("servers", [])),
        poll_seconds=int(_number(options, "poll_seconds", 25, least=0, most=50)),
        first_pause=_number(options, "first_pause", 0.5, least=0.001, most=60),
    )


def _servers(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise errors.ConfigurationError("connector matrix: 'servers' must be a list of names")
    return frozenset(value)


def _number(
    options: Mapping[str, Any], name: str, default: float, *, least: float, most: float
) -> float:
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise errors.ConfigurationError(
            f"connector matrix: '{name}' must be a number from {least:g} to {most:g}"
        )
    return float(value)
