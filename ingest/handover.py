# SPDX-License-Identifier: EUPL-1.2
"""Handing a file over in batches, so that its size does not matter and a cut loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from itertools import islice

from core import errors
from core.message import Batch, Message
from ingest.connector import Submit

#: Messages in one batch; one transaction each.
BATCH = 500
#: The cursor of a file that has been read to its end: offered again, it is read again. Consent
#: may have come since, and what had been read is known by its dedup key.
FROM_THE_START = "0"


async def hand_over(
    messages: Generator[Message, None, None],
    *,
    tenant: str,
    source: str,
    stream: str,
    submit: Submit,
    stop: asyncio.Event,
    cursor: str | None,
) -> None:
    """Submit all messages after ``cursor`` (how many were handed over), until ``stop``."""
    try:
        done = _count(cursor)
        rest = islice(messages, done, None)
        batch = await _read(rest)
        while batch and not stop.is_set():
            following = await _read(rest)
            done += len(batch)
            after = str(done) if following else FROM_THE_START
            await submit(
                Batch(tenant=tenant, source=source, items=batch, stream=stream, cursor=after)
            )
            batch = following
    finally:
        messages.close()


async def _read(messages: Iterator[Message]) -> tuple[Message, ...]:
    """Read beside the event loop: it takes time, and other connectors go on meanwhile."""
    job = asyncio.ensure_future(asyncio.to_thread(_take, messages))
    try:
        return await asyncio.shield(job)
    except asyncio.CancelledError:
        # The thread cannot be stopped, and the file cannot be closed under it.
        await asyncio.wait([job])
        raise


def _take(messages: Iterator[Message]) -> tuple[Message, ...]:
    return tuple(islice(messages, BATCH))


def _count(cursor: str | None) -> int:
    text = cursor or FROM_THE_START
    if not (text.isascii() and text.isdigit()):
        raise errors.BadInput("the cursor of a file is a number of messages")
    return int(text)
