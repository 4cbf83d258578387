# SPDX-License-Identifier: EUPL-1.2
"""Keeps long-running parts alive: one that fails starts again and never stops another."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable

from core import errors

log = logging.getLogger(__name__)

#: Seconds before the first new try, and the longest wait between two.
FIRST = 0.5
LONGEST = 60.0
#: Seconds a part gets to end by itself after it was told to stop.
PATIENCE = 3.0

Part = Callable[[], Awaitable[None]]


async def watch(
    name: str,
    part: Part,
    stop: asyncio.Event,
    *,
    chance: Callable[[], float] = random.random,
) -> None:
    """Run ``part`` until it returns or ``stop`` is set; start it again when it raises.

    Of errors that are not ours only the class is logged: their text may come from outside.
    """
    wait = FIRST
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        began = loop.time()
        try:
            await _until(part, stop)
        except errors.BuurtsignaalError as error:
            # Our own errors hold no secret and no citizen's text; they help who runs this.
            log.warning("%s stopped (%s) and starts again", name, error)
        except Exception as error:  # noqa: BLE001 - that is what this is for
            log.warning("%s stopped on %s and starts again", name, type(error).__name__)
        else:
            return
        if loop.time() - began > LONGEST:
            wait = FIRST
        # Full jitter, so that many parts that fail together do not come back together.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait * (0.5 + chance() / 2))
        wait = min(LONGEST, wait * 2)


async def _until(part: Part, stop: asyncio.Event) -> None:
    """Let ``part`` run; once ``stop`` is set it has a little time to end by itself."""
    running = asyncio.ensure_future(part())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            await asyncio.wait({running}, timeout=PATIENCE)
    finally:
        stopping.cancel()
        if not running.done():
            running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
