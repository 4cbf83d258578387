# SPDX-License-Identifier: EUPL-1.2
"""Tables of what happened: for screens that replay it, and for supervision."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import BigId, Moment, metadata

events = sa.Table(
    "events",
    metadata,
    #: What a screen replays from (Last-Event-ID); ids follow the order of commits.
    sa.Column("id", BigId, primary_key=True, autoincrement=False),
    sa.Column("tenant", sa.String(64), nullable=False),
    #: meldkamer | handhaving | groep | beheer
    sa.Column("channel", sa.String(16), nullable=False),
    #: signal.new | signal.changed | signal.done | signal.escalated | signal.erased | outbox.dead |
    #: answer.new | group.changed | scores.changed | queue.flood | presence.changed
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("ref", sa.String(36), nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
)

heads = sa.Table(
    "heads",
    metadata,
    #: ``events`` or ``audit/<tenant>``. Its row lock makes numbers follow the commits.
    sa.Column("chain", sa.String(80), primary_key=True),
    #: The last number given.
    sa.Column("seq", BigId, nullable=False),
    #: Hash of the last audit line, so that a cut-off tail is found; empty for events.
    sa.Column("hash", sa.String(64), nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("seq", BigId, primary_key=True, autoincrement=False),
    sa.Column("tag", sa.String(64), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("object", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("result", sa.String(16), nullable=False),
    sa.Column("origin", sa.String(32), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
