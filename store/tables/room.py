# SPDX-License-Identifier: EUPL-1.2
"""Tables of the evaluation rooms, and of what a second model would have said."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

_STANDING = sa.text("undone_at IS NULL")
_STANDING_RULING = sa.text("undone_at IS NULL AND kind = 'oordeel'")

rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("purpose", sa.String(200), nullable=False),
    sa.Column("legal_basis", sa.String(200), nullable=False),
    #: Account names of those who may look and label.
    sa.Column("people", sa.JSON, nullable=False),
    sa.Column("opened_by", sa.String(100), nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.CheckConstraint("opened_at < ends_at", name="lasts"),
)

room_items = sa.Table(
    "room_items",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("room_id", sa.String(36), sa.ForeignKey("rooms.id"), nullable=False),
    #: The order in which items are offered.
    sa.Column("position", sa.Integer, nullable=False),
    #: A stored signal; its text is not copied and goes when the signal's goes.
    sa.Column("signal_id", sa.String(36), sa.ForeignKey("signals.id"), index=True),
    #: Masked text of an uploaded message, encrypted; NULL for a signal, and after the end.
    sa.Column("sealed", sa.LargeBinary),
    #: twijfel | willekeurig | deel
    sa.Column("lane", sa.String(16), nullable=False),
    #: What the model said when the item came in; NULL where none judged it.
    sa.Column("said", sa.String(32)),
    sa.Column("probability", sa.Float),
    sa.Column("model", sa.String(64), nullable=False, default=""),
    sa.UniqueConstraint("room_id", "position"),
    sa.UniqueConstraint("room_id", "signal_id"),
)

room_answers = sa.Table(
    "room_answers",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("item_id", sa.String(36), sa.ForeignKey("room_items.id"), nullable=False),
    #: label | oordeel
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("category", sa.String(32), nullable=False),
    sa.Column("urgency", sa.String(16)),
    sa.Column("undone_at", Moment),
    # One person, one standing answer: who rules never labelled the same item.
    sa.Index(
        "uq_room_answers_person",
        "item_id",
        "by",
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    ),
    sa.Index(
        "uq_room_answers_ruling",
        "item_id",
        unique=True,
        sqlite_where=_STANDING_RULING,
        postgresql_where=_STANDING_RULING,
    ),
)

room_datasets = sa.Table(
    "room_datasets",
    metadata,
    sa.Column("room_id", sa.String(36), sa.ForeignKey("rooms.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    #: Of the file with the items; equal content keeps its version.
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
)

shadow_counts = sa.Table(
    "shadow_counts",
    metadata,
    sa.Column("tenant", sa.String(64), primary_key=True),
    #: Calendar day in Europe/Amsterdam.
    sa.Column("day", sa.String(10), primary_key=True),
    #: The model that judges, and the one that runs along.
    sa.Column("model", sa.String(64), primary_key=True),
    sa.Column("shadow", sa.String(64), primary_key=True),
    #: Category that each chose; how many messages, and not which.
    sa.Column("said", sa.String(32), primary_key=True),
    sa.Column("shadow_said", sa.String(32), primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
)
