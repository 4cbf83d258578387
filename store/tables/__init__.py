# SPDX-License-Identifier: EUPL-1.2
"""All tables, for SQLite and PostgreSQL alike; each file holds those of one noun.

Moments are stored in UTC. Columns called ``sealed`` hold bytes from ``store.seal``
(encrypted with the key from the settings); nothing else holds a citizen's words,
except ``masked``, in which personal data is replaced.
"""

from __future__ import annotations

from store.columns import metadata
from store.tables.account import accounts, sessions, tokens
from store.tables.desk import decisions, looks, queue_items, steps, switches
from store.tables.dossier import dossier_notes, dossier_signals, dossiers
from store.tables.export import export_signals, exports
from store.tables.group import consent_events, erasures, groups, member_choices
from store.tables.intake import actions, counters, cursors, seen
from store.tables.order import order_events, orders
from store.tables.question import answers, questions
from store.tables.registry import admin_links, admin_sessions, admins, ratings, signups
from store.tables.room import room_answers, room_datasets, room_items, rooms, shadow_counts
from store.tables.sending import handovers, outbox
from store.tables.signal import incidents, reports, signals
from store.tables.survey import (
    rating_links,
    survey_answers,
    survey_counts,
    survey_groups,
    survey_words,
    surveys,
)
from store.tables.trail import audit, events, heads

__all__ = [
    "accounts",
    "actions",
    "admin_links",
    "admin_sessions",
    "admins",
    "answers",
    "audit",
    "consent_events",
    "counters",
    "cursors",
    "decisions",
    "dossier_notes",
    "dossier_signals",
    "dossiers",
    "erasures",
    "events",
    "export_signals",
    "exports",
    "groups",
    "handovers",
    "heads",
    "incidents",
    "looks",
    "member_choices",
    "metadata",
    "order_events",
    "orders",
    "outbox",
    "questions",
    "queue_items",
    "rating_links",
    "ratings",
    "reports",
    "room_answers",
    "room_datasets",
    "room_items",
    "rooms",
    "seen",
    "sessions",
    "shadow_counts",
    "signals",
    "signups",
    "steps",
    "survey_answers",
    "survey_counts",
    "survey_groups",
    "survey_words",
    "surveys",
    "switches",
    "tokens",
]
