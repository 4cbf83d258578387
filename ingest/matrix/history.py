# SPDX-License-Identifier: EUPL-1.2
"""What was said while we were away: a sync gives the newest part of it only."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ingest.matrix.translate import Event

#: Nothing else is asked for: no reactions, no receipts, no presence, no typing.
EVENTS = (
    "m.room.message",
    "m.room.encrypted",
    "m.room.redaction",
    "m.room.member",
    "m.room.encryption",
    "m.room.tombstone",
)
#: Events in one page.
PAGE = 100
_NOTHING: dict[str, Any] = {"types": []}
FILTER = json.dumps(
    {
        "presence": _NOTHING,
        "account_data": _NOTHING,
        "room": {
            "account_data": _NOTHING,
            "ephemeral": _NOTHING,
            "state": {"types": ["m.room.member"], "lazy_load_members": True},
            "timeline": {"types": list(EVENTS), "limit": 50},
        },
    }
)
#: For a look at the invitations alone.
INVITATIONS = json.dumps(
    {
        "presence": _NOTHING,
        "account_data": _NOTHING,
        "room": {
            "account_data": _NOTHING,
            "ephemeral": _NOTHING,
            "state": _NOTHING,
            "timeline": {**_NOTHING, "limit": 1},
        },
    }
)
_PAGE: dict[str, str | int] = {
    "dir": "b",
    "limit": PAGE,
    "filter": json.dumps({"types": list(EVENTS)}),
}

#: Asks for one page of a room's history, given the query.
Page = Callable[[Mapping[str, str | int]], Awaitable[Mapping[str, Any]]]


async def gap(page: Page, start: str, since: str, user: str) -> list[Event]:
    """Return the events between ``since`` and ``start``, oldest first.

    Before our own arrival nothing is asked for: that was not said to us.
    """
    found: list[Event] = []
    token: str | None = start
    while token is not None:
        answer = await page(_PAGE | {"from": token, "to": since})
        chunk = [event for event in answer.get("chunk") or () if isinstance(event, Mapping)]
        found += chunk
        after = answer.get("end")
        more = isinstance(after, str) and after != token
        token = after if more and not any(arrives(event, user) for event in chunk) else None
    return found[::-1]


def arrives(event: Event, user: str) -> bool:
    """Whether this is ``user`` coming in from outside, and not a new name or picture."""
    if not _is_membership(event, user, "join"):
        return False
    unsigned = event.get("unsigned")
    before = unsigned.get("prev_content") if isinstance(unsigned, Mapping) else None
    return not (isinstance(before, Mapping) and before.get("membership") == "join")


def departs(event: Event, user: str) -> bool:
    """Whether ``user`` left, or was put out."""
    return any(_is_membership(event, user, how) for how in ("leave", "ban"))


def since_arrival(events: Sequence[Event], user: str) -> Sequence[Event]:
    """Leave out what came before ``user`` came in (for the last time)."""
    found = [n for n, event in enumerate(events) if arrives(event, user)]
    return events[found[-1] :] if found else events


def _is_membership(event: Event, user: str, membership: str) -> bool:
    content = event.get("content")
    return (
        event.get("type") == "m.room.member"
        and event.get("state_key") == user
        and isinstance(content, Mapping)
        and content.get("membership") == membership
    )
