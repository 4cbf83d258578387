# SPDX-License-Identifier: EUPL-1.2
"""Public posts on X inside a monitoring order: off, counted only, or read with X's own approval.

X forbids to infer a crime about one of its users and restricts what governments may do with its
posts (developer terms, more-on-restricted-use-cases). So it is off until somebody chooses; counting
needs no post at all; reading needs the reference under which X allowed it, in the order itself.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from core import errors
from core.order import Order
from ingest.connector import Submit
from ingest.feed import FeedAway, Orders, Recall, no_orders, nothing_kept, seconds, web_address
from ingest.options import Options
from ingest.patience import BackOff, Stopped, until
from ingest.pulse import Pulse
from ingest.rounds import LONGEST
from ingest.x.api import Api, open_session
from ingest.x.counting import Counting
from ingest.x.hand import Hand
from ingest.x.ledger import CapReached, Ledger
from ingest.x.listening import Listening
from ingest.x.post import SOURCE
from ingest.x.reading import Reading

log = logging.getLogger(__name__)

_OPTIONS = (
    *("mode", "token", "posts_per_month", "poll_seconds", "review_seconds", "stream"),
    *("first_pause", "api"),
)
#: Fewer than this would be used up by one look.
_LEAST_CAP = 200


class Mode(StrEnum):
    """What the municipality wants of X."""

    OFF = "uit"
    COUNTS = "aggregaat"
    APPROVED = "goedgekeurd"


def _now() -> datetime:
    return datetime.now(UTC)


class X:
    """Asks X for what is written about the words of the orders that run."""

    name = SOURCE
    consent = (
        "Staat uit. Tellen mag met een goedgekeurde volgopdracht; lezen alleen als daarin ook het "
        "kenmerk staat waaronder X het toestond."
    )

    def __init__(
        self,
        tenant: str,
        mode: Mode,
        *,
        token: str = "",
        address: str | None = None,
        most: int = 0,
        every: float = 60.0,
        review: float = 6 * 3600.0,
        first_pause: float = 5.0,
        listens: bool = False,
        now: Callable[[], datetime] = _now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._tenant = tenant
        self._mode = mode
        self._token = token
        self._address = address
        self._most = most
        self._every = every
        self._review = review
        self._first_pause = first_pause
        self._listens = listens
        self._now = now
        self._chance = chance
        self._orders: Orders = no_orders
        self._recall: Recall = nothing_kept
        self._said = ""
        #: What was left out, by reason, and how often X failed; since the start.
        self.tally: Counter[str] = Counter()
        #: How X is doing.
        self.pulse = Pulse()

    def __repr__(self) -> str:
        return f"<X {self._tenant} {self._mode}>"

    @property
    def stream(self) -> str:
        """Counting and reading go on from where each of them was."""
        return self._mode.value

    def obey(self, orders: Orders) -> None:
        """Read for these orders only."""
        self._orders = orders

    def remember(self, recall: Recall) -> None:
        """Look now and then whether what was kept is still there."""
        self._recall = recall

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Count or read until ``stop``; off, X is asked for nothing at all."""
        if self._mode is Mode.OFF:
            await stop.wait()
            return
        ledger = Ledger(cursor, most=self._most)
        hand = Hand(
            tenant=self._tenant, stream=self.stream, submit=submit, stop=stop, ledger=ledger
        )
        async with open_session(self._address) as session:
            api = Api(session, self._token)
            work = self._counts(api, hand) if self._mode is Mode.COUNTS else self._reads(api, hand)
            try:
                await self._go(work, ledger, stop)
            except Stopped:
                return

    async def _go(
        self,
        work: Callable[[Sequence[Order]], Any],
        ledger: Ledger,
        stop: asyncio.Event,
    ) -> None:
        back_off = BackOff(
            first=self._first_pause, most=LONGEST, random=self._chance, pulse=self.pulse
        )
        while not stop.is_set():
            pause = self._every * (0.9 + self._chance() / 5)
            try:
                orders = await until(stop, self._allowed())
                ledger.keep(orders)
                await until(stop, work(orders), grace=1.5)
                back_off.reset()
            except FeedAway as away:
                self.tally["failures"] += 1
                pause = max(back_off.next(), away.retry_after or 0.0)
                log.warning("x: %s; again in %.1f s", away, pause)
            except CapReached:
                self._say_cap(ledger)
            await until(stop, asyncio.sleep(pause))

    async def _allowed(self) -> Sequence[Order]:
        orders = await self._orders()
        if self._mode is Mode.COUNTS:
            return orders
        allowed = [order for order in orders if order.approval_reference]
        self.tally["no-approval"] = len(orders) - len(allowed)
        return allowed

    def _counts(self, api: Api, hand: Hand) -> Callable[[Sequence[Order]], Any]:
        return Counting(api, hand, self._now).catch_up

    def _reads(self, api: Api, hand: Hand) -> Callable[[Sequence[Order]], Any]:
        reading = Reading(api, hand, self.tally, self._now)
        return Listening(
            reading,
            hand,
            allowed=self._allowed,
            recall=self._recall,
            review=self._review,
            opening=(self._token, self._address) if self._listens else None,
            now=self._now,
        ).run

    def _say_cap(self, ledger: Ledger) -> None:
        """Say once a month that the money is spent, and count how often it kept us from asking."""
        self.tally["cap"] += 1
        month = self._now().strftime("%Y-%m")
        if self._said != month:
            self._said = month
            log.warning(
                "x: the cap of %d posts a month is reached (%d used); nothing more is read in %s",
                self._most,
                ledger.spent,
                month,
            )


def connect(tenant: str, options: Mapping[str, Any], *, now: Callable[[], datetime] = _now) -> X:
    """Return the connector; it is off unless ``mode`` says otherwise."""
    given = Options(SOURCE, options, _OPTIONS)
    mode = Mode(given.choice("mode", tuple(Mode)) or Mode.OFF)
    if mode is Mode.OFF:
        return X(tenant, mode)
    address = options.get("api")
    return X(
        tenant,
        mode,
        token=given.text("token"),
        address=address and web_address(SOURCE, "api", address, ("https", "http")),
        most=_cap(options) if mode is Mode.APPROVED else 0,
        every=seconds(SOURCE, options, "poll_seconds", 300.0, least=0.01),
        review=seconds(SOURCE, options, "review_seconds", 6 * 3600.0, least=0.01),
        first_pause=seconds(SOURCE, options, "first_pause", 5.0, least=0.001),
        listens=_flag(options, "stream"),
        now=now,
    )


def _cap(options: Mapping[str, Any]) -> int:
    """Return the posts a month that may be paid for; nobody else can choose that number."""
    value = options.get("posts_per_month")
    if type(value) is not int or value < _LEAST_CAP:
        raise errors.ConfigurationError(
            f"connector x: 'posts_per_month' must be a whole number from {_LEAST_CAP} on; "
            "X charges for every post that is read"
        )
    return value


def _flag(options: Mapping[str, Any], name: str) -> bool:
    value = options.get(name, False)
    if not isinstance(value, bool):
        raise errors.ConfigurationError(f"connector x: '{name}' must be true or false")
    return value
