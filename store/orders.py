# SPDX-License-Identifier: EUPL-1.2
"""Monitoring orders, as they were asked for, approved and stopped; nothing is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from core.order import Order, RegisterRow, approve, register_row, stop
from core.topic import Topic
from store.tables import order_events, orders
from store.transaction import Transaction

_APPROVED, _STOPPED = "approved", "stopped"


class Orders:
    """Append-only: the database itself refuses a change, and an approval by who asked."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, order: Order) -> None:
        """Store a request; ``NotFound`` when it renews an order that this tenant never had."""
        if order.renews is not None:
            self.get(order.tenant, order.renews)
        row = {name: getattr(order, name) for name in _COPIED}
        row |= {"terms": list(order.topic.terms), "sources": list(order.sources)}
        self._tx.insert(orders, [row])

    def get(self, tenant: str, order_id: str) -> Order:
        """Return the order; raise ``NotFound``."""
        found = self.find(tenant, order_id)
        if found is None:
            raise errors.NotFound("no such order")
        return found

    def find(self, tenant: str, order_id: str) -> Order | None:
        """Return the order of this tenant, or None."""
        rows = self._read(orders.c.tenant == tenant, orders.c.id == order_id)
        return rows[0] if rows else None

    def list(self, tenant: str) -> Sequence[Order]:
        """Return all orders of a tenant, requests too, newest first."""
        return self._read(orders.c.tenant == tenant)

    def running(self, tenant: str, source: str, now: datetime) -> Sequence[Order]:
        """Return the orders for which a source may be read now."""
        found = self._read(orders.c.tenant == tenant, orders.c.ends_at > now)
        return [order for order in found if order.runs(now) and source in order.sources]

    def register(self, tenant: str, now: datetime) -> Sequence[RegisterRow]:
        """Return the public register: every order that was ever approved, newest first."""
        approved = [order for order in self.list(tenant) if order.approved_at is not None]
        return [register_row(order, now) for order in approved]

    def approve(self, tenant: str, order_id: str, *, by: str, at: datetime) -> Order:
        """Write down that ``by`` approves the order; see ``core.order.approve``."""
        order = approve(self._held(tenant, order_id), by, at)
        self._append(order, _APPROVED, by, at)
        return order

    def stop(self, tenant: str, order_id: str, *, by: str, at: datetime) -> Order:
        """Write down that ``by`` stops the order, or refuses it; see ``core.order.stop``."""
        order = stop(self._held(tenant, order_id), by, at)
        self._append(order, _STOPPED, by, at)
        return order

    def _held(self, tenant: str, order_id: str) -> Order:
        """Return the order as it is until the commit: two who decide take turns."""
        self._tx.row(sa.select(orders.c.id).where(orders.c.id == order_id).with_for_update())
        return self.get(tenant, order_id)

    def _append(self, order: Order, kind: str, actor: str, at: datetime) -> None:
        line = {"order_id": order.id, "kind": kind, "actor": actor, "at": at}
        self._tx.insert(order_events, [line | {"requested_by": order.requested_by}])

    def _read(self, *where: sa.ColumnElement[bool]) -> Sequence[Order]:
        approved, stopped = order_events.alias("approved"), order_events.alias("stopped")
        query = (
            sa.select(
                orders,
                approved.c.actor.label("approved_by"),
                approved.c.at.label("approved_at"),
                stopped.c.actor.label("stopped_by"),
                stopped.c.at.label("stopped_at"),
            )
            .outerjoin(approved, _event_of(approved, _APPROVED))
            .outerjoin(stopped, _event_of(stopped, _STOPPED))
            .where(*where)
            .order_by(orders.c.requested_at.desc(), orders.c.id.desc())
        )
        return [_order(row) for row in self._tx.rows(query)]


_COPIED = (
    *("id", "tenant", "purpose", "legal_basis", "area", "starts_at", "ends_at"),
    *("requested_by", "requested_at", "renews", "approval_reference"),
)


def _event_of(table: sa.FromClause, kind: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.order_id == orders.c.id, table.c.kind == kind)


def _order(row: sa.Row[Any]) -> Order:
    values = row._asdict()
    topic = Topic(terms=tuple(values.pop("terms")))
    return Order(**{**values, "topic": topic, "sources": tuple(row.sources)})
