# SPDX-License-Identifier: EUPL-1.2
"""What an app can tell us; ``docs/reference/webhook.md`` describes it for its makers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

Id = Annotated[str, Meta(min_length=1, max_length=120)]
#: RFC 3339, with zone.
Moment = Annotated[datetime, Meta(tz=True)]
Name = Annotated[str, Meta(max_length=200)]
Argument = Annotated[str, Meta(max_length=200)]


class AppRole(StrEnum):
    """What somebody is in a group; the app vouches for it."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Group(Struct, frozen=True, kw_only=True):
    """A group of the app."""

    id: Id
    name: Name = ""


class Renumbered(Struct, frozen=True, kw_only=True):
    """A group that got another id."""

    id: Id
    new_id: Id


class Post(Struct, frozen=True, kw_only=True):
    """A message in a group."""

    id: Id
    sender: Id
    sent_at: Moment
    text: str
    reply_to: Id | None = None
    keep_private: bool = False
    #: Tells edits of one message apart.
    edited_at: Moment | None = None


class Gone(Struct, frozen=True, kw_only=True):
    """A message that was deleted."""

    id: Id


class Order(Struct, frozen=True, kw_only=True):
    """A command."""

    id: Id
    name: Name
    role: AppRole
    sender: Id
    at: Moment
    argument: Argument = ""
    reply_to: Id | None = None


class Created(Struct, frozen=True, kw_only=True, tag="message.created", tag_field="type"):
    """Somebody wrote a message."""

    group: Group
    message: Post


class Edited(Struct, frozen=True, kw_only=True, tag="message.edited", tag_field="type"):
    """Somebody changed a message."""

    group: Group
    message: Post


class Deleted(Struct, frozen=True, kw_only=True, tag="message.deleted", tag_field="type"):
    """Somebody deleted a message."""

    group: Group
    message: Gone


class Commanded(Struct, frozen=True, kw_only=True, tag="command", tag_field="type"):
    """Somebody asked something of the bot."""

    group: Group
    command: Order


class GroupJoined(Struct, frozen=True, kw_only=True, tag="group.joined", tag_field="type"):
    """A group switched the connection on; nothing is read before its consent."""

    group: Group
    at: Moment
    id: Id | None = None


class GroupRemoved(Struct, frozen=True, kw_only=True, tag="group.removed", tag_field="type"):
    """A group switched the connection off; counts as withdrawal."""

    group: Group
    at: Moment
    id: Id | None = None


class GroupMoved(Struct, frozen=True, kw_only=True, tag="group.moved", tag_field="type"):
    """A group got another id."""

    group: Renumbered
    at: Moment
    id: Id | None = None


Event = Created | Edited | Deleted | Commanded | GroupJoined | GroupRemoved | GroupMoved
#: All values of ``type``, for messages.
TYPES = (
    "message.created",
    "message.edited",
    "message.deleted",
    "command",
    "group.joined",
    "group.removed",
    "group.moved",
)
