# SPDX-License-Identifier: EUPL-1.2
"""What is said to a group, as an outbox row: durable, and never said twice."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from store.consent import Group
from store.outbox import OutboxRow

#: The target that speaks in the groups themselves.
TARGET = "group"


def once_key(salt: bytes, *names: str) -> str:
    """Return the key (64 hex) of something that is said once for all these names."""
    return hmac.new(salt, "|".join(names).encode(), hashlib.sha256).hexdigest()


def reply(
    group: Group,
    text: str,
    *,
    id: str,
    key: str,
    at: datetime,
    reply_to: str | None = None,
    signal: str | None = None,
) -> OutboxRow:
    """Return the row that makes the bot say ``text`` in ``group``, in answer to a message."""
    return OutboxRow(
        id=id,
        tenant=group.tenant,
        kind="reply",
        target=TARGET,
        group_id=group.id,
        signal_id=signal,
        payload={"source": group.source, "chat": group.chat, "text": text, "reply_to": reply_to},
        idempotency_key=key,
        created_at=at,
        due_at=at,
    )
