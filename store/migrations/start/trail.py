# SPDX-License-Identifier: EUPL-1.2
"""What happened: for screens that replay it, and for supervision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import BIG, MOMENT


def create() -> None:
    """Create these tables."""
    _create_events()
    _create_heads()
    _create_audit()


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("ref", sa.String(36), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"], unique=False)


def _create_heads() -> None:
    op.create_table(
        "heads",
        sa.Column("chain", sa.String(80), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_heads")),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("object", sa.String(100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_audit")),
    )
