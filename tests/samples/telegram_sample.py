# SPDX-License-Identifier: EUPL-1.2
"""A group that lets the bot in, writes, changes a message and stops, as the Bot API tells it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from ingest.connector import Connector
from ingest.connectors.telegram import connect
from tests.partners.telegram_api import TOKEN, telegram_api
from tests.samples.sample import FOLDER, Sample


@asynccontextmanager
async def _open(_clock: FrozenClock) -> AsyncIterator[Connector]:
    async with telegram_api() as api:
        api.group(-1001, "Vogelbuurt", creator=555000001)
        api.updates = json.loads((FOLDER / "telegram.json").read_text(encoding="utf-8"))
        made = connect("delft", {"token": TOKEN, "api": api.base_url, "poll_seconds": 1})
        yield made
        await made.close()


SAMPLE = Sample(
    messages=4,
    people=("555000001", "555000003", "555000004", "Karim", "Olga"),
    open=_open,
)
