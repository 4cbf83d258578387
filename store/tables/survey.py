# SPDX-License-Identifier: EUPL-1.2
"""Tables of questionnaires; nothing in them says who answered, or which answers belong together."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

surveys = sa.Table(
    "surveys",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("title", sa.String(100), nullable=False),
    sa.Column("purpose", sa.String(300), nullable=False),
    #: ``answered``, ``text`` and ``choices`` of each question, in order.
    sa.Column("questions", sa.JSON, nullable=False),
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("starts_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, nullable=False),
    sa.Column("stopped_at", Moment),
    sa.CheckConstraint("starts_at < ends_at", name="lasts"),
)

survey_groups = sa.Table(
    "survey_groups",
    metadata,
    sa.Column("survey_id", sa.String(36), sa.ForeignKey("surveys.id"), primary_key=True),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), primary_key=True),
    #: SHA-256 of the token in the link that this group shares.
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    #: When the bot asked the group; NULL: not yet, or it has no voice there.
    sa.Column("sent_at", Moment),
)

survey_answers = sa.Table(
    "survey_answers",
    metadata,
    #: SHA-256 of a random number in the page that was sent in: a page counts once.
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("survey_id", sa.String(36), sa.ForeignKey("surveys.id"), nullable=False, index=True),
)

survey_counts = sa.Table(
    "survey_counts",
    metadata,
    sa.Column("survey_id", sa.String(36), sa.ForeignKey("surveys.id"), primary_key=True),
    #: Places in the list of questions, and in that question's options, from 0.
    sa.Column("question", sa.Integer, primary_key=True),
    sa.Column("option", sa.Integer, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
)

survey_words = sa.Table(
    "survey_words",
    metadata,
    #: Random, so that the order says nothing about who came when.
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("survey_id", sa.String(36), sa.ForeignKey("surveys.id"), nullable=False, index=True),
    sa.Column("question", sa.Integer, nullable=False),
    #: An open answer with personal data replaced, encrypted.
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

rating_links = sa.Table(
    "rating_links",
    metadata,
    #: SHA-256 of the token in the link with which a group says whether it helped.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)
