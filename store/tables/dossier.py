# SPDX-License-Identifier: EUPL-1.2
"""Tables of the dossiers on a place or a pattern."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

dossiers = sa.Table(
    "dossiers",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    #: A place or a pattern; checked not to name a person.
    sa.Column("title", sa.String(100), nullable=False),
    sa.Column("purpose", sa.String(300), nullable=False),
    sa.Column("area", sa.String(100), nullable=False),
    sa.Column("opened_by", sa.String(100), nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.CheckConstraint("opened_at < ends_at", name="lasts"),
)

dossier_signals = sa.Table(
    "dossier_signals",
    metadata,
    sa.Column("dossier_id", sa.String(36), sa.ForeignKey("dossiers.id"), primary_key=True),
    sa.Column("signal_id", sa.ForeignKey("signals.id"), primary_key=True, index=True),
    sa.Column("added_by", sa.String(100), nullable=False),
    sa.Column("added_at", Moment, nullable=False),
)

dossier_notes = sa.Table(
    "dossier_notes",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("dossier_id", sa.ForeignKey("dossiers.id"), nullable=False, index=True),
    #: What the note is about; it goes when that signal's text goes.
    sa.Column("signal_id", sa.String(36), sa.ForeignKey("signals.id"), index=True),
    #: feit | oordeel
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("author", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
)
