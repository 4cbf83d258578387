# SPDX-License-Identifier: EUPL-1.2
"""A mailbox with three mails that are read and four that are not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from core.clock import FrozenClock
from ingest.connector import Connector
from ingest.connectors.mail import connect
from tests.partners.imap_server import PASSWORD, USER, imap_server
from tests.samples.mail import GROUPS, MAILS, PEOPLE, resolve
from tests.samples.sample import Sample


def options(port: int, **more: Any) -> dict[str, Any]:
    """Return options for a mailbox on this machine."""
    table = {
        "host": "127.0.0.1",
        "port": port,
        "username": USER,
        "password": PASSWORD,
        "security": "none",
        "poll_seconds": 0.02,
        "first_pause": 0.01,
    }
    return {"groups": GROUPS, "imap": table | more}


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    async with imap_server() as server:
        server.add(*MAILS)
        yield connect("delft", options(server.port), resolve=resolve, clock=clock, most=2)


SAMPLE = Sample(messages=3, people=PEOPLE, open=_open)
