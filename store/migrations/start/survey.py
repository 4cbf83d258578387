# SPDX-License-Identifier: EUPL-1.2
"""Questionnaires, and links with which a group says whether it helped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.start.columns import MOMENT


def create() -> None:
    """Create these tables."""
    _create_surveys()
    _create_survey_groups()
    _create_survey_answers()
    _create_survey_counts()
    _create_survey_words()
    _create_rating_links()


def _create_surveys() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_surveys_lasts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
    )
    op.create_index(op.f("ix_surveys_tenant"), "surveys", ["tenant"], unique=False)


def _create_survey_groups() -> None:
    op.create_table(
        "survey_groups",
        sa.Column("survey_id", sa.String(36), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_groups_survey_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_survey_groups_group_id")
        ),
        sa.PrimaryKeyConstraint("survey_id", "group_id", name=op.f("pk_survey_groups")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_survey_groups_token_hash")),
    )


def _create_survey_answers() -> None:
    op.create_table(
        "survey_answers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("survey_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_answers_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
    )
    op.create_index(
        op.f("ix_survey_answers_survey_id"), "survey_answers", ["survey_id"], unique=False
    )


def _create_survey_counts() -> None:
    op.create_table(
        "survey_counts",
        sa.Column("survey_id", sa.String(36), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_counts_survey_id")
        ),
        sa.PrimaryKeyConstraint("survey_id", "question", "option", name=op.f("pk_survey_counts")),
    )


def _create_survey_words() -> None:
    op.create_table(
        "survey_words",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("survey_id", sa.String(36), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_words_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_words")),
    )
    op.create_index(op.f("ix_survey_words_survey_id"), "survey_words", ["survey_id"], unique=False)


def _create_rating_links() -> None:
    op.create_table(
        "rating_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_rating_links_group_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_rating_links")),
    )
    op.create_index(op.f("ix_rating_links_expires_at"), "rating_links", ["expires_at"])
