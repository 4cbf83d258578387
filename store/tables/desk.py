# SPDX-License-Identifier: EUPL-1.2
"""Tables of the desk: what waits there, and what operators do with it."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

queue_items = sa.Table(
    "queue_items",
    metadata,
    sa.Column("signal_id", sa.String(36), sa.ForeignKey("signals.id"), primary_key=True),
    sa.Column("queue", sa.String(16), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    #: open | done | moved
    sa.Column("state", sa.String(16), nullable=False),
    #: Urgency rank, 0 first;
    #: and -1 for what was escalated and still waits for somebody.
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    #: When it came into this queue, or became urgent there.
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("acknowledged_by", sa.String(100)),
    sa.Column("acknowledged_at", Moment),
    #: Account that it went to when nobody acknowledged it; empty: there was no second one.
    sa.Column("escalated_to", sa.String(100)),
    sa.Column("escalated_at", Moment),
    sa.Column("snoozed_by", sa.String(100)),
    sa.Column("snoozed_until", Moment),
    sa.Index("ix_queue_items_open", "tenant", "queue", "state", "rank", "received_at"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("signal_id", sa.String(36), sa.ForeignKey("signals.id"), nullable=False, index=True),
    sa.Column("act", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
    #: The category that the operator found right, when another than the model's.
    sa.Column("category", sa.String(32)),
    #: The category that the signal had when the operator decided; for counting.
    sa.Column("category_before", sa.String(32), nullable=False),
    sa.Column("queue", sa.String(16)),
    sa.Column("reason", sa.String(64)),
    #: The signal's version that the operator saw; orders the decisions about one signal.
    sa.Column("seen_version", sa.Integer, nullable=False),
    #: vol | blind | uit: what of the model's judgement stood on the card.
    sa.Column("shown", sa.String(8), nullable=False, default="vol"),
    sa.Column("undone_at", Moment),
    sa.Column("undone_by", sa.String(100)),
    #: What the signal looked like before, so that undo is exact.
    sa.Column("before", sa.JSON, nullable=False),
)

steps = sa.Table(
    "steps",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("signal_id", sa.String(36), sa.ForeignKey("signals.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
    #: An account, or the name of a tip; no citizen's words.
    sa.Column("detail", sa.String(100), nullable=False, default=""),
    sa.Column("until", Moment),
)

switches = sa.Table(
    "switches",
    metadata,
    sa.Column("tenant", sa.String(64), primary_key=True),
    #: ``scores``
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("on", sa.Boolean, nullable=False),
    sa.Column("changed_by", sa.String(100), nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)

looks = sa.Table(
    "looks",
    metadata,
    #: Names the session, not the cookie's value. One row each, overwritten.
    sa.Column("session", sa.String(64), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("queue", sa.String(16), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    #: The card in hand; NULL: none.
    sa.Column("signal_id", sa.String(36)),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_looks_present", "tenant", "queue", "at"),
)
