# SPDX-License-Identifier: EUPL-1.2
"""Who looks after which group, which groups want to join, and how they rate us."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import MOMENT


def create() -> None:
    """Create these tables."""
    _create_admins()
    _create_admin_links()
    _create_admin_sessions()
    _create_signups()
    _create_ratings()


def _create_admins() -> None:
    op.create_table(
        "admins",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=True),
        sa.Column("rank", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_admins_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admins")),
    )
    op.create_index(op.f("ix_admins_group_id"), "admins", ["group_id"], unique=False)
    op.create_index(op.f("ix_admins_tenant"), "admins", ["tenant"], unique=False)


def _create_admin_links() -> None:
    op.create_table(
        "admin_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("admin_id", sa.String(36), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_admin_links_admin_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_admin_links")),
    )
    op.create_index(op.f("ix_admin_links_admin_id"), "admin_links", ["admin_id"], unique=False)


def _create_admin_sessions() -> None:
    op.create_table(
        "admin_sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("admin_id", sa.String(36), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"], ["admins.id"], name=op.f("fk_admin_sessions_admin_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_admin_sessions")),
    )
    op.create_index(
        op.f("ix_admin_sessions_admin_id"), "admin_sessions", ["admin_id"], unique=False
    )


def _create_signups() -> None:
    op.create_table(
        "signups",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("admin_id", sa.String(36), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("group_id", sa.String(36), nullable=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_signups_admin_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_signups_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signups")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_signups_code_hash")),
    )
    op.create_index(op.f("ix_signups_tenant"), "signups", ["tenant"], unique=False)


def _create_ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("pseudonym", sa.String(32), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_ratings_scale")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_ratings_group_id")),
        sa.PrimaryKeyConstraint("group_id", "month", "pseudonym", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_tenant"), "ratings", ["tenant"], unique=False)
