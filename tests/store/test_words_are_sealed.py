# SPDX-License-Identifier: EUPL-1.2
"""Every column that can hold words is declared: sealed, or known to be no citizen's words.

A new column fails here until somebody decides. Whoever adds a line below says: nobody can get a
citizen's words in here; or names the protection that stands in ``docs/reference/privacy.md``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store.rotation import SEALED
from store.tables import metadata

#: Chosen from a list of ours, or made by us: kinds, states, days, versions, numbers.
_OURS = {
    *("accounts.role", "actions.kind", "audit.tag", "audit.object", "audit.result", "audit.origin"),
    *("counters.day", "counters.kind", "counters.what", "cursors.source", "consent_events.kind"),
    *("consent_events.role", "consent_events.text_version", "dossier_notes.kind", "dossiers.area"),
    *("events.channel", "events.kind", "groups.source", "groups.area", "groups.mode"),
    *("groups.state", "groups.text_version", "heads.chain", "incidents.category"),
    *("incidents.state", "incidents.closed_why", "incidents.groups", "looks.queue"),
    *("member_choices.choice", "order_events.kind", "orders.sources", "ratings.month"),
    *("shadow_counts.day", "shadow_counts.model", "shadow_counts.shadow", "shadow_counts.said"),
    *("shadow_counts.shadow_said", "switches.name", "admins.rank", "erasures.why"),
    *("signals.source", "signals.origin", "signals.category", "signals.subcategory"),
    *("signals.urgency", "signals.probabilities", "signals.model", "signals.route"),
    *("signals.targets", "signals.state", "decisions.act", "decisions.category"),
    *("decisions.category_before", "decisions.queue", "decisions.reason", "decisions.shown"),
    *("decisions.before", "questions.to", "queue_items.queue", "queue_items.state"),
    *("reports.kinds", "reports.judged", "reports.part", "reports.language", "room_items.lane"),
    *("room_items.said", "room_items.model", "room_answers.kind", "room_answers.category"),
    *("room_answers.urgency", "signups.source", "signups.area", "signups.verdict", "steps.kind"),
    *("steps.detail", "outbox.kind", "outbox.target", "outbox.category", "outbox.state"),
    *("handovers.municipality", "accounts.groups", "accounts.language", "admins.language"),
    *("tokens.scopes", "exports.file"),
    # Counts and ids of ours; whoever writes a line passes nothing else.
    "audit.detail",
    # What a source calls the place up to which we read: numbers, times and marks of its own.
    *("cursors.stream", "cursors.value"),
    # Class and short text of ours; a receiver's own reference.
    *("outbox.last_error", "outbox.receipt"),
}

#: Names of accounts, and what a municipality or operator writes for everybody to read.
_STAFF = {
    *("accounts.username", "accounts.display_name", "audit.actor", "consent_events.actor"),
    *("consent_events.purpose", "consent_events.legal_basis", "dossiers.opened_by"),
    *("dossier_signals.added_by", "dossier_notes.author", "groups.legal_basis", "looks.actor"),
    *("orders.purpose", "orders.legal_basis", "orders.terms", "orders.area"),
    *("orders.requested_by", "orders.approval_reference", "order_events.actor"),
    *("order_events.requested_by", "rooms.name", "rooms.purpose", "rooms.legal_basis"),
    *("rooms.people", "rooms.opened_by", "room_datasets.made_by", "switches.changed_by"),
    *("decisions.actor", "decisions.undone_by", "questions.asked_by", "steps.actor"),
    *("queue_items.acknowledged_by", "queue_items.escalated_to", "queue_items.snoozed_by"),
    *("room_answers.by", "signups.decided_by", "exports.made_by", "tokens.name"),
    *("tokens.made_by", "tokens.revoked_by", "surveys.made_by", "surveys.title"),
    *("surveys.purpose", "surveys.questions"),
    # Checked not to name a person, and erased with their dossier.
    *("dossiers.title", "dossiers.purpose"),
}

#: Hashes, keyed where what is hashed could be guessed.
_HASHES = {
    *("accounts.password_hash", "actions.id", "actions.words", "actions.links", "audit.hash"),
    *("handovers.token_hash", "heads.hash", "incidents.words", "incidents.action"),
    *("looks.session", "seen.dedup_key", "erasures.pseudonyms", "member_choices.member"),
    *("ratings.pseudonym", "room_datasets.sha256", "sessions.token_hash", "sessions.csrf"),
    *("signals.dedup_key", "signals.message_key", "signals.pseudonym", "admin_links.token_hash"),
    *("admin_sessions.token_hash", "admin_sessions.csrf", "questions.message_key"),
    *("signups.code_hash", "answers.dedup_key", "answers.message_key", "answers.pseudonym"),
    *("outbox.idempotency_key", "rating_links.token_hash", "survey_groups.token_hash"),
    *("survey_answers.id", "tokens.token_hash"),
}

#: What citizens told, protected in another way than by sealing; goes with the text.
_REPLACED = {
    # Personal data is replaced.
    *("signals.masked", "answers.masked"),
    # Offsets, and names of places.
    *("signals.evidence", "signals.personal", "signals.places"),
    *("incidents.places", "incidents.points"),
}

#: What a group calls itself, and where the police tells about an action.
_PUBLIC = {"groups.chat", "groups.name", "signups.name", "actions.link"}

_DECLARED = _OURS | _STAFF | _HASHES | _REPLACED | _PUBLIC
_WORDS = (sa.String, sa.JSON)


def _is_id(column: sa.Column[object]) -> bool:
    """Ids of ours have 36 characters, and tenants have names in a folder of ours."""
    made = isinstance(column.type, sa.String) and column.type.length == 36
    return made or column.name == "tenant"


def _columns(*kinds: type[Any]) -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, kinds) and not _is_id(column)
    }


def test_every_column_with_words_is_declared() -> None:
    assert _columns(*_WORDS) - _DECLARED == set()


def test_nothing_is_declared_that_is_not_there() -> None:
    assert _DECLARED - _columns(*_WORDS) == set()


def test_every_column_with_bytes_is_sealed_anew_when_the_key_changes() -> None:
    sealed = {f"{one.column.table.name}.{one.column.name}" for one in SEALED}
    assert _columns(sa.LargeBinary) == sealed


def test_what_is_sealed_is_called_so() -> None:
    assert all(one.column.name.endswith("sealed") for one in SEALED)
