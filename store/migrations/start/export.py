# SPDX-License-Identifier: EUPL-1.2
"""Files that people took along."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import MOMENT


def create() -> None:
    """Create these tables."""
    op.create_table(
        "exports",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("file", sa.String(100), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_tenant"), "exports", ["tenant"], unique=False)
    op.create_table(
        "export_signals",
        sa.Column("export_id", sa.String(36), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name=op.f("fk_export_signals_export_id")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_export_signals_signal_id")
        ),
        sa.PrimaryKeyConstraint("export_id", "signal_id", name=op.f("pk_export_signals")),
    )
    op.create_index(
        op.f("ix_export_signals_signal_id"), "export_signals", ["signal_id"], unique=False
    )
