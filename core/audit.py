# SPDX-License-Identifier: EUPL-1.2
"""What is written down about every deed: ``subject:object:action``, never a message text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

#: The hash that the first line of a chain follows.
GENESIS = "0" * 64


class Tag(StrEnum):
    """Every kind of deed that is audited (BIO2 8.15.01, Wpg 32a, AI Act 12)."""

    CONSENT_REQUESTED = "group:consent:request"
    CONSENT_GRANTED = "group:consent:grant"
    CONSENT_WITHDRAWN = "group:consent:withdraw"
    GROUP_MOVED = "group:id:move"
    GROUP_MODE_CHANGED = "group:mode:change"
    GROUP_SIGNED_UP = "group:signup:request"
    GROUP_LINKED = "group:signup:link"
    GROUP_APPROVED = "account:signup:approve"
    GROUP_REFUSED = "account:signup:refuse"
    ADMIN_INVITED = "admin:link:make"
    ADMIN_CONFIRMED = "admin:link:use"
    ADMIN_REMINDED = "system:admin:remind"
    ADMIN_MUTED = "admin:reminders:stop"
    ADMIN_UNMUTED = "admin:reminders:start"
    ADMIN_LEFT = "admin:group:leave"
    ADMINS_EXPORTED = "account:admins:export"
    ADMINS_IMPORTED = "account:admins:import"
    MEMBER_OPTED_OUT = "member:reading:refuse"
    MEMBER_OPTED_IN = "member:reading:allow"
    SIGNAL_COLLECTED = "system:signal:collect"
    SIGNAL_CHANGED = "system:signal:change"
    SIGNAL_CONSULTED = "account:signal:consult"
    SIGNAL_DECIDED = "account:signal:decide"
    DECISION_UNDONE = "account:decision:undo"
    DECISION_RETRACTED = "account:decision:retract"
    DECISION_EXPLAINED = "account:decision:explain"
    SIGNAL_ACKNOWLEDGED = "account:signal:acknowledge"
    SIGNAL_ESCALATED = "system:signal:escalate"
    SIGNAL_SNOOZED = "account:signal:snooze"
    SIGNAL_WOKEN = "account:signal:wake"
    SNOOZE_ENDED = "system:signal:wake"
    SCORES_SWITCHED_OFF = "account:scores:stop"
    SCORES_SWITCHED_ON = "account:scores:start"
    INCIDENT_MERGED = "account:incident:merge"
    INCIDENT_SPLIT = "account:incident:split"
    INCIDENT_CLOSED = "system:incident:close"
    REPORT_DISCLOSED = "system:report:disclose"
    REPORT_FAILED = "system:report:fail"
    REPORT_RESENT = "account:report:resend"
    REPORT_RETRACTED = "account:report:retract"
    QUESTION_ASKED = "account:question:ask"
    TIP_SENT = "account:tip:send"
    ANSWER_RECEIVED = "member:question:answer"
    ORDER_REQUESTED = "account:order:request"
    ORDER_APPROVED = "account:order:approve"
    ORDER_STOPPED = "account:order:stop"
    DATA_SHOWN = "member:data:consult"
    DATA_ERASED = "system:data:erase"
    VIEW_EXPORTED = "account:view:export"
    EXPORT_SETTLED = "account:export:settle"
    TEXTS_SEARCHED = "account:text:search"
    DOSSIER_OPENED = "account:dossier:open"
    DOSSIER_CHANGED = "account:dossier:change"
    DOSSIER_CONSULTED = "account:dossier:consult"
    DOSSIER_CLOSED = "account:dossier:close"
    AUDIT_CONSULTED = "account:audit:consult"
    EXPORT_UPLOADED = "account:export:upload"
    ROOM_OPENED = "account:room:open"
    ROOM_CLOSED = "account:room:close"
    ROOM_FILLED = "account:room:fill"
    ITEM_CONSULTED = "account:item:consult"
    ITEM_LABELLED = "account:item:label"
    ITEM_RULED = "account:item:rule"
    LABEL_UNDONE = "account:label:undo"
    DATASET_EXPORTED = "account:dataset:export"
    SURVEY_MADE = "account:survey:make"
    SURVEY_STOPPED = "account:survey:stop"
    SURVEY_SENT = "system:survey:send"
    SURVEY_CONSULTED = "account:survey:consult"
    FIGURES_EXPORTED = "account:figures:export"
    MODELS_COMPARED = "account:model:compare"
    MODEL_ACTIVATED = "account:model:activate"
    LESSON_STARTED = "account:lesson:start"
    LESSON_ENDED = "account:lesson:end"
    LOGIN_SUCCEEDED = "account:session:open"
    LOGIN_FAILED = "account:session:refuse"
    LOGGED_OUT = "account:session:close"
    ACCOUNT_CREATED = "account:account:create"
    ACCOUNT_CHANGED = "account:account:change"
    PROGRAM_ADMITTED = "account:token:make"
    PROGRAM_DISMISSED = "account:token:revoke"


class Result(StrEnum):
    """How the deed ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEvent:
    """One deed: action, object, result, origin, actor and moment."""

    tag: Tag
    tenant: str
    #: Account name, ``system`` or a pseudonym; never a phone number or handle.
    actor: str
    #: What it was done to: ``signal/<id>``, ``group/<id>`` …
    object: str
    at: datetime
    result: Result = Result.DONE
    #: Through which door: ``web``, ``api``, ``cli``, ``worker`` or the connector's name.
    origin: str = "worker"
    #: Counts, ids and codes only; never words of a citizen.
    detail: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


def chain(event: AuditEvent, previous: str) -> str:
    """Return the hash (hex SHA-256) of ``event`` on top of the ``previous`` line's hash."""
    line = json.dumps(
        {
            "tag": event.tag.value,
            "tenant": event.tenant,
            "actor": event.actor,
            "object": event.object,
            "at": event.at.isoformat(),
            "result": event.result.value,
            "origin": event.origin,
            "detail": dict(event.detail),
            "previous": previous,
        },
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(line.encode()).hexdigest()
