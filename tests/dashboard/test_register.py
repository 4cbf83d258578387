# SPDX-License-Identifier: EUPL-1.2
"""Everybody may see which monitoring orders there were; nobody sees who works there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from core.clock import FrozenClock
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World
from tests.ingest.house import order


def test_the_register_needs_no_account_and_says_when_it_is_empty(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    answer = visitor().get("/volgopdrachten")
    assert answer.status_code == 200
    assert "nog nooit" in answer.text


def test_the_register_shows_approved_orders_and_no_requests(
    world: World, clock: FrozenClock, visitor: Callable[[], Visitor]
) -> None:
    slug = SLUG
    with world.store.write() as work:
        for id, area in (("o1", "kersenbuurt"), ("o2", "verzoekwijk")):
            work.orders.add(order(id, "rss", clock.now(), tenant=slug, area=area))
        work.orders.approve(slug, "o1", by="bert", at=clock.now() - timedelta(days=1))
    page = visitor().get("/volgopdrachten").text
    for shown in ("weten waar vuurwerk", "artikel 172", "#wateroverlast", "Kersenbuurt", "loopt"):
        assert shown in page
    for hidden in ("verzoekwijk", "agnes", "bert"):
        assert hidden not in page
