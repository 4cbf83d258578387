# SPDX-License-Identifier: EUPL-1.2
"""How large, how old and how odd something may be to come in at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

#: Longest text that is read, in bytes of UTF-8.
MOST_BYTES = 64 * 1024
#: Clocks of sources may run ahead this far.
AHEAD = timedelta(minutes=10)
#: A wrong zone or summer time sets a clock whole hours off; such messages are not thrown away.
SKEWED = timedelta(hours=2)
#: A source keeps what was said waiting for this long at most; an older date is a mistake.
WAITS = timedelta(hours=48)
#: No source of ours has messages from before.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: Longest id of a chat or message.
ID_LENGTH = 200

#: Control characters and halves of surrogate pairs; no source puts them in an id.
_ODD = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def is_id(text: str) -> bool:
    """Whether a source can have given this as the id of a chat or message."""
    return 0 < len(text) <= ID_LENGTH and not _ODD.search(text)


def is_dated(at: datetime, now: datetime, *, ahead: timedelta = AHEAD) -> bool:
    """Whether something can have happened then: from 2000 on, not in the future, with a zone."""
    return at.tzinfo is not None and EARLIEST <= at <= now + ahead


def surely_by(at: datetime, now: datetime) -> datetime:
    """Return the moment for which consent must hold for what was dated ``at``.

    A date that lies an hour ahead is of a clock that runs at least an hour ahead, so what it
    dated may be an hour older than it came in.
    """
    return at if at <= now + AHEAD else now - (at - now)


def when_said(at: datetime, now: datetime) -> datetime:
    """Return when a command was given: as its source says, where that makes sense."""
    if not is_dated(at, now):
        return now
    return max(min(at, now), now - WAITS)


def fits(text: str) -> bool:
    """Whether a text is short enough to be read."""
    if len(text) > MOST_BYTES:
        return False
    return len(text.encode("utf-8", "surrogatepass")) <= MOST_BYTES
