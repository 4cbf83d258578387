# SPDX-License-Identifier: EUPL-1.2
"""Group commit: everything that waits shares the next transaction, without a timer.

One thread runs the line. While it commits, new batches gather; when it is done it takes
all of them. So a quiet source waits for nobody and a flood is committed in large groups.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from core import errors
from core.message import Batch, Message
from core.outcome import Outcome

log = logging.getLogger(__name__)

#: So many characters count as one more message, so that long texts make small groups.
LONG = 2_000

#: The straight line: judges and stores all batches in one transaction.
Handle = Callable[[Sequence[Batch]], list[Outcome]]


@dataclass(slots=True, eq=False)
class _Waiting:
    batch: Batch
    done: asyncio.Future[Outcome]
    since: float


class Committer:
    """Submits batches to the line; each submit returns only after its commit."""

    def __init__(self, handle: Handle, *, group: int = 256, waiting: int = 20_000) -> None:
        """``group``: most items in a transaction; ``waiting``: most items that may queue."""
        self._handle = handle
        self._group = group
        self._limit = waiting
        self._queue: deque[_Waiting] = deque()
        self._size = 0
        self._running: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="line")

    async def submit(self, batch: Batch) -> Outcome:
        """Return what became of ``batch``, after the commit; raise ``Overloaded`` when full."""
        size = _weight(batch)
        if self._queue and self._size + size > self._limit:
            raise errors.Overloaded
        loop = asyncio.get_running_loop()
        waiting = _Waiting(batch, loop.create_future(), loop.time())
        self._queue.append(waiting)
        self._size += size
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._drain())
        return await waiting.done

    @property
    def waited(self) -> float:
        """Seconds that the oldest batch in the queue has been waiting; 0 when there is none."""
        if not self._queue:
            return 0.0
        return asyncio.get_running_loop().time() - self._queue[0].since

    async def close(self) -> None:
        """Finish what waits, then stop the thread."""
        if self._running is not None:
            await self._running
        self._thread.shutdown(wait=True)

    async def _drain(self) -> None:
        while self._queue:
            await self._commit(self._take())

    def _take(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        items = 0
        while self._queue and (not taken or items + _weight(self._queue[0].batch) <= self._group):
            if taken and self._queue[0].batch.steers:
                # A command speaks of what came before it: that must be stored first.
                break
            waiting = self._queue.popleft()
            items += _weight(waiting.batch)
            taken.append(waiting)
        self._size -= items
        return taken

    async def _commit(self, taken: list[_Waiting]) -> None:
        loop = asyncio.get_running_loop()
        batches = [waiting.batch for waiting in taken]
        try:
            outcomes = await loop.run_in_executor(self._thread, self._handle, batches)
        except Exception as error:  # noqa: BLE001 - whoever submitted gets it; the line goes on
            await self._apart(taken, error)
            return
        log.debug("committed %d batches in one transaction", len(taken))
        for waiting, outcome in zip(taken, outcomes, strict=True):
            _settle(waiting, outcome)

    async def _apart(self, taken: list[_Waiting], error: Exception) -> None:
        """One bad batch must not fail its neighbours: try each on its own."""
        log.warning("a group of %d batches failed: %s", len(taken), type(error).__name__)
        if len(taken) == 1:
            if not taken[0].done.done():
                taken[0].done.set_exception(error)
            return
        for waiting in taken:
            await self._commit([waiting])


def _weight(batch: Batch) -> int:
    """Return what a batch costs: its messages, and long ones count for several."""
    texts = (len(item.text) for item in batch.items if isinstance(item, Message))
    return max(1, len(batch.items) + sum(texts) // LONG)


def _settle(waiting: _Waiting, outcome: Outcome) -> None:
    # The submitter may be gone (a client that hung up); its message is stored all the same.
    if not waiting.done.done():
        waiting.done.set_result(outcome)
