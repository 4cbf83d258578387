# SPDX-License-Identifier: EUPL-1.2
"""Public posts with a hashtag, as one Mastodon server knows them, inside a monitoring order.

docs.joinmastodon.org: methods/timelines#tag, methods/statuses#get, methods/streaming#hashtag,
entities/Status, entities/Account. Nothing else is ever asked for: no account, no search.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core import errors
from ingest.connector import Submit
from ingest.feed import Handing, Marks, Orders, no_orders, seconds, web_address
from ingest.fetching import new_client
from ingest.mastodon.known import Known
from ingest.mastodon.listening import Listening
from ingest.mastodon.post import SOURCE
from ingest.mastodon.reading import Reading
from ingest.mastodon.server import Server
from ingest.options import Options
from ingest.pulse import Pulse
from ingest.rounds import Rounds

_OPTIONS = ("instance", "token", "poll_seconds", "review_seconds", "first_pause", "stream")


class Mastodon:
    """Asks one server for the hashtags of the orders that run."""

    name = SOURCE
    consent = (
        "Een goedgekeurde volgopdracht van hooguit 14 dagen, en de schrijver vond vindbaar "
        "zijn goed."
    )

    def __init__(
        self,
        tenant: str,
        instance: str,
        *,
        token: str | None,
        every: float,
        review: float,
        first_pause: float,
        listens: bool,
    ) -> None:
        self._tenant = tenant
        self._instance = instance.rstrip("/")
        self._token = token
        self._every = every
        self._review = review
        self._first_pause = first_pause
        self._listens = listens
        self._orders: Orders = no_orders
        self._known = Known()
        #: What was left out, by reason, and how often the server failed; since the start.
        self.tally: Counter[str] = Counter()
        #: How the source is doing.
        self.pulse = Pulse()

    def __repr__(self) -> str:
        return f"<Mastodon {self._tenant} {self.stream}>"

    @property
    def stream(self) -> str:
        """The server; every server numbers posts in its own way."""
        return (urlsplit(self._instance).netloc)[:200]

    def obey(self, orders: Orders) -> None:
        """Read for these orders only."""
        self._orders = orders

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Go round the hashtags until ``stop``."""
        handing = Handing(tenant=self._tenant, source=self.name, stream=self.stream, submit=submit)
        marks = Marks(cursor)
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        async with new_client(headers) as client:
            server = Server(client, self._instance)
            reading = Reading(
                server, handing, marks, cursor, self._known, self.tally, every=self._review
            )
            rounds = Rounds(
                source=self.name,
                every=self._every,
                first_pause=self._first_pause,
                orders=self._orders,
                places=lambda order: order.topic.hashtags,
                visit=reading.visit,
                keep=reading.keep,
                tally=self.tally,
                pulse=self.pulse,
            )
            listening = Listening(server, self._orders, rounds.bell, reading)
            beside = asyncio.create_task(listening.run()) if self._listens else None
            try:
                await rounds.go(stop)
            finally:
                if beside is not None:
                    beside.cancel()
                    await asyncio.gather(beside, return_exceptions=True)


def connect(tenant: str, options: Mapping[str, Any]) -> Mastodon:
    """Return the connector; ``instance`` is needed, ``token`` where a server asks for one."""
    given = Options("mastodon", options, _OPTIONS)
    listens = options.get("stream", False)
    if not isinstance(listens, bool):
        raise errors.ConfigurationError("connector mastodon: 'stream' must be true or false")
    return Mastodon(
        tenant,
        web_address("mastodon", "instance", options.get("instance"), ("https", "http")),
        token=given.text("token") if "token" in options else None,
        every=seconds("mastodon", options, "poll_seconds", 60.0, least=0.01),
        review=seconds("mastodon", options, "review_seconds", 900.0, least=0.01),
        first_pause=seconds("mastodon", options, "first_pause", 5.0, least=0.001),
        listens=listens,
    )
