# SPDX-License-Identifier: EUPL-1.2
"""What was found and how far we are, until it is handed over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.message import Batch, Message
from ingest import handover
from ingest.bluesky.post import SOURCE
from ingest.connector import Submit
from ingest.patience import until

#: Seconds between two commits of the cursor while nothing is found.
_ADVANCE = 30.0
#: Seconds that a commit may still take after ``stop``.
_GRACE = 1.5


class Hand:
    """Keeps what was found until it is handed over, and how far we are."""

    def __init__(
        self, tenant: str, stream: str, submit: Submit, stop: asyncio.Event, time_us: int | None
    ) -> None:
        self._tenant = tenant
        self._stream = stream
        self._submit = submit
        self._stop = stop
        self._found: list[Message] = []
        self._heard: int | None = time_us
        self._committed_at = 0.0
        #: Time of the last event that was handed over or needed no handing over.
        self.time_us = time_us

    def take(self, messages: Sequence[Message], time_us: int) -> None:
        """Keep what one event brought."""
        self._found += messages
        self._heard = max(time_us, self._heard or 0)

    @property
    def full(self) -> bool:
        """Whether it is time to hand over."""
        return len(self._found) >= handover.BATCH

    async def give(self) -> list[Message]:
        """Hand over all that was found with the time that follows it; return it."""
        now = asyncio.get_running_loop().time()
        due = now - self._committed_at >= _ADVANCE and self._heard != self.time_us
        if not (self._found or due):
            return []
        given = self._found
        batch = Batch(
            tenant=self._tenant,
            source=SOURCE,
            items=tuple(given),
            stream=self._stream,
            cursor=str(self._heard),
        )
        await until(self._stop, _submitted(self._submit, batch), grace=_GRACE)
        self._found, self._committed_at, self.time_us = [], now, self._heard
        return given


async def _submitted(submit: Submit, batch: Batch) -> None:
    await submit(batch)
