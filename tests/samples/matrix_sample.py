# SPDX-License-Identifier: EUPL-1.2
"""A room that lets the bot in, writes while it is away, changes and erases a message, and stops."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from ingest.connector import Connector
from ingest.connectors.matrix import connect
from tests.partners.matrix_api import BOT, TOKEN, matrix_api
from tests.samples.sample import FOLDER, Sample

ROOM = "!vogelbuurt"


@asynccontextmanager
async def _open(_clock: FrozenClock) -> AsyncIterator[Connector]:
    async with matrix_api() as api:
        told = json.loads((FOLDER / "matrix.json").read_text(encoding="utf-8"))
        api.syncs = told["syncs"]
        api.states[ROOM] = told["state"]
        api.pages[ROOM] = told["pages"]
        made = connect(
            "delft", {"homeserver": api.url, "user": BOT, "token": TOKEN, "poll_seconds": 1}
        )
        try:
            yield made
        finally:
            await made.close()


SAMPLE = Sample(
    messages=6,
    people=("@olga:delft.example", "@karim:delft.example", "Olga Vermeer"),
    open=_open,
)
