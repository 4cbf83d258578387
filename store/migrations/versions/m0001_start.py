# SPDX-License-Identifier: EUPL-1.2
"""All tables of the first version, and the triggers that keep the ledgers append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_LEDGERS = ("consent_events", "audit", "orders", "order_events")


def upgrade() -> None:
    """Create everything."""
    _create_tables()
    _create_dossiers()
    _create_registry()
    _create_rooms()
    if op.get_context().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in _LEDGERS:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _guard_sqlite() -> None:
    for table in _LEDGERS:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _create_tables() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("username", sa.String(100), nullable=False),
        sa.Column("display_name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("username", name=op.f("uq_accounts_username")),
    )
    op.create_table(
        "audit",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("seq", _BIG, autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("object", sa.String(100), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_audit")),
    )
    op.create_table(
        "counters",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "group_id", "day", "kind", "what", name=op.f("pk_counters")
        ),
    )
    op.create_table(
        "cursors",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("stream", sa.String(200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "source", "stream", name=op.f("pk_cursors")),
    )
    op.create_table(
        "events",
        sa.Column("id", _BIG, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("ref", sa.String(36), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"], unique=False)
    op.create_table(
        "groups",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("chat", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("valid_from", _MOMENT, nullable=True),
        sa.Column("valid_until", _MOMENT, nullable=True),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("text_version", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.Column("moved_into", sa.String(36), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("tenant", "source", "chat", name=op.f("uq_groups_tenant_source_chat")),
    )
    op.create_index(op.f("ix_groups_moved_into"), "groups", ["moved_into"], unique=False)
    op.create_table(
        "heads",
        sa.Column("chain", sa.String(80), nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_heads")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("closed_why", sa.String(32), nullable=True),
        sa.Column("merged_into", sa.String(36), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("action", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_open", "incidents", ["tenant", "state", "last_at"], unique=False)
    op.create_table(
        "actions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", "tenant", name=op.f("pk_actions")),
    )
    op.create_table(
        "seen",
        sa.Column("dedup_key", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("dedup_key", name=op.f("pk_seen")),
    )
    op.create_index(op.f("ix_seen_at"), "seen", ["at"], unique=False)
    op.create_table(
        "consent_events",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("text_version", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("valid_from", _MOMENT, nullable=True),
        sa.Column("valid_until", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_consent_events_group_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_consent_events")),
    )
    op.create_index(
        op.f("ix_consent_events_group_id"), "consent_events", ["group_id"], unique=False
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("pseudonyms", sa.Text(), nullable=True),
        sa.Column("why", sa.String(32), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_erasures_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_due_at"), "erasures", ["due_at"], unique=False)
    op.create_table(
        "member_choices",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("member", sa.String(64), nullable=False),
        sa.Column("choice", sa.String(8), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_member_choices_group_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_member_choices")),
    )
    op.create_index(
        "ix_member_choices_who", "member_choices", ["group_id", "member", "seq"], unique=False
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_seen", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"], unique=False)
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_table(
        "signals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("incident_id", sa.String(36), nullable=False),
        sa.Column("dedup_key", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("message_key", sa.String(64), nullable=False),
        sa.Column("external_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pseudonym", sa.String(32), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("subcategory", sa.String(32), nullable=True),
        sa.Column("urgency", sa.String(16), nullable=False),
        sa.Column("first_hand", sa.Boolean(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("without", sa.Float()),
        sa.Column("probabilities", sa.JSON(), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("masked", sa.Text(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("personal", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("route", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_signals_group_id")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_signals_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_signals_dedup_key")),
    )
    op.create_index("ix_signals_age", "signals", ["tenant", "received_at"], unique=False)
    op.create_index(op.f("ix_signals_group_id"), "signals", ["group_id"], unique=False)
    op.create_index(op.f("ix_signals_incident_id"), "signals", ["incident_id"], unique=False)
    op.create_index(op.f("ix_signals_message_key"), "signals", ["message_key"], unique=False)
    op.create_index(
        "uq_signals_open_message",
        "signals",
        ["message_key"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("category", sa.String(32), nullable=True),
        sa.Column("category_before", sa.String(32), nullable=False),
        sa.Column("queue", sa.String(16), nullable=True),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(8), nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.Column("undone_by", sa.String(100), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_decisions_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_signal_id"), "decisions", ["signal_id"], unique=False)
    op.create_table(
        "questions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("to", sa.String(16), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("message_key", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_questions_group_id")),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_questions_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index(op.f("ix_questions_message_key"), "questions", ["message_key"], unique=False)
    op.create_index(op.f("ix_questions_signal_id"), "questions", ["signal_id"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("judged", sa.String(32), nullable=True),
        sa.Column("certainty", sa.Float(), nullable=False),
        sa.Column("part", sa.String(16), nullable=True),
        sa.Column("safe", sa.Boolean(), nullable=True),
        sa.Column("happened_at", _MOMENT, nullable=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("photo_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["signals.id"], name=op.f("fk_reports_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_table(
        "handovers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("municipality", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_handovers_token_hash")),
    )
    op.create_index(op.f("ix_handovers_expires_at"), "handovers", ["expires_at"], unique=False)
    op.create_table(
        "queue_items",
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("queue", sa.String(16), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("acknowledged_by", sa.String(100), nullable=True),
        sa.Column("acknowledged_at", _MOMENT, nullable=True),
        sa.Column("escalated_to", sa.String(100), nullable=True),
        sa.Column("escalated_at", _MOMENT, nullable=True),
        sa.Column("snoozed_by", sa.String(100), nullable=True),
        sa.Column("snoozed_until", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_queue_items_signal_id")
        ),
        sa.PrimaryKeyConstraint("signal_id", "queue", name=op.f("pk_queue_items")),
    )
    op.create_index(
        "ix_queue_items_open",
        "queue_items",
        ["tenant", "queue", "state", "rank", "received_at"],
        unique=False,
    )
    op.create_table(
        "steps",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("detail", sa.String(100), nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_steps_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
    )
    op.create_index(op.f("ix_steps_signal_id"), "steps", ["signal_id"], unique=False)
    op.create_table(
        "looks",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("queue", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_looks")),
    )
    op.create_index("ix_looks_present", "looks", ["tenant", "queue", "at"], unique=False)
    op.create_table(
        "switches",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(100), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_switches")),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("question_id", sa.String(36), nullable=False),
        sa.Column("dedup_key", sa.String(64), nullable=False),
        sa.Column("message_key", sa.String(64), nullable=False),
        sa.Column("pseudonym", sa.String(32), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("masked", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_answers_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_answers_dedup_key")),
        sa.UniqueConstraint("message_key", name=op.f("uq_answers_message_key")),
    )
    op.create_index(op.f("ix_answers_question_id"), "answers", ["question_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=True),
        sa.Column("group_id", sa.String(36), nullable=True),
        sa.Column("decision_id", sa.String(36), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(32), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("idempotency_key", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(300), nullable=True),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("receipt", sa.String(200), nullable=True),
        sa.CheckConstraint(
            "kind <> 'report' OR decision_id IS NOT NULL"
            " OR (automatic AND category IS NOT NULL AND category IN"
            " ('afval', 'foutparkeren', 'wrakken', 'openbare-ruimte'))",
            name=op.f("ck_outbox_human_first"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_outbox_decision_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_outbox_group_id")),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_outbox_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbox_idempotency_key")),
    )
    op.create_index(op.f("ix_outbox_decision_id"), "outbox", ["decision_id"], unique=False)
    op.create_index("ix_outbox_due", "outbox", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_outbox_group_id"), "outbox", ["group_id"], unique=False)
    op.create_index(op.f("ix_outbox_signal_id"), "outbox", ["signal_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("requested_by", sa.String(100), nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("renews", sa.String(36), nullable=True),
        sa.Column("approval_reference", sa.String(60), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_orders_lasts")),
        sa.ForeignKeyConstraint(["renews"], ["orders.id"], name=op.f("fk_orders_renews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_tenant"), "orders", ["tenant"], unique=False)
    op.create_table(
        "order_events",
        sa.Column("order_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("requested_by", sa.String(100), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind <> 'approved' OR lower(actor) <> lower(requested_by)",
            name=op.f("ck_order_events_four_eyes"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_events_order_id")),
        sa.PrimaryKeyConstraint("order_id", "kind", name=op.f("pk_order_events")),
    )


def _create_dossiers() -> None:
    op.create_table(
        "dossiers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("opened_by", sa.String(100), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.CheckConstraint("opened_at < ends_at", name=op.f("ck_dossiers_lasts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
    )
    op.create_index(op.f("ix_dossiers_tenant"), "dossiers", ["tenant"], unique=False)
    op.create_table(
        "dossier_signals",
        sa.Column("dossier_id", sa.String(36), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=False),
        sa.Column("added_by", sa.String(100), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_signals_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_dossier_signals_signal_id")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "signal_id", name=op.f("pk_dossier_signals")),
    )
    op.create_index(
        op.f("ix_dossier_signals_signal_id"), "dossier_signals", ["signal_id"], unique=False
    )
    op.create_table(
        "dossier_notes",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("dossier_id", sa.String(36), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_notes_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_dossier_notes_signal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_notes")),
    )
    op.create_index(
        op.f("ix_dossier_notes_dossier_id"), "dossier_notes", ["dossier_id"], unique=False
    )
    op.create_index(
        op.f("ix_dossier_notes_signal_id"), "dossier_notes", ["signal_id"], unique=False
    )


def _create_registry() -> None:
    """Who looks after which group, and which groups want to join."""
    op.create_table(
        "admins",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("group_id", sa.String(36), nullable=True),
        sa.Column("rank", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("left_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_admins_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admins")),
    )
    op.create_index(op.f("ix_admins_group_id"), "admins", ["group_id"], unique=False)
    op.create_index(op.f("ix_admins_tenant"), "admins", ["tenant"], unique=False)
    op.create_table(
        "admin_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("admin_id", sa.String(36), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_admin_links_admin_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_admin_links")),
    )
    op.create_index(op.f("ix_admin_links_admin_id"), "admin_links", ["admin_id"], unique=False)
    op.create_table(
        "admin_sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("admin_id", sa.String(36), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_seen", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"], ["admins.id"], name=op.f("fk_admin_sessions_admin_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_admin_sessions")),
    )
    op.create_index(
        op.f("ix_admin_sessions_admin_id"), "admin_sessions", ["admin_id"], unique=False
    )
    op.create_table(
        "signups",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("admin_id", sa.String(36), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("group_id", sa.String(36), nullable=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_signups_admin_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_signups_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signups")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_signups_code_hash")),
    )
    op.create_index(op.f("ix_signups_tenant"), "signups", ["tenant"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("group_id", sa.String(36), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("pseudonym", sa.String(32), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_ratings_scale")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_ratings_group_id")),
        sa.PrimaryKeyConstraint("group_id", "month", "pseudonym", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_tenant"), "ratings", ["tenant"], unique=False)


def _create_rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("opened_by", sa.String(100), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.CheckConstraint("opened_at < ends_at", name=op.f("ck_rooms_lasts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
    )
    op.create_index(op.f("ix_rooms_tenant"), "rooms", ["tenant"], unique=False)
    op.create_table(
        "room_items",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("room_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.String(36), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("lane", sa.String(16), nullable=False),
        sa.Column("said", sa.String(32), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("model", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_room_items_room_id")),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_room_items_signal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_items")),
        sa.UniqueConstraint("room_id", "position", name=op.f("uq_room_items_room_id_position")),
        sa.UniqueConstraint("room_id", "signal_id", name=op.f("uq_room_items_room_id_signal_id")),
    )
    op.create_index(op.f("ix_room_items_signal_id"), "room_items", ["signal_id"], unique=False)
    op.create_table(
        "room_answers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("item_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("urgency", sa.String(16), nullable=True),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["room_items.id"], name=op.f("fk_room_answers_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_answers")),
    )
    for name, columns, where in (
        ("uq_room_answers_person", ["item_id", "by"], "undone_at IS NULL"),
        ("uq_room_answers_ruling", ["item_id"], "undone_at IS NULL AND kind = 'oordeel'"),
    ):
        op.create_index(
            name,
            "room_answers",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "room_datasets",
        sa.Column("room_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_room_datasets_room_id")),
        sa.PrimaryKeyConstraint("room_id", "version", name=op.f("pk_room_datasets")),
    )
    op.create_table(
        "shadow_counts",
        *(
            sa.Column(name, sa.String(length), nullable=False)
            for name, length in (
                ("tenant", 64),
                ("day", 10),
                ("model", 64),
                ("shadow", 64),
                ("said", 32),
                ("shadow_said", 32),
            )
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            *("tenant", "day", "model", "shadow", "said", "shadow_said"),
            name=op.f("pk_shadow_counts"),
        ),
    )
