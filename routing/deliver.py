# SPDX-License-Identifier: EUPL-1.2
"""Brings what is due from the outbox to its receivers."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import random as system_random
from weakref import WeakValueDictionary

from core import errors
from core.audit import Result
from core.clock import Clock
from routing.backoff import Backoff, Random
from routing.clearance import Gone, clear
from routing.ledger import Ledger, OnSent
from routing.report import Report
from routing.target import Parcel, Postbox, Receipt, Saying, Target, Voice
from store.database import Store
from store.outbox import OutboxRow

log = logging.getLogger(__name__)

#: Longest that one receiver may take, whatever its own patience.
ATTEMPT = timedelta(seconds=30)
#: How long a claimed row is ours; when we die, another worker has it after this.
LEASE = timedelta(minutes=2)
#: After a failure, other rows for the same receiver are not tried for at most this long.
PAUSE = timedelta(seconds=10)
#: Letters under way to one receiver at the same time.
AT_ONCE = 4
#: Rows in hand at the same time, over all receivers.
IN_HAND = 200
#: On stop, seconds in which letters under way may arrive.
FAREWELL = 5.0

_Receiver = tuple[str, str]


class Deliverer:
    """Takes due rows, one receiver's trouble never holding up another's."""

    def __init__(
        self,
        store: Store,
        targets: Mapping[str, Mapping[str, Target | Postbox]],
        clock: Clock,
        random: Random = system_random,
        *,
        backoff: Backoff | None = None,
        on_sent: OnSent | None = None,
        poll: float = 1.0,
    ) -> None:
        """``targets`` by tenant and name; ``poll``: seconds between looks when nothing wakes."""
        self._store = store
        self._targets = targets
        self._clock = clock
        self._random = random
        self._backoff = backoff or Backoff()
        self._ledger = Ledger(store, on_sent)
        self._poll = poll
        self._turns: defaultdict[_Receiver, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(AT_ONCE)
        )
        #: One at a time in each chat: "Dank u" must not overtake "Hallo".
        self._chats: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        #: Until when a receiver that just failed is left alone.
        self._paused: dict[_Receiver, datetime] = {}

    async def run_once(self) -> int:
        """Handle what is due now; return how many rows that were."""
        rows = await self._claim(IN_HAND)
        await asyncio.gather(*(self._handle(row) for row in rows))
        return len(rows)

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Deliver until ``stop``; ``wake`` makes it look at once."""
        under_way: set[asyncio.Task[None]] = set()
        while not stop.is_set():
            wake.clear()
            for row in await self._claim_safely(IN_HAND - len(under_way)):
                task = asyncio.create_task(self._handle(row))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            await self._rest(stop, wake, under_way)
        await _farewell(under_way)

    async def _claim(self, most: int) -> list[OutboxRow]:
        now = self._clock.now()
        if most <= 0:
            return []
        return await asyncio.to_thread(
            self._store.attempt, lambda work: work.outbox.claim(now, LEASE, most)
        )

    async def _claim_safely(self, most: int) -> list[OutboxRow]:
        """A database that is away for a moment must not end the worker."""
        try:
            due = await asyncio.to_thread(self._next_due)
            return await self._claim(most) if due and due <= self._clock.now() else []
        except errors.BuurtsignaalError as error:
            log.warning("the outbox cannot be read: %s", type(error).__name__)
            return []

    def _next_due(self) -> datetime | None:
        with self._store.read() as work:
            return work.outbox.next_due()

    async def _rest(
        self, stop: asyncio.Event, wake: asyncio.Event, under_way: set[asyncio.Task[None]]
    ) -> None:
        """Wait for a reason to look again."""
        signs = [asyncio.create_task(stop.wait()), asyncio.create_task(wake.wait())]
        full = under_way if len(under_way) >= IN_HAND else set()
        try:
            await asyncio.wait(
                {*signs, *full}, timeout=self._poll, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for sign in signs:
                sign.cancel()

    async def _handle(self, row: OutboxRow) -> None:
        """Deliver one row; whatever happens stays with this row."""
        try:
            async with self._chat(row), self._turns[_receiver(row)]:
                await self._deliver(row)
        except Exception as error:  # noqa: BLE001 - the next row must not suffer
            # Only the store is left as a cause; the lease ends and the row comes back.
            log.warning("row %s comes back: %s", row.id, type(error).__name__)

    def _chat(self, row: OutboxRow) -> asyncio.Lock:
        """Return the lock of the chat in which something is said; a report has its own."""
        name = str(row.group_id) if _is_said(row) else row.id
        return self._chats.setdefault(name, asyncio.Lock())

    async def _deliver(self, row: OutboxRow) -> None:
        now = self._clock.now()
        resumes = self._paused.get(_receiver(row), now)
        if resumes > now:
            # A pause is no try: a receiver in trouble must not use up the tries of a whole queue.
            due = resumes + PAUSE * self._random()
            await asyncio.to_thread(self._ledger.postponed, row, due)
            return
        try:
            receipt = await self._hand_over(row)
        except Gone:
            # Mostly it waited for its turn until the lease ran out; it will be claimed again.
            await asyncio.to_thread(self._ledger.untried, row)
        except errors.TargetUnavailable as error:
            await self._failed(row, error)
        except errors.TargetRefused as error:
            await self._give_up(row, str(error), Result.REFUSED)
        else:
            self._paused.pop(_receiver(row), None)
            await asyncio.to_thread(self._ledger.sent, row, receipt, self._clock.now())

    async def _hand_over(self, row: OutboxRow) -> Receipt:
        content = await asyncio.to_thread(clear, self._store, row, self._clock.now(), ATTEMPT)
        target = self._target(row)
        try:
            async with asyncio.timeout(ATTEMPT.total_seconds()):
                return await _pass(target, row, content)
        except errors.DeliveryError:
            raise
        except TimeoutError:
            failure = errors.TargetUnavailable("de ontvanger antwoordt niet op tijd")
        except Exception as error:  # noqa: BLE001 - a fault in one receiver stays with it
            log.warning("receiver %s failed: %s", row.target, type(error).__name__)
            failure = errors.TargetUnavailable(f"de ontvanger faalt ({type(error).__name__})")
        raise failure

    def _target(self, row: OutboxRow) -> Target | Postbox:
        known = self._targets.get(row.tenant, {})
        if row.target not in known:
            names = ", ".join(sorted(known)) or "geen"
            raise errors.TargetRefused(
                f"ontvanger '{row.target}' staat niet in tenant.toml; wel: {names}"
            )
        return known[row.target]

    async def _failed(self, row: OutboxRow, error: errors.TargetUnavailable) -> None:
        now = self._clock.now()
        wait = self._backoff.wait(row.attempts, self._random, asked=error.retry_after)
        # This row comes back at its own time; the others wait no shorter than that.
        self._paused[_receiver(row)] = now + (wait if error.retry_after else min(wait, PAUSE))
        if self._backoff.spent(row.attempts):
            await self._give_up(row, str(error), Result.FAILED)
            return
        await asyncio.to_thread(self._ledger.later, row, now + wait, str(error))

    async def _give_up(self, row: OutboxRow, reason: str, result: Result) -> None:
        now = self._clock.now()
        log.warning("row %s for %s is a dead letter", row.id, row.target)
        await asyncio.to_thread(self._ledger.dead, row, reason, now, result=result)


def _is_said(row: OutboxRow) -> bool:
    return row.kind in ("reply", "question", "tip") and row.group_id is not None


def _receiver(row: OutboxRow) -> _Receiver:
    """Return whose trouble it is: one app that is away must not silence the other chats."""
    return row.tenant, f"{row.target}/{row.group_id}" if _is_said(row) else row.target


async def _pass(
    target: Target | Postbox, row: OutboxRow, content: Report | Saying | Parcel
) -> Receipt:
    """Give the target what it may see, in the way that the row's kind asks."""
    if isinstance(content, Parcel) or isinstance(target, Postbox):
        if not isinstance(content, Parcel) or not isinstance(target, Postbox):
            raise errors.TargetRefused(f"ontvanger '{row.target}' kan dit niet aannemen")
        return await target.post(content, row.idempotency_key)
    if isinstance(content, Saying):
        if not isinstance(target, Voice):
            raise errors.TargetRefused(f"ontvanger '{row.target}' kan niet in een groep praten")
        return await target.say(content, row.idempotency_key)
    report = content if target.full_text else content.masked()
    if row.kind == "retract":
        return await target.retract(report, row.idempotency_key)
    return await target.deliver(report, row.idempotency_key)


async def _farewell(under_way: set[asyncio.Task[None]]) -> None:
    """Let what is under way arrive; what does not is tried again after its lease."""
    if not under_way:
        return
    _, late = await asyncio.wait(set(under_way), timeout=FAREWELL)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
