# SPDX-License-Identifier: EUPL-1.2
"""Finds its way in the answer to a sync, whatever a server puts there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.matrix.translate import Event


def joined(sync: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the rooms of a sync that we are in."""
    return part(sync, "join")


def part(sync: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the rooms under ``name`` in a sync; those that are no table are left out."""
    rooms = sync.get("rooms")
    found = rooms.get(name) if isinstance(rooms, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    return {room: news for room, news in found.items() if isinstance(news, Mapping)}


def timeline(news: Mapping[str, Any]) -> list[Event]:
    """Return the events of a room in a sync; what is no event is left out."""
    found = news.get("timeline")
    events = found.get("events") if isinstance(found, Mapping) else None
    return [event for event in events or () if isinstance(event, Mapping)]


def in_order(events: Sequence[Event]) -> list[Event]:
    """Return each event once; pages of history may overlap what the sync gave."""
    return list({str(event.get("event_id")): event for event in events}.values())
