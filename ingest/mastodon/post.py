# SPDX-License-Identifier: EUPL-1.2
"""A public post as Mastodon tells of it, and what of it may be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.message import Change, Message, Origin
from core.order import Order
from ingest.feed import moment
from ingest.limits import is_id
from ingest.markup import words_of

#: Name of the connector.
SOURCE = "mastodon"

#: What people write in their profile to be left alone by programs.
_ALONE = re.compile(r"#\s?no-?(?:bots?|index|archive)\b", re.IGNORECASE)

Status = Mapping[str, Any]


def refusal(order: Order, post: Status) -> str | None:
    """Say why a post may not be read: not public, somebody else's, or the writer objects."""
    account = post.get("account")
    if not isinstance(account, Mapping) or written(post) is None:
        return "malformed"
    if post.get("visibility") != "public" or post.get("reblog"):
        return "not-public"
    if account.get("indexable") is False or account.get("noindex") is True:
        return "not-indexable"
    if _ALONE.search(words_of(str(account.get("note") or ""))):
        return "no-bots"
    return None if order.topic.matches(text_of(post)) else "off-topic"


def message_of(order: Order, post: Status) -> Message:
    """Return what a post says, for one order."""
    revision = revision_of(post)
    return Message(
        source=SOURCE,
        chat=order.id,
        external_id=id_of(post),
        sender=str(post["account"].get("url") or post["account"].get("acct") or ""),
        sent_at=written(post) or order.begins,
        text=text_of(post),
        origin=Origin.PUBLIC,
        change=Change.EDIT if revision else Change.NEW,
        revision=revision,
    )


def text_of(post: Status) -> str:
    """Return the words of a post, with its warning above them."""
    parts = (post.get("spoiler_text"), words_of(str(post.get("content") or "")))
    return "\n".join(str(part) for part in parts if part)


def revision_of(post: Status) -> str:
    """Return when a post was last edited; empty for the first words."""
    edited = moment(post.get("edited_at"))
    return edited.isoformat() if edited else ""


def written(post: Status) -> datetime | None:
    """Return when a post was written, or None when it does not say."""
    return moment(post.get("created_at"))


def id_of(post: Status) -> str:
    """Return the id of a post; empty when it has none of Mastodon's."""
    id = post.get("id")
    return id if isinstance(id, str) and is_id(id) else ""


def rank(id: str) -> tuple[int, str]:
    """Order ids as Mastodon gives them out: numbers that are written as text."""
    return (len(id), id)


def in_order(found: Mapping[str, Status]) -> list[Status]:
    """Return posts, oldest first."""
    return [found[id] for id in sorted(found, key=rank)]
