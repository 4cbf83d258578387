# SPDX-License-Identifier: EUPL-1.2
"""Tables of what operators asked a group or a reporter, and what came back."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("signal_id", sa.String(36), sa.ForeignKey("signals.id"), nullable=False, index=True),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), nullable=False),
    sa.Column("asked_by", sa.String(100), nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    #: reporter | group
    sa.Column("to", sa.String(16), nullable=False),
    #: The operator's own words, which may quote a citizen's; NULL after erasure.
    sa.Column("sealed", sa.LargeBinary),
    #: HMAC of the bot's message that carried it, set when it was sent.
    sa.Column("message_key", sa.String(64), index=True),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("question_id", sa.ForeignKey("questions.id"), nullable=False, index=True),
    #: Of the latest revision.
    sa.Column("dedup_key", sa.String(64), nullable=False, unique=True),
    #: HMAC as in ``signals``: finds the answer when its message is edited or deleted.
    sa.Column("message_key", sa.String(64), nullable=False, unique=True),
    sa.Column("pseudonym", sa.String(32), nullable=False),
    #: When it was written, by the sender's clock.
    sa.Column("at", Moment, nullable=False),
    #: When we got it, by our own clock: erasures go by this.
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("masked", sa.Text),
)
