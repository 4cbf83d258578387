# SPDX-License-Identifier: EUPL-1.2
"""The signals, the incidents they form, and what a form adds to one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import MOMENT


def create() -> None:
    """Create these tables."""
    _create_incidents()
    _create_signals()
    _create_reports()


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_why", sa.String(32), nullable=True),
        sa.Column("merged_into", sa.String(36), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("action", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_open", "incidents", ["tenant", "state", "last_at"], unique=False)


def _create_signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("incident_id", sa.String(36), nullable=False),
        sa.Column("dedup_key", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("message_key", sa.String(64), nullable=False),
        sa.Column("external_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pseudonym", sa.String(32), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("subcategory", sa.String(32), nullable=True),
        sa.Column("urgency", sa.String(16), nullable=False),
        sa.Column("first_hand", sa.Boolean(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("without", sa.Float()),
        sa.Column("probabilities", sa.JSON(), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("masked", sa.Text(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("personal", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("route", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_signals_group_id")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_signals_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_signals_dedup_key")),
    )
    op.create_index("ix_signals_age", "signals", ["tenant", "received_at"], unique=False)
    op.create_index(op.f("ix_signals_group_id"), "signals", ["group_id"], unique=False)
    op.create_index(op.f("ix_signals_incident_id"), "signals", ["incident_id"], unique=False)
    op.create_index(op.f("ix_signals_message_key"), "signals", ["message_key"], unique=False)
    op.create_index(
        "uq_signals_open_message",
        "signals",
        ["message_key"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("judged", sa.String(32), nullable=True),
        sa.Column("certainty", sa.Float(), nullable=False),
        sa.Column("part", sa.String(16), nullable=True),
        sa.Column("safe", sa.Boolean(), nullable=True),
        sa.Column("happened_at", MOMENT, nullable=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("photo_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["signals.id"], name=op.f("fk_reports_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
