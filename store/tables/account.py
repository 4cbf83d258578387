# SPDX-License-Identifier: EUPL-1.2
"""Tables of the accounts, of who is logged in, and of what programs show instead."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    #: Unique over all tenants.
    sa.Column("username", sa.String(100), nullable=False, unique=True),
    sa.Column("display_name", sa.String(100), nullable=False),
    #: meldkamer | handhaving | groepsbeheer | onderzoek | toezicht | beheer | wandbord
    sa.Column("role", sa.String(16), nullable=False),
    #: Argon2id.
    sa.Column("password_hash", sa.String(200), nullable=False),
    #: Groups that a groepsbeheer account governs (list of our group ids).
    sa.Column("groups", sa.JSON, nullable=False),
    sa.Column("demo", sa.Boolean, nullable=False, default=False),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("locked_until", Moment),
    #: Language of the pages: nl | en
    sa.Column("language", sa.String(2), nullable=False, default="nl"),
    sa.Column("created_at", Moment, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    #: SHA-256 of the cookie's token.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    #: What it is for, in the words of who made it.
    sa.Column("name", sa.String(100), nullable=False),
    #: SHA-256 of what a program shows.
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    #: Whose it is, and in whose name it decides; NULL: a system's.
    sa.Column("account_id", sa.ForeignKey("accounts.id"), index=True),
    #: Names of what it opens.
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("last_used", Moment),
    sa.Column("revoked_by", sa.String(100)),
    sa.Column("revoked_at", Moment),
)
