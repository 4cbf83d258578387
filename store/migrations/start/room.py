# SPDX-License-Identifier: EUPL-1.2
"""The evaluation room, and what a second model would have said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import MOMENT


def create() -> None:
    """Create these tables."""
    _create_rooms()
    _create_room_items()
    _create_room_answers()
    _create_room_datasets()
    _create_shadow_counts()


def _create_rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("opened_by", sa.String(100), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("opened_at < ends_at", name=op.f("ck_rooms_lasts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
    )
    op.create_index(op.f("ix_rooms_tenant"), "rooms", ["tenant"], unique=False)


def _create_room_items() -> None:
    op.create_table(
        "room_items",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("room_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("lane", sa.String(16), nullable=False),
        sa.Column("said", sa.String(32), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("model", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_room_items_room_id")),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_room_items_signal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_items")),
        sa.UniqueConstraint("room_id", "position", name=op.f("uq_room_items_room_id_position")),
        sa.UniqueConstraint("room_id", "signal_id", name=op.f("uq_room_items_room_id_signal_id")),
    )
    op.create_index(op.f("ix_room_items_signal_id"), "room_items", ["signal_id"], unique=False)


def _create_room_answers() -> None:
    op.create_table(
        "room_answers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("item_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("urgency", sa.String(16), nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["room_items.id"], name=op.f("fk_room_answers_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_answers")),
    )
    for name, columns, where in (
        ("uq_room_answers_person", ["item_id", "by"], "undone_at IS NULL"),
        ("uq_room_answers_ruling", ["item_id"], "undone_at IS NULL AND kind = 'oordeel'"),
    ):
        op.create_index(
            name,
            "room_answers",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def _create_room_datasets() -> None:
    op.create_table(
        "room_datasets",
        sa.Column("room_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_room_datasets_room_id")),
        sa.PrimaryKeyConstraint("room_id", "version", name=op.f("pk_room_datasets")),
    )


def _create_shadow_counts() -> None:
    op.create_table(
        "shadow_counts",
        *(
            sa.Column(name, sa.String(length), nullable=False)
            for name, length in (
                ("tenant", 64),
                ("day", 10),
                ("model", 64),
                ("shadow", 64),
                ("said", 32),
                ("shadow_said", 32),
            )
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            *("tenant", "day", "model", "shadow", "said", "shadow_said"),
            name=op.f("pk_shadow_counts"),
        ),
    )
