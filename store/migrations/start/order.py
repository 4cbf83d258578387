# SPDX-License-Identifier: EUPL-1.2
"""The orders to read in the open, and their approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import MOMENT


def create() -> None:
    """Create these tables."""
    _create_orders()
    _create_order_events()


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("requested_by", sa.String(100), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("renews", sa.String(36), nullable=True),
        sa.Column("approval_reference", sa.String(60), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_orders_lasts")),
        sa.ForeignKeyConstraint(["renews"], ["orders.id"], name=op.f("fk_orders_renews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_tenant"), "orders", ["tenant"], unique=False)


def _create_order_events() -> None:
    op.create_table(
        "order_events",
        sa.Column("order_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("requested_by", sa.String(100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind <> 'approved' OR lower(actor) <> lower(requested_by)",
            name=op.f("ck_order_events_four_eyes"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_events_order_id")),
        sa.PrimaryKeyConstraint("order_id", "kind", name=op.f("pk_order_events")),
    )
