# SPDX-License-Identifier: EUPL-1.2
"""A researcher's table as a Dutch spreadsheet saves it, with one bad row."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from ingest.connector import Connector
from ingest.registry import connector
from tests.samples.sample import FOLDER, Sample


@asynccontextmanager
async def _open(_clock: FrozenClock) -> AsyncIterator[Connector]:
    yield connector("csv_file")("delft", {"file": FOLDER / "csv_file.csv"})


SAMPLE = Sample(messages=3, people=("Thea", "Bos", "31655500011"), open=_open)
