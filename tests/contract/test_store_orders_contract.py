# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about monitoring orders, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from core import errors
from core.order import Order, OrderState
from core.topic import Topic
from store.database import Store
from store.tables import order_events, orders
from tests.store_samples import NOW, TENANT, later


def order(id: str = "o1", **changed: Any) -> Order:
    given: dict[str, Any] = {
        "tenant": TENANT,
        "purpose": "weten waar vuurwerk wordt afgestoken",
        "legal_basis": "artikel 172 Gemeentewet",
        "topic": Topic(terms=("vuurwerk", "#ouden\u00e9nieuw")),
        "sources": ("rss", "mastodon"),
        "area": "centrum",
        "starts_at": NOW,
        "ends_at": later(days=7),
        "requested_by": "agnes",
        "requested_at": NOW,
    }
    return Order(id=id, **(given | changed))


def test_an_order_comes_back_as_it_was_asked_for(store: Store) -> None:
    with store.write() as work:
        work.orders.add(order())
    with store.read() as work:
        assert work.orders.get(TENANT, "o1") == order()
        assert work.orders.list(TENANT) == [order()]
        assert work.orders.find("leiden", "o1") is None
        with pytest.raises(errors.NotFound):
            work.orders.get(TENANT, "o2")


def test_it_runs_from_its_approval_until_its_end(store: Store) -> None:
    with store.write() as work:
        work.orders.add(order())
        assert work.orders.running(TENANT, "rss", NOW) == []
        approved = work.orders.approve(TENANT, "o1", by="bert", at=later(hours=1))
    with store.read() as work:
        assert work.orders.running(TENANT, "rss", later(hours=1)) == [approved]
        assert work.orders.running(TENANT, "bluesky", later(hours=1)) == []
        assert work.orders.running("leiden", "rss", later(hours=1)) == []
        assert work.orders.running(TENANT, "rss", later(days=7)) == []
        assert approved.begins == later(hours=1)


def test_it_is_approved_by_another_and_once(store: Store) -> None:
    with store.write() as work:
        work.orders.add(order())
        with pytest.raises(errors.NotAllowed):
            work.orders.approve(TENANT, "o1", by="Agnes", at=NOW)
        with pytest.raises(errors.NotFound):
            work.orders.approve("leiden", "o1", by="bert", at=NOW)
        work.orders.approve(TENANT, "o1", by="bert", at=NOW)
        with pytest.raises(errors.AlreadyDecided):
            work.orders.approve(TENANT, "o1", by="carla", at=NOW)


def test_what_is_stopped_does_not_run(store: Store) -> None:
    with store.write() as work:
        work.orders.add(order())
        work.orders.approve(TENANT, "o1", by="bert", at=NOW)
        work.orders.stop(TENANT, "o1", by="agnes", at=later(hours=2))
    with store.read() as work:
        assert work.orders.running(TENANT, "rss", later(hours=2)) == []
        assert work.orders.get(TENANT, "o1").at(later(hours=2)) is OrderState.STOPPED


def test_the_register_holds_all_that_were_ever_approved(store: Store) -> None:
    with store.write() as work:
        for id, hours in (("o1", 0), ("o2", 1), ("o3", 2)):
            renews = "o1" if id == "o2" else None
            work.orders.add(order(id, requested_at=later(hours=hours), renews=renews))
        for id in ("o1", "o2"):
            work.orders.approve(TENANT, id, by="bert", at=later(hours=3))
        work.orders.stop(TENANT, "o1", by="bert", at=later(hours=4))
    with store.read() as work:
        rows = work.orders.register(TENANT, later(days=8))
    assert [(r.id, r.state, r.renews) for r in rows] == [
        ("o2", OrderState.ENDED, "o1"),
        ("o1", OrderState.STOPPED, None),
    ]
    assert rows[1].until == later(hours=4)


def test_a_renewal_of_nothing_is_refused(store: Store) -> None:
    with store.write() as work, pytest.raises(errors.NotFound):
        work.orders.add(order("o2", renews="o1"))


def test_the_database_itself_asks_for_four_eyes(store: Store) -> None:
    line = {"order_id": "o1", "kind": "approved", "actor": "AGNES", "requested_by": "agnes"}
    with store.write() as work:
        work.orders.add(order())
    with pytest.raises(Exception, match="four_eyes"), store.write() as work:
        work.transaction.insert(order_events, [line | {"at": NOW}])


@pytest.mark.parametrize("table", [orders, order_events], ids=lambda t: t.name)
def test_nothing_of_an_order_is_ever_changed(store: Store, table: sa.Table) -> None:
    with store.write() as work:
        work.orders.add(order())
        work.orders.approve(TENANT, "o1", by="bert", at=NOW)
    for statement in (sa.delete(table), sa.update(table).values(requested_by="bert")):
        with pytest.raises(Exception, match="append-only"), store.write() as work:
            work.transaction.run(statement)
