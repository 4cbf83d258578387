# SPDX-License-Identifier: EUPL-1.2
"""What coming into a room, leaving it and its replacement mean for consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.message import Item, Joined, Moved, Removed
from ingest.matrix.address import SOURCE
from ingest.matrix.translate import Event, moment

#: Stands for "nobody said when"; the gate then counts from when it hears of it.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def arrival(event: Event, room: str, state: Sequence[Event], before: str | None) -> list[Item]:
    """Return what our coming in from outside means.

    Who comes in was outside, also when nobody told us so: thrown out and invited again while we
    were away looks just like this. So consent of before ends first. It only comes along from
    ``before``, the room that this one replaces.
    """
    at, external_id = moment(event), str(event["event_id"])
    items: list[Item] = [Removed(source=SOURCE, chat=room, external_id=external_id, at=at)]
    if before is not None:
        items.append(
            Moved(source=SOURCE, chat=before, new_chat=room, external_id=external_id, at=at)
        )
    items.append(present(event, room, state))
    return items


def present(event: Event, room: str, state: Sequence[Event]) -> Joined:
    """Return that we are in a room."""
    name = content_of(state, "m.room.name").get("name")
    return Joined(
        source=SOURCE,
        chat=room,
        name=name if isinstance(name, str) else "",
        external_id=str(event["event_id"]),
        at=moment(event),
    )


def departure(event: Event | None, room: str, cursor: str) -> Removed:
    """Return that we are out; ``cursor`` names it when the server does not show the event."""
    if event is None:
        return Removed(source=SOURCE, chat=room, external_id=f"uit-{cursor}"[:200], at=UNDATED)
    return Removed(source=SOURCE, chat=room, external_id=str(event["event_id"]), at=moment(event))


def predecessor(state: Sequence[Event]) -> str | None:
    """Return the room that this one says it replaces."""
    before = content_of(state, "m.room.create").get("predecessor")
    room = before.get("room_id") if isinstance(before, Mapping) else None
    return room if isinstance(room, str) else None


def content_of(state: Sequence[Event], kind: str) -> Mapping[str, Any]:
    """Return the content of a piece of state; empty when it is not there."""
    for event in state:
        if event.get("type") == kind and event.get("state_key") == "":
            content = event.get("content")
            return content if isinstance(content, Mapping) else {}
    return {}
