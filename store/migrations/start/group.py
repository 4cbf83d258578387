# SPDX-License-Identifier: EUPL-1.2
"""The groups, and what they and their members allow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import BIG, MOMENT


def create() -> None:
    """Create these tables."""
    _create_groups()
    _create_consent_events()
    _create_member_choices()
    _create_erasures()


def _create_groups() -> None:
    op.create_table(
        "groups",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("chat", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=True),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("text_version", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("moved_into", sa.String(36), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("tenant", "source", "chat", name=op.f("uq_groups_tenant_source_chat")),
    )
    op.create_index(op.f("ix_groups_moved_into"), "groups", ["moved_into"], unique=False)


def _create_consent_events() -> None:
    op.create_table(
        "consent_events",
        sa.Column("seq", BIG, autoincrement=True, nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("text_version", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=True),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_consent_events_group_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_consent_events")),
    )
    op.create_index(
        op.f("ix_consent_events_group_id"), "consent_events", ["group_id"], unique=False
    )


def _create_member_choices() -> None:
    op.create_table(
        "member_choices",
        sa.Column("seq", BIG, autoincrement=True, nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("member", sa.String(64), nullable=False),
        sa.Column("choice", sa.String(8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_member_choices_group_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_member_choices")),
    )
    op.create_index(
        "ix_member_choices_who", "member_choices", ["group_id", "member", "seq"], unique=False
    )


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("pseudonyms", sa.Text(), nullable=True),
        sa.Column("why", sa.String(32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_erasures_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_due_at"), "erasures", ["due_at"], unique=False)
