# SPDX-License-Identifier: EUPL-1.2
"""Tables of what leaves for others, and of what waits until it is fetched."""

from __future__ import annotations

import sqlalchemy as sa

from core.label import POLICE_CATEGORIES, SIGNAL_CATEGORIES
from store.columns import Moment, metadata

#: What may leave without a person, when a tenant switched it to automatic.
_MUNICIPAL = ", ".join(f"'{c.value}'" for c in SIGNAL_CATEGORIES if c not in POLICE_CATEGORIES)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    #: report | retract | reply | question | tip | invite | handover (to a municipality elsewhere)
    sa.Column("kind", sa.String(16), nullable=False),
    #: Name of a target in the tenant file; ``group`` for what goes back to a group.
    sa.Column("target", sa.String(64), nullable=False),
    sa.Column("signal_id", sa.String(36), sa.ForeignKey("signals.id"), index=True),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), index=True),
    sa.Column("decision_id", sa.String(36), sa.ForeignKey("decisions.id"), index=True),
    #: True only for a municipal category that the tenant switched to automatic.
    sa.Column("automatic", sa.Boolean, nullable=False, default=False),
    #: What a report is about, taken from its payload: the check below reads it.
    sa.Column("category", sa.String(32)),
    #: Encrypted JSON of what is to be said; NULL once sent or erased.
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("idempotency_key", sa.String(64), nullable=False, unique=True),
    #: pending | leased | sent | dead | cancelled
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    #: Not before this moment: the undo window, then back-off.
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("lease_until", Moment),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    #: Class and short text of the last failure; no secret, no citizen's text.
    sa.Column("last_error", sa.String(300)),
    sa.Column("sent_at", Moment),
    #: The receiver's own reference, when it gave one.
    sa.Column("receipt", sa.String(200)),
    sa.Index("ix_outbox_due", "state", "due_at"),
    # Human first: a report needs a person's decision, unless the category is automatic, which
    # no category of the police ever is. An unknown category (NULL) must not pass either.
    sa.CheckConstraint(
        "kind <> 'report' OR decision_id IS NOT NULL"
        f" OR (automatic AND category IS NOT NULL AND category IN ({_MUNICIPAL}))",
        name="human_first",
    ),
)

handovers = sa.Table(
    "handovers",
    metadata,
    #: A report for a municipality that does not work with us, kept until it was fetched.
    sa.Column("id", sa.String(36), primary_key=True),
    #: Short name of that municipality.
    sa.Column("municipality", sa.String(64), nullable=False),
    #: SHA-256 of the secret in the link.
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    #: Encrypted JSON of the whole report.
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    #: First time that somebody opened it.
    sa.Column("opened_at", Moment),
    #: From then on it is gone.
    sa.Column("expires_at", Moment, nullable=False, index=True),
)
