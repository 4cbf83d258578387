# SPDX-License-Identifier: EUPL-1.2
"""An export of an Android phone in Dutch, with all that happens in a group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from ingest.connector import Connector
from ingest.registry import connector
from tests.samples.sample import FOLDER, Sample


@asynccontextmanager
async def _open(_clock: FrozenClock) -> AsyncIterator[Connector]:
    options = {"chat": "oranjewijk", "file": FOLDER / "whatsapp_export.txt"}
    yield connector("whatsapp_export")("delft", options)


SAMPLE = Sample(
    messages=9,
    people=("Sanne", "de Wit", "Ferhat", "Joop", "55512345"),
    open=_open,
)
