# SPDX-License-Identifier: EUPL-1.2
"""A researcher's file with four good lines and two bad ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from ingest.connector import Connector
from ingest.registry import connector
from tests.samples.sample import FOLDER, Sample


@asynccontextmanager
async def _open(_clock: FrozenClock) -> AsyncIterator[Connector]:
    yield connector("jsonl")("delft", {"file": FOLDER / "jsonl.jsonl"})


SAMPLE = Sample(
    messages=4,
    people=("marloes", "55598765", "wijkagent@politie.example"),
    open=_open,
)
