# SPDX-License-Identifier: EUPL-1.2
"""Waiting that ends at once when the connector has to stop."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ingest.pulse import Pulse

_Result = TypeVar("_Result")


class Stopped(Exception):
    """The connector was asked to stop."""


async def until(
    stop: asyncio.Event, work: Coroutine[Any, Any, _Result], *, grace: float = 0
) -> _Result:
    """Return what ``work`` gives; raise ``Stopped`` when ``stop`` comes first.

    ``grace`` is how many seconds the work may still take after ``stop``.
    """
    task, bell = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, bell}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done() and grace:
            await asyncio.wait({task}, timeout=grace)
        if not task.done():
            raise Stopped
        return await task
    finally:
        task.cancel()
        bell.cancel()
        await asyncio.gather(task, bell, return_exceptions=True)


class BackOff:
    """Longer and longer pauses, each a little different so that nobody marches in step."""

    def __init__(
        self,
        *,
        first: float,
        most: float,
        random: Callable[[], float],
        pulse: Pulse | None = None,
    ) -> None:
        """``pulse`` feels each failure and each success, for whoever watches the source."""
        self._first = first
        self._most = most
        self._random = random
        self._pulse = pulse or Pulse()
        self._failures = 0

    def next(self, asked: float | None = None) -> float:
        """Return how many seconds to wait after one more failure; ``asked`` is the least."""
        whole = min(self._most, math.ldexp(self._first, min(self._failures, 30)))
        self._failures += 1
        pause = max(whole * (0.5 + self._random() / 2), asked or 0.0)
        self._pulse.failed(pause)
        return pause

    def alive(self) -> None:
        """The source answers, but must hold out before pauses are short again."""
        self._pulse.ok()

    def reset(self) -> None:
        """Start again with short pauses, after a success."""
        self._failures = 0
        self._pulse.ok()
