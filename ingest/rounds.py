# SPDX-License-Identifier: EUPL-1.2
"""Visits every place of every order in turn; one that is away never holds up another."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from core.order import Order
from ingest.feed import FeedAway, Orders
from ingest.patience import BackOff, Stopped, until
from ingest.pulse import Pulse

log = logging.getLogger(__name__)
_T = TypeVar("_T")

#: Longest time between two looks at which orders run, in seconds: an order that was stopped is
#: asked about no longer than this, and the gate has closed long before.
LOOK = 5.0
#: Longest pause after failures, in seconds.
LONGEST = 900.0
#: Seconds that a commit may still take after ``stop``.
_GRACE = 1.5

#: Reads one place for one order; raises ``FeedAway``.
Visit = Callable[[Order, str], Awaitable[None]]
#: Names the places that are to be visited for an order: feeds, hashtags.
Places = Callable[[Order], Sequence[str]]


@dataclass(slots=True)
class _Appointment:
    back_off: BackOff
    pulse: Pulse
    due: float = 0.0


@dataclass(kw_only=True)
class Rounds:
    """Goes round until it is stopped; the pace is the connector's."""

    source: str
    #: Seconds between two visits to one place.
    every: float
    first_pause: float
    orders: Orders
    places: Places
    visit: Visit
    #: Is told which orders run, so that what belongs to others is forgotten.
    keep: Callable[[Sequence[Order]], None]
    tally: Counter[str]
    #: Set by whoever knows that there is news.
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    chance: Callable[[], float] = random.random
    #: Feels whether the places answer, each by itself.
    pulse: Pulse = field(default_factory=Pulse)
    _diary: dict[tuple[str, str], _Appointment] = field(default_factory=dict)

    async def go(self, stop: asyncio.Event) -> None:
        """Visit what is due until ``stop``; raise what handing over raises."""
        try:
            while not stop.is_set():
                orders = await until(stop, _awaited(self.orders()))
                await self._round(orders, stop)
                await self._rest(stop)
        except Stopped:
            return
        finally:
            # What starts again does so with a clean sheet.
            self._forget(set())

    async def _round(self, orders: Sequence[Order], stop: asyncio.Event) -> None:
        due = [(order, place) for order in orders for place in self.places(order)]
        self.keep(orders)
        self._forget({(order.id, place) for order, place in due})
        rung = self.bell.is_set()
        self.bell.clear()
        for order, place in due:
            appointment = self._appointment(order, place)
            if rung or appointment.due <= asyncio.get_running_loop().time():
                await self._keep(appointment, order, place, stop)

    async def _keep(
        self, appointment: _Appointment, order: Order, place: str, stop: asyncio.Event
    ) -> None:
        try:
            await until(stop, _awaited(self.visit(order, place)), grace=_GRACE)
        except FeedAway as away:
            self.tally["failures"] += 1
            pause = appointment.back_off.next(away.retry_after)
            log.warning("%s: %s; again in %.1f s", self.source, away, pause)
        else:
            appointment.back_off.reset()
            # A little earlier or later each time, so that not everybody asks at once.
            pause = self.every * (0.9 + self.chance() / 5)
        appointment.due = asyncio.get_running_loop().time() + pause

    async def _rest(self, stop: asyncio.Event) -> None:
        now = asyncio.get_running_loop().time()
        first = min((a.due for a in self._diary.values()), default=now + LOOK)
        pause = min(LOOK, max(0.02, first - now))
        bell = asyncio.create_task(self.bell.wait())
        try:
            await until(stop, _awaited(asyncio.wait({bell}, timeout=pause)))
        finally:
            bell.cancel()

    def _appointment(self, order: Order, place: str) -> _Appointment:
        key = (order.id, place)
        if key not in self._diary:
            pulse = self.pulse.place()
            back_off = BackOff(
                first=self.first_pause, most=LONGEST, random=self.chance, pulse=pulse
            )
            self._diary[key] = _Appointment(back_off, pulse)
        return self._diary[key]

    def _forget(self, wanted: set[tuple[str, str]]) -> None:
        for key in self._diary.keys() - wanted:
            self.pulse.leave(self._diary.pop(key).pulse)


async def _awaited(awaitable: Awaitable[_T]) -> _T:
    return await awaitable
