# SPDX-License-Identifier: EUPL-1.2
"""What the tests of the Matrix connector share: the bot and running it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ingest.connectors.matrix import MatrixConnector


@asynccontextmanager
async def running(
    connector: MatrixConnector, submit: Any, cursor: str | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Run until the block ends."""
    stop = asyncio.Event()
    task = asyncio.create_task(connector.run(submit, stop, cursor=cursor))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=5)
        await connector.close()
    if not task.done():
        task.cancel()
        pytest.fail("it did not stop")
    await task
