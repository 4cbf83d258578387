# SPDX-License-Identifier: EUPL-1.2
"""Tables of who looks after which group, which groups want to join, and how they rate us."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

admins = sa.Table(
    "admins",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    #: NULL while a sign-up waits.
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), index=True),
    #: hoofd | vervanger
    sa.Column("rank", sa.String(16), nullable=False),
    #: Name and address, encrypted; NULL after they left.
    sa.Column("sealed", sa.LargeBinary),
    #: Language of the pages: nl | en
    sa.Column("language", sa.String(2), nullable=False, default="nl"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),
    sa.Column("expires_at", Moment),
    sa.Column("left_at", Moment),
    #: Wants no reminders.
    sa.Column("quiet", sa.Boolean, nullable=False, default=False),
)

admin_links = sa.Table(
    "admin_links",
    metadata,
    #: SHA-256 of the token in the link.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("admin_id", sa.String(36), sa.ForeignKey("admins.id"), nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
)

admin_sessions = sa.Table(
    "admin_sessions",
    metadata,
    #: SHA-256 of the cookie's token.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("admin_id", sa.String(36), sa.ForeignKey("admins.id"), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

signups = sa.Table(
    "signups",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Column("area", sa.String(100), nullable=False),
    sa.Column("days", sa.Integer),
    sa.Column("admin_id", sa.String(36), sa.ForeignKey("admins.id"), nullable=False),
    #: SHA-256 of the code that is said in the group itself.
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id")),
    #: nieuw | goedgekeurd | afgewezen
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("decided_at", Moment),
    sa.Column("decided_by", sa.String(100)),
)

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), primary_key=True),
    #: Calendar month in Europe/Amsterdam, ``2026-11``.
    sa.Column("month", sa.String(7), primary_key=True),
    #: HMAC of the member for this month only: a second answer replaces the first.
    sa.Column("pseudonym", sa.String(32), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    #: 1 (not at all) to 5 (very much).
    sa.Column("score", sa.Integer, nullable=False),
    sa.CheckConstraint("score BETWEEN 1 AND 5", name="scale"),
)
