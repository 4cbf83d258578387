# SPDX-License-Identifier: EUPL-1.2
"""A public post that is gone, hidden, or may not be read any more."""

from __future__ import annotations

from datetime import datetime

from core.message import Change, Message, Origin


def gone(source: str, order: str, id: str, sent_at: datetime) -> Message:
    """Return the message that erases a post: no words, and nobody who wrote it.

    ``sent_at`` is when the post itself was written.
    """
    return Message(
        source=source,
        chat=order,
        external_id=id,
        sender="",
        sent_at=sent_at,
        text="",
        origin=Origin.PUBLIC,
        change=Change.DELETE,
    )
