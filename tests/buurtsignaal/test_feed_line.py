# SPDX-License-Identifier: EUPL-1.2
"""A public feed in a running house: an approval opens it, a stop closes it."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta

import pytest

from buurtsignaal import ordering
from buurtsignaal.bootstrap import House
from buurtsignaal.committer import Committer
from buurtsignaal.connections import Connection
from buurtsignaal.people import add_account
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.runtime import Runtime
from ingest import rounds
from ingest.connectors.rss import connect
from tests.partners.feed_server import feed_server, soon

TENANT = "demo"
PASSWORD = "een heel lang wachtwoord"


def feed(*items: str) -> bytes:
    entries = "".join(
        f"<item><title>{title}</title><guid>{title}</guid>"
        "<pubDate>Sat, 21 Nov 2026 12:05:00 GMT</pubDate></item>"
        for title in items
    )
    return f"<rss version='2.0'><channel>{entries}</channel></rss>".encode()


def signals(house: House) -> int:
    with house.store.read() as work:
        return len(work.signals.tenants())


async def test_an_order_opens_and_closes_a_feed_of_a_running_house(
    house: House, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "LOOK", 0.1)
    secret = "whsec_" + base64.b64encode(b"geheim van de hele gemeente!!").decode()
    monkeypatch.setenv("BUURTSIGNAAL_GEMEENTE_WEBHOOK_SECRET", secret)
    for name in ("agnes", "bert"):
        add_account(
            house,
            tenant=TENANT,
            username=name,
            display_name=name,
            role="beheer",
            password=PASSWORD,
        )
    async with feed_server(news=feed("Er is een inbraak")) as server:
        rss = connect(TENANT, {"feeds": [server.url("/news")], "poll_seconds": 0.05})
        committer, stop = Committer(pipeline.handle), asyncio.Event()
        runtime = Runtime(house, committer, [Connection(tenant=TENANT, connector=rss)])
        running = asyncio.create_task(runtime.run(stop))
        try:
            await asyncio.sleep(0.5)
            assert (server.asked, signals(house)) == ([], 0)

            order = ordering.request(
                house,
                tenant=TENANT,
                by="agnes",
                purpose="weten waar wordt ingebroken",
                legal_basis="artikel 172 Gemeentewet",
                terms=["inbraak"],
                sources=["rss"],
                area=next(iter(house.tenant(TENANT).areas)),
                ends_at=house.clock.now() + timedelta(days=1),
            )
            await asyncio.sleep(0.3)
            assert server.asked == []

            ordering.approve(house, tenant=TENANT, order_id=order.id, by="bert", password=PASSWORD)
            await soon(lambda: signals(house))

            ordering.stop(house, tenant=TENANT, order_id=order.id, by="agnes")
            await asyncio.sleep(0.5)
            asked = len(server.asked)
            await asyncio.sleep(0.5)
            assert len(server.asked) == asked
        finally:
            stop.set()
            await running
            await committer.close()
