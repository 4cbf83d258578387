# SPDX-License-Identifier: EUPL-1.2
"""Tables of the orders to read in the open, and of their approval."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

orders = sa.Table(
    "orders",
    metadata,
    #: Also the chat of the group that stands for the order in each of its sources.
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("purpose", sa.String(200), nullable=False),
    sa.Column("legal_basis", sa.String(200), nullable=False),
    #: Words and hashtags; never a person or an account.
    sa.Column("terms", sa.JSON, nullable=False),
    #: Names of connectors.
    sa.Column("sources", sa.JSON, nullable=False),
    sa.Column("area", sa.String(100), nullable=False),
    sa.Column("starts_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, nullable=False),
    sa.Column("requested_by", sa.String(100), nullable=False),
    sa.Column("requested_at", Moment, nullable=False),
    sa.Column("renews", sa.String(36), sa.ForeignKey("orders.id")),
    #: Under which number a network itself allowed this.
    sa.Column("approval_reference", sa.String(60)),
    sa.CheckConstraint("starts_at < ends_at", name="lasts"),
)

order_events = sa.Table(
    "order_events",
    metadata,
    sa.Column("order_id", sa.String(36), sa.ForeignKey("orders.id"), primary_key=True),
    #: approved | stopped; each happens once.
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("actor", sa.String(100), nullable=False),
    #: Who asked for the order: the check below compares.
    sa.Column("requested_by", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
    # Four eyes: nobody approves what they asked for themselves.
    sa.CheckConstraint(
        "kind <> 'approved' OR lower(actor) <> lower(requested_by)", name="four_eyes"
    ),
)
