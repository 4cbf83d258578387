# SPDX-License-Identifier: EUPL-1.2
"""Tables of the signals, the incidents they form, and what a form adds to one."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("category", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    #: ``loos-alarm``, ``opgelost``, ``stil`` …
    sa.Column("closed_why", sa.String(32)),
    sa.Column("merged_into", sa.String(36)),
    sa.Column("places", sa.JSON, nullable=False),
    sa.Column("points", sa.JSON, nullable=False),
    sa.Column("words", sa.JSON, nullable=False),
    sa.Column("groups", sa.JSON, nullable=False),
    #: The known police action that it is about.
    sa.Column("action", sa.String(64)),
    sa.Index("ix_incidents_open", "tenant", "state", "last_at"),
)

signals = sa.Table(
    "signals",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), nullable=False, index=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("dedup_key", sa.String(64), nullable=False, unique=True),
    sa.Column("source", sa.String(32), nullable=False),
    #: HMAC of (source, chat, external id): finds the signal of an edit, deletion or reply.
    sa.Column("message_key", sa.String(64), nullable=False, index=True),
    #: The id in the source, sealed: needed to answer the very message.
    sa.Column("external_sealed", sa.LargeBinary),
    sa.Column("pseudonym", sa.String(32), nullable=False),
    sa.Column("origin", sa.String(16), nullable=False),
    sa.Column("sent_at", Moment, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("category", sa.String(32), nullable=False),
    sa.Column("subcategory", sa.String(32)),
    sa.Column("urgency", sa.String(16), nullable=False),
    sa.Column("first_hand", sa.Boolean),
    sa.Column("probability", sa.Float, nullable=False),
    #: The same without the words of evidence; a number, no words.
    sa.Column("without", sa.Float),
    sa.Column("probabilities", sa.JSON, nullable=False),
    sa.Column("review", sa.Boolean, nullable=False, default=False),
    sa.Column("model", sa.String(64), nullable=False),
    #: Full text, encrypted; NULL after erasure.
    sa.Column("sealed", sa.LargeBinary),
    #: Text with personal data replaced; NULL after erasure.
    sa.Column("masked", sa.Text),
    #: Spans (offsets into the full text) with their kinds; no words.
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("personal", sa.JSON, nullable=False),
    #: Places with offsets, kind, key and point.
    sa.Column("places", sa.JSON, nullable=False),
    sa.Column("route", sa.JSON, nullable=False),
    sa.Column("targets", sa.JSON, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    #: Goes up by one with every change; decisions compare and set it.
    sa.Column("version", sa.Integer, nullable=False, default=1),
    sa.Column("edited", sa.Boolean, nullable=False, default=False),
    sa.Index("ix_signals_age", "tenant", "received_at"),
    # A message waits once. One that was decided may come back, when an edit makes it graver.
    sa.Index(
        "uq_signals_open_message",
        "message_key",
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
)

reports = sa.Table(
    "reports",
    metadata,
    #: The signal that somebody made on purpose, on a form.
    sa.Column("id", sa.String(36), sa.ForeignKey("signals.id"), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    #: What the reporter ticked: names such as ``straatintimidatie/volgen``.
    sa.Column("kinds", sa.JSON, nullable=False),
    #: What the model made of the words, ``geen`` included; NULL: it could not tell.
    sa.Column("judged", sa.String(32)),
    #: How certain it was of that.
    sa.Column("certainty", sa.Float, nullable=False),
    #: ``slachtoffer`` or ``getuige``; NULL: not said, or erased.
    sa.Column("part", sa.String(16)),
    sa.Column("safe", sa.Boolean),
    sa.Column("happened_at", Moment),
    sa.Column("language", sa.String(2), nullable=False),
    #: How to reach the reporter, where wanted; encrypted, NULL after erasure.
    sa.Column("contact_sealed", sa.LargeBinary),
    #: A JPEG without any data about itself; encrypted, NULL after erasure.
    sa.Column("photo_sealed", sa.LargeBinary),
)
