# SPDX-License-Identifier: EUPL-1.2
"""Hands over what X gave, always with the ledger as it then stands."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.message import Batch, Item
from ingest import handover
from ingest.connector import Submit
from ingest.patience import until
from ingest.x.ledger import Ledger
from ingest.x.post import SOURCE

#: Seconds that a commit may still take after ``stop``.
_GRACE = 1.5


class Hand:
    """One run's way to the gate."""

    def __init__(
        self, *, tenant: str, stream: str, submit: Submit, stop: asyncio.Event, ledger: Ledger
    ) -> None:
        self._tenant = tenant
        self._stream = stream
        self._submit = submit
        self._stop = stop
        self.ledger = ledger

    @property
    def stopping(self) -> bool:
        """Whether the connector was asked to stop."""
        return self._stop.is_set()

    async def give(self, items: Sequence[Item]) -> None:
        """Hand over ``items`` in batches; without any, the ledger alone is written."""
        size = handover.BATCH
        for part in [items[i : i + size] for i in range(0, len(items), size)] or [()]:
            batch = Batch(
                tenant=self._tenant,
                source=SOURCE,
                items=tuple(part),
                stream=self._stream,
                cursor=self.ledger.cursor(),
            )
            await until(self._stop, self._submitted(batch), grace=_GRACE)

    async def _submitted(self, batch: Batch) -> None:
        await self._submit(batch)
