# SPDX-License-Identifier: EUPL-1.2
"""A post as a Jetstream tells of it, and the message it becomes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from core.message import Change, Message, Origin
from core.order import Order
from ingest.feed import moment

#: Name of the connector.
SOURCE = "bluesky"
#: The only kind of record that is asked for.
POSTS = "app.bsky.feed.post"
#: What a writer says who wants to be shown to nobody without an account.
_ALONE = "!no-unauthenticated"

Event = Mapping[str, Any]


def read_event(raw: str | bytes) -> dict[str, Any]:
    """Return an object in JSON; an empty one for anything else."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def micros(at: datetime) -> int:
    """Return a moment as a Jetstream counts: in microseconds since 1970."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def written(record: Event, time_us: int) -> datetime:
    """Return when a post was written: as it says, and never after the stream told of it."""
    heard = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)
    said = moment(record.get("createdAt"))
    return min(said, heard) if said else heard


def text_of(record: Event) -> str:
    """Return the words of a post, with the hashtags that stand beside them."""
    tags = record.get("tags")
    extra = [f"#{tag}" for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return " ".join([str(record["text"]), *extra])


def labelled(labels: object) -> bool:
    """Whether the writer wants to be left alone; odd labels count as that wish."""
    if not isinstance(labels, list):
        return True
    return any(isinstance(label, Mapping) and label.get("val") == _ALONE for label in labels)


def digest(text: str) -> str:
    """Return a name that tells nobody who or what it stands for."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def message_of(
    order: Order, id: str, did: str, written: datetime, text: str, revision: str
) -> Message:
    """Return what a post says, for one order."""
    return Message(
        source=SOURCE,
        chat=order.id,
        external_id=id,
        sender=did,
        sent_at=written,
        text=text,
        origin=Origin.PUBLIC,
        change=Change.EDIT if revision else Change.NEW,
        revision=revision,
    )
