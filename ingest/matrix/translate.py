# SPDX-License-Identifier: EUPL-1.2
"""From an event in a room to an item of ours; pure, and silent about what it sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from core.message import Change, Command, Message, Role
from ingest.matrix.address import SOURCE
from ingest.telegram.order import REPORT, Order, order_in

Event = Mapping[str, Any]

#: Kinds of message whose body is what somebody typed.
_TYPED = frozenset({"m.text", "m.emote"})
#: Kinds that may carry a caption beside the name of a file.
_CAPTIONED = frozenset({"m.image", "m.video", "m.audio", "m.file"})


class Skipped(StrEnum):
    """Why an event is nothing to us; only counted."""

    #: It could not be understood at all.
    MALFORMED = "malformed"
    #: A kind of event that we did not ask for.
    OTHER = "other"
    #: What we said ourselves.
    OWN = "own"
    #: Notices: other programs speak with them.
    BOT = "bot"
    #: A command for another bot.
    ANOTHER_BOT = "another-bot"
    #: A picture or voice message without words, or one that is erased already.
    NO_TEXT = "no-text"
    #: An edit of what somebody else wrote, or of what we cannot see.
    NOT_THEIRS = "not-theirs"
    #: Encrypted, and we have no key for it.
    LOCKED = "locked"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Edit:
    """New words for an earlier message; whose that was and when is still to be asked."""

    target: str
    event: Event

    def __repr__(self) -> str:
        return "<Edit>"


def translate(event: Event, room: str, user: str, name: str) -> Message | Command | Edit | Skipped:
    """Return what ``event`` says; everybody who commands has the role of a member here."""
    if event["sender"] == user:
        # Our own words may be erased by others, but then the eraser is the sender.
        return Skipped.OWN
    if event["type"] == "m.room.redaction":
        return _erased(event, room)
    if event["type"] != "m.room.message":
        return Skipped.OTHER
    relation = _mapping(event["content"].get("m.relates_to"))
    if relation.get("rel_type") == "m.replace":
        return Edit(target=_text(relation["event_id"]), event=event)
    return _words(event, event["content"], room, name)


def edited(edit: Edit, original: Event, room: str, name: str) -> Message | Command | Skipped:
    """Return what an edit says, now that the event it changes is known."""
    new = edit.event["content"].get("m.new_content")
    # Servers pass on edits by anybody; only the writer's own counts.
    if not isinstance(new, Mapping) or original["sender"] != edit.event["sender"]:
        return Skipped.NOT_THEIRS
    return _words(edit.event, new, room, name, original=original)


def moment(event: Event) -> datetime:
    """Return when the sender's server says it happened; ``ValueError`` when that is no time."""
    stamp = event["origin_server_ts"]
    if type(stamp) is not int or not 0 <= stamp < 253_402_300_800_000:
        raise ValueError("no time stamp")
    return datetime.fromtimestamp(stamp / 1000, UTC)


def _erased(event: Event, room: str) -> Message:
    # Up to room version 10 beside the content, from 11 on inside it.
    target = event["content"].get("redacts") or event.get("redacts")
    return Message(
        source=SOURCE,
        chat=room,
        external_id=_text(target),
        sender=_text(event["sender"]),
        sent_at=moment(event),
        text="",
        change=Change.DELETE,
        revision=_text(event["event_id"]),
    )


def _words(
    event: Event, content: Mapping[str, Any], room: str, name: str, original: Event | None = None
) -> Message | Command | Skipped:
    text = _typed(content, event["content"])
    if isinstance(text, Skipped):
        # An edit that leaves no words goes on: what was made of the earlier words must go.
        if original is None or text is not Skipped.NO_TEXT:
            return text
        text = ""
    order = order_in(f"/{text[1:]}" if text.startswith("!") else text, name)
    if order is None:
        return _message(event, text, room, original)
    if order.for_another:
        return Skipped.ANOTHER_BOT
    if order.name == REPORT:
        return _message(event, order.argument, room, original)
    return _command(event, order, room, original)


def _typed(content: Mapping[str, Any], outer: Mapping[str, Any]) -> str | Skipped:
    kind, body = content.get("msgtype"), content.get("body", "")
    if kind == "m.notice":
        return Skipped.BOT
    if not isinstance(body, str):
        return Skipped.MALFORMED
    if kind in _CAPTIONED:
        # Without a name of its own, the body is the name of the file.
        named = content.get("filename")
        body = body if isinstance(named, str) and named != body else ""
    elif kind not in _TYPED:
        return Skipped.NO_TEXT
    words = _unquoted(body) if _answers(outer) else body
    return words if words.strip() else Skipped.NO_TEXT


def _unquoted(body: str) -> str:
    """Leave out the quote that older apps put above an answer: name and words of another."""
    lines = body.split("\n")
    if not lines[0].startswith("> "):
        return body
    while lines and lines[0].startswith(">"):
        lines.pop(0)
    return "\n".join(lines).lstrip("\n")


def _message(event: Event, text: str, room: str, original: Event | None) -> Message:
    first = original or event
    return Message(
        source=SOURCE,
        chat=room,
        external_id=_text(first["event_id"]),
        sender=_text(event["sender"]),
        # Consent is asked of the moment it was first written, also for new words.
        sent_at=moment(first),
        text=text,
        change=Change.NEW if original is None else Change.EDIT,
        revision="" if original is None else _text(event["event_id"]),
        reply_to=_answered(_mapping(first.get("content"))),
    )


def _command(event: Event, order: Order, room: str, original: Event | None) -> Command:
    first = original or event
    return Command(
        source=SOURCE,
        chat=room,
        name=order.name,
        sender=_text(event["sender"]),
        role=Role.MEMBER,
        external_id=_text(first["event_id"]),
        at=moment(event),
        reply_to=_answered(_mapping(first.get("content"))),
        argument=order.argument,
    )


def _answered(content: Mapping[str, Any]) -> str | None:
    relation = _mapping(content.get("m.relates_to"))
    # In a thread every message "answers" the last one, unless it says otherwise.
    if relation.get("is_falling_back") is True:
        return None
    found = _mapping(relation.get("m.in_reply_to")).get("event_id")
    return found if isinstance(found, str) else None


def _answers(content: Mapping[str, Any]) -> bool:
    """Whether a quote may stand above the words: in a thread too, for apps without threads."""
    return bool(_mapping(_mapping(content.get("m.relates_to")).get("m.in_reply_to")))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
