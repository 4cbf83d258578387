# SPDX-License-Identifier: EUPL-1.2
"""All tables, for SQLite and PostgreSQL alike.

Moments are stored in UTC. Columns called ``sealed`` hold bytes from ``store.seal``
(encrypted with the key from the settings); nothing else holds a citizen's words,
except ``masked``, in which personal data is replaced.
"""

from __future__ import annotations

import sqlalchemy as sa

import store.roomtables  # noqa: F401 - the rest of the schema
from core.label import POLICE_CATEGORIES, SIGNAL_CATEGORIES
from store import columns
from store.columns import BigId, Moment

metadata = columns.metadata

#: What may leave without a person, when a tenant switched it to automatic.
_MUNICIPAL = ", ".join(f"'{c.value}'" for c in SIGNAL_CATEGORIES if c not in POLICE_CATEGORIES)

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

seen = sa.Table(
    "seen",
    metadata,
    #: Keyed HMAC: names a message without telling what it said.
    sa.Column("dedup_key", sa.String(64), primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
)

cursors = sa.Table(
    "cursors",
    metadata,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(32), primary_key=True),
    sa.Column("stream", sa.String(200), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("group_id", sa.String(36), primary_key=True),
    #: Calendar day in Europe/Amsterdam, ``2026-11-21``.
    sa.Column("day", sa.String(10), primary_key=True),
    #: read | dropped | flagged | decided | forwarded | public
    sa.Column("kind", sa.String(16), primary_key=True),
    #: Category slug, drop reason, or empty.
    sa.Column("what", sa.String(32), primary_key=True),
    sa.Column("n", sa.Integer, nullable=False, default=0),
)

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
    #: The operator's own words.
    sa.Column("text", sa.String(500), nullable=False),
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

events = sa.Table(
    "events",
    metadata,
    #: What a screen replays from (Last-Event-ID); ids follow the order of commits.
    sa.Column("id", BigId, primary_key=True, autoincrement=False),
    sa.Column("tenant", sa.String(64), nullable=False),
    #: meldkamer | handhaving | groep | beheer
    sa.Column("channel", sa.String(16), nullable=False),
    #: signal.new | signal.changed | signal.done | signal.escalated | outbox.dead | answer.new |
    #: group.changed | scores.changed | queue.flood | presence.changed
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("ref", sa.String(36), nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
)

heads = sa.Table(
    "heads",
    metadata,
    #: ``events`` or ``audit/<tenant>``. Its row lock makes numbers follow the commits.
    sa.Column("chain", sa.String(80), primary_key=True),
    #: The last number given.
    sa.Column("seq", BigId, nullable=False),
    #: Hash of the last audit line, so that a cut-off tail is found; empty for events.
    sa.Column("hash", sa.String(64), nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("seq", BigId, primary_key=True, autoincrement=False),
    sa.Column("tag", sa.String(64), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("object", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("result", sa.String(16), nullable=False),
    sa.Column("origin", sa.String(32), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    #: Unique over all tenants.
    sa.Column("username", sa.String(100), nullable=False, unique=True),
    sa.Column("display_name", sa.String(100), nullable=False),
    #: meldkamer | handhaving | groepsbeheer | onderzoek | toezicht | beheer | wandbord
    sa.Column("role", sa.String(16), nullable=False),
    #: Argon2id.
    sa.Column("password_hash", sa.String(200), nullable=False),
    #: Groups that a groepsbeheer account governs (list of our group ids).
    sa.Column("groups", sa.JSON, nullable=False),
    sa.Column("demo", sa.Boolean, nullable=False, default=False),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("locked_until", Moment),
    sa.Column("created_at", Moment, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    #: SHA-256 of the cookie's token.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)

actions = sa.Table(
    "actions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("tenant", sa.String(64), primary_key=True),
    #: burgernet | amber | vermist
    sa.Column("kind", sa.String(16), nullable=False),
    #: Where the police itself tells about it; its words are not kept.
    sa.Column("link", sa.String(500), nullable=False),
    sa.Column("published_at", Moment, nullable=False),
    #: When it is over; the row goes then too.
    sa.Column("ends_at", Moment, nullable=False),
    #: Salted hashes of content words and web addresses.
    sa.Column("words", sa.JSON, nullable=False),
    sa.Column("links", sa.JSON, nullable=False),
)
orders = sa.Table(
    "orders",
    metadata,
    #: Also the chat of the group that stands for the order in each of its sources.
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("purpose", sa.String(200), nullable=False),
    sa.Column("legal_basis", sa.String(200), nullable=False),
    #: Words and hashtags; never a person or an account.
    sa.Column("terms", sa.JSON, nullable=False),
    #: Names of connectors.
    sa.Column("sources", sa.JSON, nullable=False),
    sa.Column("area", sa.String(100), nullable=False),
    sa.Column("starts_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, nullable=False),
    sa.Column("requested_by", sa.String(100), nullable=False),
    sa.Column("requested_at", Moment, nullable=False),
    sa.Column("renews", sa.String(36), sa.ForeignKey("orders.id")),
    #: Under which number a network itself allowed this.
    sa.Column("approval_reference", sa.String(60)),
    sa.CheckConstraint("starts_at < ends_at", name="lasts"),
)

order_events = sa.Table(
    "order_events",
    metadata,
    sa.Column("order_id", sa.String(36), sa.ForeignKey("orders.id"), primary_key=True),
    #: approved | stopped; each happens once.
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("actor", sa.String(100), nullable=False),
    #: Who asked for the order: the check below compares.
    sa.Column("requested_by", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
    # Four eyes: nobody approves what they asked for themselves.
    sa.CheckConstraint(
        "kind <> 'approved' OR lower(actor) <> lower(requested_by)", name="four_eyes"
    ),
)

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

admins = sa.Table(
    "admins",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    #: NULL while a sign-up waits.
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), index=True),
    #: hoofd | vervanger
    sa.Column("rank", sa.String(16), nullable=False),
    #: Name and address, encrypted; NULL after they left.
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),
    sa.Column("expires_at", Moment),
    sa.Column("left_at", Moment),
)

admin_links = sa.Table(
    "admin_links",
    metadata,
    #: SHA-256 of the token in the link.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("admin_id", sa.String(36), sa.ForeignKey("admins.id"), nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
)

admin_sessions = sa.Table(
    "admin_sessions",
    metadata,
    #: SHA-256 of the cookie's token.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("admin_id", sa.String(36), sa.ForeignKey("admins.id"), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

signups = sa.Table(
    "signups",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Column("area", sa.String(100), nullable=False),
    sa.Column("days", sa.Integer),
    sa.Column("admin_id", sa.String(36), sa.ForeignKey("admins.id"), nullable=False),
    #: SHA-256 of the code that is said in the group itself.
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id")),
    #: nieuw | goedgekeurd | afgewezen
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("decided_at", Moment),
    sa.Column("decided_by", sa.String(100)),
)

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("group_id", sa.String(36), sa.ForeignKey("groups.id"), primary_key=True),
    #: Calendar month in Europe/Amsterdam, ``2026-11``.
    sa.Column("month", sa.String(7), primary_key=True),
    #: HMAC of the member for this month only: a second answer replaces the first.
    sa.Column("pseudonym", sa.String(32), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    #: 1 (not at all) to 5 (very much).
    sa.Column("score", sa.Integer, nullable=False),
    sa.CheckConstraint("score BETWEEN 1 AND 5", name="scale"),
)
