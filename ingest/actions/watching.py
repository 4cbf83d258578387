# SPDX-License-Identifier: EUPL-1.2
"""Asks now and then which police actions there are, and stores them for the linking."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core import errors
from core.action import Action
from core.clock import Clock
from core.words import links, words
from ingest.actions.payload import SHAPES, Told, read
from ingest.feed import FeedAway, seconds, web_address
from ingest.fetching import get, new_client
from ingest.options import Options
from ingest.patience import BackOff, Stopped, until
from store.database import Store

log = logging.getLogger(__name__)

#: How long an action is known when its source no longer tells of it.
LASTS = timedelta(days=3)
_LONGEST = 900.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One address that tells of actions."""

    name: str
    url: str
    shape: str
    every: float


def sources_of(table: Mapping[str, Any]) -> tuple[Source, ...]:
    """Return the sources in a tenant's ``[actions]``; ``ConfigurationError`` when one is odd."""
    return tuple(_source(name, row) for name, row in table.items())


def _source(name: str, row: object) -> Source:
    if not isinstance(row, Mapping):
        raise errors.ConfigurationError(f"actions.{name} must be a table with 'url' and 'shape'")
    given = Options(f"actions.{name}", row, ("url", "shape", "poll_seconds"))
    given.text("shape")
    return Source(
        name=name,
        url=web_address(f"actions.{name}", "url", given.text("url"), ("https", "http")),
        shape=given.choice("shape", SHAPES) or "",
        every=seconds(f"actions.{name}", row, "poll_seconds", 60.0, least=0.01),
    )


class Watching:
    """Keeps the known actions of one municipality up to date."""

    def __init__(
        self,
        *,
        tenant: str,
        sources: tuple[Source, ...],
        store: Store,
        clock: Clock,
        salt: bytes,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.tenant = tenant
        self._sources = sources
        self._store = store
        self._clock = clock
        self._salt = salt
        self._chance = chance

    async def run(self, stop: asyncio.Event) -> None:
        """Ask every source until ``stop``; one that is away never holds up another."""
        async with asyncio.TaskGroup() as group:
            for source in self._sources:
                group.create_task(self._follow(source, stop))

    async def _follow(self, source: Source, stop: asyncio.Event) -> None:
        back_off = BackOff(first=5.0, most=_LONGEST, random=self._chance)
        while not stop.is_set():
            pause = source.every
            try:
                await until(stop, self._look(source))
                back_off.reset()
            except Stopped:
                return
            except FeedAway as away:
                pause = max(back_off.next(), away.retry_after or 0.0)
                log.warning("actions.%s: %s; again in %.1f s", source.name, away, pause)
            try:
                await until(stop, asyncio.sleep(pause))
            except Stopped:
                return

    async def _look(self, source: Source) -> None:
        async with new_client() as client:
            answer, body = await get(client, source.url)
        if answer.is_error:
            raise FeedAway(f"a server answered {answer.status_code}")
        told = read(source.shape, body, self._clock.now())
        await asyncio.to_thread(self._keep, told)

    def _keep(self, told: list[Told]) -> None:
        with self._store.write() as work:
            known = {a.id: a for a in work.actions.current(self.tenant, self._clock.now())}
            found = [self._action(each, known.get(each.id)) for each in told]
            work.actions.save([action for action in found if action != known.get(action.id)])

    def _action(self, told: Told, known: Action | None) -> Action:
        ends_at = self._clock.now() + LASTS
        if known is not None and ends_at - known.ends_at < timedelta(hours=1):
            # Not a write a minute for an action that lasts for days.
            ends_at = known.ends_at
        return Action(
            id=told.id,
            tenant=self.tenant,
            kind=told.kind,
            link=told.link,
            published_at=known.published_at if known else told.published_at,
            ends_at=ends_at,
            words=words(told.text, self._salt),
            links=links(f"{told.text}\n{told.link}", self._salt),
        )
