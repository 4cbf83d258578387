# SPDX-License-Identifier: EUPL-1.2
"""A public post as X tells of it, without who wrote it: that is never asked for.

docs.x.com: x-api/fundamentals/data-dictionary (Post), x-api/fundamentals/edit-posts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from core.message import Change, Message, Origin
from core.order import Order
from ingest.feed import moment

#: Name of the connector.
SOURCE = "x"
#: The only fields that are asked for; ``author_id`` is not among them.
FIELDS = ("created_at", "edit_history_tweet_ids", "note_tweet")
#: Ids hold their moment: milliseconds since this one, above 22 bits.
_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
_BITS = 22

Post = Mapping[str, Any]


def is_post(post: object) -> bool:
    """Whether this has the shape of a post that can be read."""
    return (
        isinstance(post, Mapping)
        and number_of(post.get("id")) > 0
        and isinstance(post.get("text"), str)
        and moment(post.get("created_at")) is not None
    )


def number_of(id: object) -> int:
    """Return an id as a number, or 0 when it is none."""
    return int(id) if isinstance(id, str) and id.isascii() and id.isdigit() else 0


def id_at(at: datetime) -> int:
    """Return the smallest id that a post of this moment can have."""
    return max(0, (at - _EPOCH) // timedelta(milliseconds=1)) << _BITS


def moment_of(id: int) -> datetime:
    """Return when a post with this id was written."""
    return _EPOCH + timedelta(milliseconds=id >> _BITS)


def history_of(post: Post) -> tuple[str, ...]:
    """Return the ids of all versions of a post, the first one first."""
    found = post.get("edit_history_tweet_ids")
    ids = [id for id in found if number_of(id)] if isinstance(found, list) else []
    return tuple(sorted(ids, key=number_of)) or (str(post["id"]),)


def text_of(post: Post) -> str:
    """Return all words of a post, of a long one too."""
    note = post.get("note_tweet")
    whole = note.get("text") if isinstance(note, Mapping) else None
    return whole if isinstance(whole, str) else str(post["text"])


def message_of(order: Order, post: Post) -> Message:
    """Return what a post says, for one order; every version is one and the same message."""
    first, id = history_of(post)[0], str(post["id"])
    edited = id != first
    return Message(
        source=SOURCE,
        chat=order.id,
        external_id=first,
        # Nobody knows here who wrote it, so no two posts are of one writer.
        sender=f"post {first}",
        sent_at=moment_of(number_of(first)) if edited else moment(post["created_at"]) or _EPOCH,
        text=text_of(post),
        origin=Origin.PUBLIC,
        change=Change.EDIT if edited else Change.NEW,
        revision=id if edited else "",
    )
