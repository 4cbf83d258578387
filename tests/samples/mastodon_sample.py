# SPDX-License-Identifier: EUPL-1.2
"""Three posts with a hashtag, one of them edited, and three that may not be read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from core.clock import FrozenClock
from core.order import Order, approve
from ingest.connector import Connector
from ingest.connectors.mastodon import connect
from tests.ingest.house import order
from tests.partners.mastodon_api import mastodon_api
from tests.samples.sample import Sample


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    wanted = order("order-1", "mastodon", clock.now())
    running = approve(wanted, "burgemeester", wanted.starts_at)

    async def orders() -> Sequence[Order]:
        return [running]

    async with mastodon_api() as api:
        tag = '<a href="https://mastodon.example/tags/vuurwerk">#<span>vuurwerk</span></a>'
        api.write(f"Knallen bij de brug {tag}", "vuurwerk")
        api.write("Straat blank #WaterOverlast", "wateroverlast")
        edited = api.write("Weer #vuurwerk", "vuurwerk", account={"url": "https://x.example/@bram"})
        api.edit(edited, "Weer #vuurwerk bij het plein")
        api.write("Stil #vuurwerk", "vuurwerk", visibility="unlisted")
        api.write("Weg #vuurwerk", "vuurwerk", account={"indexable": False})
        api.write("Nee #vuurwerk", "vuurwerk", account={"note": "Liever #nobot"})
        made = connect("delft", {"instance": api.url, "poll_seconds": 0.05})
        made.obey(orders)
        yield made


SAMPLE = Sample(messages=3, people=("@sanne", "@bram"), open=_open)
