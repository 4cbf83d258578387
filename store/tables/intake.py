# SPDX-License-Identifier: EUPL-1.2
"""Tables of what reading needs to remember, none of it words of a message."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

seen = sa.Table(
    "seen",
    metadata,
    #: Keyed HMAC: names a message without telling what it said.
    sa.Column("dedup_key", sa.String(64), primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
)

cursors = sa.Table(
    "cursors",
    metadata,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(32), primary_key=True),
    sa.Column("stream", sa.String(200), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("group_id", sa.String(36), primary_key=True),
    #: Calendar day in Europe/Amsterdam, ``2026-11-21``.
    sa.Column("day", sa.String(10), primary_key=True),
    #: read | dropped | flagged | decided | forwarded | public
    sa.Column("kind", sa.String(16), primary_key=True),
    #: Category slug, drop reason, or empty.
    sa.Column("what", sa.String(32), primary_key=True),
    sa.Column("n", sa.Integer, nullable=False, default=0),
)

actions = sa.Table(
    "actions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("tenant", sa.String(64), primary_key=True),
    #: burgernet | amber | vermist
    sa.Column("kind", sa.String(16), nullable=False),
    #: Where the police itself tells about it; its words are not kept.
    sa.Column("link", sa.String(500), nullable=False),
    sa.Column("published_at", Moment, nullable=False),
    #: When it is over; the row goes then too.
    sa.Column("ends_at", Moment, nullable=False),
    #: Salted hashes of content words and web addresses.
    sa.Column("words", sa.JSON, nullable=False),
    sa.Column("links", sa.JSON, nullable=False),
)
