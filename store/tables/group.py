# SPDX-License-Identifier: EUPL-1.2
"""Tables of the groups, and of what they and their members allow."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import BigId, Moment, metadata

groups = sa.Table(
    "groups",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("source", sa.String(32), nullable=False),
    #: The chat's id in its source.
    sa.Column("chat", sa.String(200), nullable=False),
    sa.Column("name", sa.String(200), nullable=False, default=""),
    #: Neighbourhood that the group covers, a key of the tenant's gazetteer.
    sa.Column("area", sa.String(100), nullable=False, default=""),
    #: ``everybody`` or ``only-yes`` (strict mode).
    sa.Column("mode", sa.String(16), nullable=False, default="everybody"),
    #: The ledger's outcome, kept in the transaction that appends to the ledger.
    sa.Column("state", sa.String(16), nullable=False, default="onbekend"),
    sa.Column("valid_from", Moment),
    sa.Column("valid_until", Moment),
    sa.Column("legal_basis", sa.String(200), nullable=False, default=""),
    sa.Column("text_version", sa.String(32), nullable=False, default=""),
    #: The last withdrawal, so that an older yes that comes late is known for what it is.
    sa.Column("withdrawn_at", Moment),
    #: The group that took this one's chat over; its members' choices still count there.
    sa.Column("moved_into", sa.String(36), index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("tenant", "source", "chat"),
)

consent_events = sa.Table(
    "consent_events",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=True),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("text_version", sa.String(32), nullable=False, default=""),
    sa.Column("purpose", sa.String(200), nullable=False, default=""),
    sa.Column("legal_basis", sa.String(200), nullable=False, default=""),
    sa.Column("valid_from", Moment),
    sa.Column("valid_until", Moment),
)

member_choices = sa.Table(
    "member_choices",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=True),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), nullable=False),
    #: HMAC of the member without period, so that a refusal outlives the pseudonyms.
    sa.Column("member", sa.String(64), nullable=False),
    #: ``nee`` or ``ja``; what they come to, all together, says ``core.choice``.
    sa.Column("choice", sa.String(8), nullable=False),
    #: When it was said.
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_member_choices_who", "group_id", "member", "seq"),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), nullable=False),
    #: NULL: the whole group; else comma-joined pseudonyms of one member.
    sa.Column("pseudonyms", sa.Text),
    sa.Column("why", sa.String(32), nullable=False),
    #: Of a member, what was received until this moment goes.
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("done_at", Moment),
)
