# SPDX-License-Identifier: EUPL-1.2
"""What writers asked of everybody: to be shown to nobody without an account."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

import httpx

from ingest.bluesky.post import labelled, read_event
from ingest.feed import FeedAway
from ingest.fetching import get

#: Seconds for which a writer's wish is remembered, and of how many writers.
_WISH, _WISHES = 600.0, 20_000


@dataclass(slots=True)
class _Wish:
    alone: bool
    asked_at: float


class Wishes:
    """Which writers want to be left alone; asked of the AppView, for matching posts only."""

    def __init__(self, client: httpx.AsyncClient, appview: str) -> None:
        self._client = client
        self._appview = appview
        self._known: OrderedDict[str, _Wish] = OrderedDict()

    async def alone(self, did: str) -> bool:
        """Whether a writer wants that; ``FeedAway`` when nobody can tell: then it waits."""
        now = asyncio.get_running_loop().time()
        wish = self._known.get(did)
        if wish is None or now - wish.asked_at > _WISH:
            wish = _Wish(await self._ask(did), now)
            self._known[did] = wish
            while len(self._known) > _WISHES:
                self._known.popitem(last=False)
        return wish.alone

    async def _ask(self, did: str) -> bool:
        address = f"{self._appview}/xrpc/app.bsky.actor.getProfile"
        try:
            answer, body = await get(self._client, address, params={"actor": did})
        except FeedAway as away:
            if str(away) == "a server answered 400":
                return True  # There is no such account (any more).
            raise
        profile = read_event(body)
        if answer.is_error or not isinstance(profile.get("labels", []), list):
            return True
        return labelled(profile.get("labels", []))
