# SPDX-License-Identifier: EUPL-1.2
"""Every networked source through bad weather and a day's outage, with more messages."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from core.clock import FrozenClock
from store.database import open_store
from store.seal import Sealer
from tests.faults.weather import FAULTS, SOURCES, Toll, meets, outage, through
from tests.store_fixtures import KEY

#: Messages in each fault, and in a day's backlog.
MESSAGES, BACKLOG = 40, 2_000


async def run(scale: float) -> None:
    """Print a line for each source; end with 1 when anything was lost, doubled or let in."""
    for name in SOURCES:
        tolls = await _all(name, scale)
        longest = max(toll.recovery for toll in tolls if toll.fault != "outage")
        print(
            f"{name}: {len(tolls)} runs, {sum(t.messages for t in tolls)} messages, "
            f"{sum(t.strikes for t in tolls)} strikes, {sum(t.lost for t in tolls)} lost, "
            f"{sum(t.double for t in tolls)} double, "
            f"{sum(t.without_consent for t in tolls)} without consent; "
            f"up again after {longest:.1f} s at most, a day's {tolls[0].messages} messages "
            f"in {tolls[0].recovery:.1f} s"
        )
        if any(t.lost or t.double or t.without_consent for t in tolls):
            raise SystemExit(1)


async def _all(name: str, scale: float) -> list[Toll]:
    messages = max(8, round(MESSAGES * scale))
    tolls = [await _one(name, "outage", max(8, round(BACKLOG * scale)))]
    faults = [fault for fault in FAULTS if meets(SOURCES[name], fault)]
    return tolls + [await _one(name, fault, messages) for fault in faults]


async def _one(name: str, fault: str, messages: int) -> Toll:
    clock = FrozenClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'b.db'}"
        store = open_store(url, sealer=Sealer([KEY]), clock=clock)
        store.migrate()
        try:
            if fault == "outage":
                return await outage(name, store, clock, messages=messages)
            return await through(name, fault, store, clock, messages=messages)
        finally:
            store.close()
