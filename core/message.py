# SPDX-License-Identifier: EUPL-1.2
"""What a connector hands over, and what is left of it after the gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ownreport import OwnReport


class Origin(StrEnum):
    """What kind of source a text comes from; their share of noise differs hugely."""

    CHAT = "chat"
    PUBLIC = "public"
    REPORT = "report"


class Change(StrEnum):
    """What happened to a message in its source."""

    NEW = "new"
    EDIT = "edit"
    DELETE = "delete"


class Role(StrEnum):
    """What somebody is in a group, as the source itself states it."""

    OWNER = "eigenaar"
    ADMIN = "beheerder"
    MEMBER = "lid"
    #: The source's own system, or the app that carries the group.
    PLATFORM = "platform"

    @property
    def governs(self) -> bool:
        """Whether this role may give or withdraw consent for the group."""
        return self is not Role.MEMBER


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Message:
    """One message as the outside world gave it; lives in memory only.

    ``repr`` is left out on purpose: a message in a traceback must not show its text.
    """

    #: Connector name, ``telegram``, ``webhook`` …
    source: str
    #: The chat's id in that source.
    chat: str
    #: The message's id, unique within the chat.
    external_id: str
    #: Who wrote it, as the source names them. Never goes past the gate.
    sender: str
    #: When it was written, with zone.
    sent_at: datetime
    text: str
    origin: Origin = Origin.CHAT
    change: Change = Change.NEW
    #: Tells revisions of one message apart (edit date); empty for the first.
    revision: str = ""
    #: ``external_id`` of the message this one answers.
    reply_to: str | None = None
    #: The writer asked not to pass this message on.
    keep_private: bool = False
    #: What came along with a report that somebody made on purpose, on a form of ours.
    own: OwnReport | None = None

    def __repr__(self) -> str:
        return f"<Message {self.source} {self.change}>"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Command:
    """Something a person asked of the bot: ``/toestemming``, ``/stop`` …

    ``repr`` is left out on purpose: it would show who asked, and their words.
    """

    source: str
    chat: str
    #: Without slash, lower case, as in ``ingest.commands``: toestemming, stop, status …
    name: str
    sender: str
    #: As the source itself said at this very moment; never cached.
    role: Role
    external_id: str
    at: datetime
    #: ``external_id`` of the message that the command answers.
    reply_to: str | None = None
    #: The words behind the command.
    argument: str = ""

    def __repr__(self) -> str:
        return f"<Command {self.source}>"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Joined:
    """The bot was added to a group; its name can be a person's, so ``repr`` leaves it out."""

    source: str
    chat: str
    name: str
    external_id: str
    at: datetime

    def __repr__(self) -> str:
        return f"<Joined {self.source}>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """The bot was removed from a group; counts as withdrawal."""

    source: str
    chat: str
    external_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A group got a new id in its source; its consent history goes along."""

    source: str
    chat: str
    new_chat: str
    external_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A municipality offers a report form: who sends it in consents to that one report.

    Comes along with every report and counts once for each wording.
    """

    source: str
    chat: str
    #: What groups call it on our pages.
    name: str
    #: Version of the text that people saw when they sent it in.
    text_version: str
    external_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How much was written in public in one hour; nothing of what, or by whom."""

    source: str
    #: The monitoring order that it was counted for.
    chat: str
    #: Names the hour, so that it counts once.
    external_id: str
    #: When the hour began.
    at: datetime
    n: int


Item = Message | Command | Joined | Removed | Moved | Opened | Counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Items in the order of the source, with the cursor that follows them."""

    #: Municipality slug.
    tenant: str
    #: Connector name.
    source: str
    items: tuple[Item, ...]
    #: Names the stream inside the source whose cursor this is (bot id, file …).
    stream: str = ""
    #: Where to go on after these items are stored; None for push sources.
    cursor: str | None = None

    @property
    def steers(self) -> bool:
        """Whether it holds anything but new messages: commands, edits, deletions, removals."""
        return any(
            not isinstance(item, Message) or item.change is not Change.NEW for item in self.items
        )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Admitted:
    """A message that passed the gate: consent is there, the sender is a pseudonym."""

    tenant: str
    #: Our own group id.
    group: str
    source: str
    #: ``external_id`` in the source; needed for edits, deletions and replies.
    external_id: str
    #: HMAC of the sender, per tenant and period (hex, 32 characters).
    pseudonym: str
    #: HMAC that names this revision of this message once and for all (hex, 64 characters).
    dedup_key: str
    sent_at: datetime
    received_at: datetime
    text: str
    origin: Origin
    change: Change
    reply_to: str | None = None
    own: OwnReport | None = None

    def __repr__(self) -> str:
        return f"<Admitted {self.source} {self.change} {self.dedup_key[:8]}>"
