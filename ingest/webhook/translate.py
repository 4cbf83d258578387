# SPDX-License-Identifier: EUPL-1.2
"""From an event of an app to an item of ours; pure, and silent about what it sees."""

from __future__ import annotations

from datetime import datetime

from core.message import Change, Command, Item, Joined, Message, Moved, Removed, Role
from ingest.webhook.event import (
    AppRole,
    Commanded,
    Created,
    Deleted,
    Edited,
    Event,
    GroupJoined,
    GroupMoved,
    GroupRemoved,
    Post,
)
from ingest.webhook.sender import SOURCE, Sender

_ROLES = {AppRole.OWNER: Role.OWNER, AppRole.ADMIN: Role.ADMIN, AppRole.MEMBER: Role.MEMBER}


def translate(event: Event, sender: Sender, delivery: str, now: datetime) -> Item:
    """Return the item; ``delivery`` names an event that has no id of its own."""
    chat = sender.own(event.group.id)
    match event:
        case Created():
            return _message(event.message, chat, sender, Change.NEW, "")
        case Edited():
            at = event.message.edited_at
            revision = at.isoformat() if at else delivery
            return _message(event.message, chat, sender, Change.EDIT, revision)
        case Deleted():
            return _deleted(event.message.id, chat, sender, now)
        case Commanded():
            return _command(event, chat, sender)
        case _:
            return _deed(event, chat, sender, event.id or delivery)


def _deed(
    event: GroupJoined | GroupRemoved | GroupMoved, chat: str, sender: Sender, external_id: str
) -> Item:
    match event:
        case GroupJoined():
            return Joined(
                source=SOURCE,
                chat=chat,
                name=event.group.name,
                external_id=external_id,
                at=event.at,
            )
        case GroupRemoved():
            return Removed(source=SOURCE, chat=chat, external_id=external_id, at=event.at)
        case GroupMoved():
            return Moved(
                source=SOURCE,
                chat=chat,
                new_chat=sender.own(event.group.new_id),
                external_id=external_id,
                at=event.at,
            )


def _message(post: Post, chat: str, sender: Sender, change: Change, revision: str) -> Message:
    return Message(
        source=SOURCE,
        chat=chat,
        external_id=post.id,
        sender=sender.own(post.sender),
        sent_at=post.sent_at,
        text=post.text,
        origin=sender.origin,
        change=change,
        revision=revision,
        reply_to=post.reply_to,
        keep_private=post.keep_private,
    )


def _deleted(external_id: str, chat: str, sender: Sender, now: datetime) -> Message:
    return Message(
        source=SOURCE,
        chat=chat,
        external_id=external_id,
        sender="",
        sent_at=now,
        text="",
        origin=sender.origin,
        change=Change.DELETE,
    )


def _command(event: Commanded, chat: str, sender: Sender) -> Command:
    order = event.command
    return Command(
        source=SOURCE,
        chat=chat,
        name=order.name.strip().lower().lstrip("/"),
        sender=sender.own(order.sender),
        role=_ROLES[order.role],
        external_id=order.id,
        at=order.at,
        reply_to=order.reply_to,
        argument=order.argument.strip(),
    )
