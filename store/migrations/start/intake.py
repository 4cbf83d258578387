# SPDX-License-Identifier: EUPL-1.2
"""What reading needs to remember, none of it words of a message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import MOMENT


def create() -> None:
    """Create these tables."""
    _create_seen()
    _create_cursors()
    _create_counters()
    _create_actions()


def _create_seen() -> None:
    op.create_table(
        "seen",
        sa.Column("dedup_key", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("dedup_key", name=op.f("pk_seen")),
    )
    op.create_index(op.f("ix_seen_at"), "seen", ["at"], unique=False)


def _create_cursors() -> None:
    op.create_table(
        "cursors",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("stream", sa.String(200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "source", "stream", name=op.f("pk_cursors")),
    )


def _create_counters() -> None:
    op.create_table(
        "counters",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "group_id", "day", "kind", "what", name=op.f("pk_counters")
        ),
    )


def _create_actions() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", "tenant", name=op.f("pk_actions")),
    )
