# SPDX-License-Identifier: EUPL-1.2
"""A room that was read before, with an archive: two people, a correction and a retraction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from ingest.connector import Connector
from ingest.connectors.xmpp import connect
from tests.partners.xmpp_server import xmpp_server
from tests.samples.sample import Sample


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    async with xmpp_server() as server:
        server.repeats = True
        server.people = [
            ("Olga", "owner", "olga@localhost/app"),
            ("Karim", "none", "karim@localhost/app"),
        ]
        first = server.says("Olga", "Bank bij de container", "2026-11-21T10:00:00Z")
        correct = f"<replace xmlns='urn:xmpp:message-correct:0' id='own-{first}'/>"
        server.says("Olga", "Bank bij de school", "2026-11-21T10:01:00Z", correct)
        second = server.says("Karim", "Auto opengebroken", "2026-11-21T10:02:00Z")
        retract = f"<retract xmlns='urn:xmpp:message-retract:1' id='{second}'/>"
        server.says("Karim", "", "2026-11-21T10:03:00Z", retract)
        server.says("Karim", "Lantaarn kapot", "2026-11-21T10:04:00Z")
        made = connect("delft", server.options, now=clock.now)
        yield made


SAMPLE = Sample(messages=5, people=("olga@localhost", "karim@localhost"), open=_open)
