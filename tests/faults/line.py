# SPDX-License-Identifier: EUPL-1.2
"""A source behind the proxy, and what came through it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.message import Batch, Joined, Message, Origin
from core.outcome import Outcome
from ingest.connector import Connector
from tests.ingest.house import Intake

#: Stands in every message that nobody may read.
FORBIDDEN = "verboden"
#: Seconds in which a source must recover, on a busy machine.
PATIENCE = 20


def words(n: int) -> str:
    """Return message number ``n``."""
    return f"Vuurwerk #vuurwerk bij nummer {n}."


@dataclass(frozen=True)
class Line:
    """One connector and the people behind it."""

    connector: Connector
    #: Lets somebody write message ``n``, and somebody without consent write another one.
    write: Callable[[int], None]
    #: Makes the source give message ``n`` once more; None: this source cannot.
    again: Callable[[int], object] | None = None
    #: What was written before the first time it came in is not read, so it must have come in.
    enters: bool = False


@dataclass(kw_only=True)
class Selective(Intake):
    """Everybody said yes long ago, except those whose messages are forbidden."""

    consenting: bool = False

    async def submit(self, batch: Batch) -> Outcome:
        """Store what is new; who has no consent gets none here."""
        no = {i.chat for i in batch.items if isinstance(i, Message) and FORBIDDEN in i.text}
        for item in batch.items:
            public = isinstance(item, Message) and item.origin is Origin.PUBLIC
            if public:
                # A feed must hold back by itself what its writer shields: the order lets all in.
                self.house.order(item.chat, item.source, batch.tenant)
            # Who comes in starts anew, and is allowed by what comes after.
            if not isinstance(item, Joined) and (public or item.chat not in no):
                self.house.allow(self.house.group(item.chat, item.source, batch.tenant))
        return await super().submit(batch)

    @property
    def numbers(self) -> Counter[int]:
        """How often each message was stored."""
        texts = (m.text for m in self.stored if "nummer " in m.text)
        return Counter(int(text.split("nummer ")[1].split(".")[0]) for text in texts)

    @property
    def forbidden(self) -> int:
        """How many messages were stored that nobody may read."""
        return sum(FORBIDDEN in message.text for message in self.stored)


@asynccontextmanager
async def running(line: Line, intake: Intake) -> AsyncIterator[asyncio.Task[None]]:
    """Let the connector run while the block lasts."""
    stop = asyncio.Event()
    cursor = intake.cursor(line.connector)
    task = asyncio.create_task(line.connector.run(intake.submit, stop, cursor=cursor))
    try:
        yield task
    finally:
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await task


async def until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something is so."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"not within {seconds} s: {what}") from None
