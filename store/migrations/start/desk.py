# SPDX-License-Identifier: EUPL-1.2
"""The desk: what waits there, and what operators do with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import MOMENT


def create() -> None:
    """Create these tables."""
    _create_queue_items()
    _create_decisions()
    _create_steps()
    _create_switches()
    _create_looks()


def _create_queue_items() -> None:
    op.create_table(
        "queue_items",
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("queue", sa.String(16), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("acknowledged_by", sa.String(100), nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("escalated_to", sa.String(100), nullable=True),
        sa.Column("escalated_at", MOMENT, nullable=True),
        sa.Column("snoozed_by", sa.String(100), nullable=True),
        sa.Column("snoozed_until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_queue_items_signal_id")
        ),
        sa.PrimaryKeyConstraint("signal_id", "queue", name=op.f("pk_queue_items")),
    )
    op.create_index(
        "ix_queue_items_open",
        "queue_items",
        ["tenant", "queue", "state", "rank", "received_at"],
        unique=False,
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("category", sa.String(32), nullable=True),
        sa.Column("category_before", sa.String(32), nullable=False),
        sa.Column("queue", sa.String(16), nullable=True),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(8), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by", sa.String(100), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_decisions_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_signal_id"), "decisions", ["signal_id"], unique=False)


def _create_steps() -> None:
    op.create_table(
        "steps",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("detail", sa.String(100), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_steps_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
    )
    op.create_index(op.f("ix_steps_signal_id"), "steps", ["signal_id"], unique=False)


def _create_switches() -> None:
    op.create_table(
        "switches",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(100), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_switches")),
    )


def _create_looks() -> None:
    op.create_table(
        "looks",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("queue", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_looks")),
    )
    op.create_index("ix_looks_present", "looks", ["tenant", "queue", "at"], unique=False)
