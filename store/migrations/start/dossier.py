# SPDX-License-Identifier: EUPL-1.2
"""The dossiers on a place or a pattern."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import MOMENT


def create() -> None:
    """Create these tables."""
    _create_dossiers()
    _create_dossier_signals()
    _create_dossier_notes()


def _create_dossiers() -> None:
    op.create_table(
        "dossiers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("opened_by", sa.String(100), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("opened_at < ends_at", name=op.f("ck_dossiers_lasts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
    )
    op.create_index(op.f("ix_dossiers_tenant"), "dossiers", ["tenant"], unique=False)


def _create_dossier_signals() -> None:
    op.create_table(
        "dossier_signals",
        sa.Column("dossier_id", sa.String(36), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("added_by", sa.String(100), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_signals_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_dossier_signals_signal_id")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "signal_id", name=op.f("pk_dossier_signals")),
    )
    op.create_index(
        op.f("ix_dossier_signals_signal_id"), "dossier_signals", ["signal_id"], unique=False
    )


def _create_dossier_notes() -> None:
    op.create_table(
        "dossier_notes",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("dossier_id", sa.String(36), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_notes_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_dossier_notes_signal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_notes")),
    )
    op.create_index(
        op.f("ix_dossier_notes_dossier_id"), "dossier_notes", ["dossier_id"], unique=False
    )
    op.create_index(
        op.f("ix_dossier_notes_signal_id"), "dossier_notes", ["signal_id"], unique=False
    )
