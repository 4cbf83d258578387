# SPDX-License-Identifier: EUPL-1.2
"""One message in a file of a researcher: a row with names for its fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core import errors
from core.message import Message, Origin
from ingest.limits import fits, is_id

#: Fields that every record has.
REQUIRED = ("id", "text", "chat", "sent_at", "sender")
#: Fields that may be left out or empty.
OPTIONAL = ("reply_to", "source")

_ORIGINS = ", ".join(Origin)


def message_of(record: Mapping[str, Any], connector: str) -> Message:
    """Return the message; ``BadInput`` says in Dutch which field is wrong, never what it holds."""
    text = _text(record)
    return Message(
        source=connector,
        chat=_id(record, "chat"),
        external_id=_id(record, "id"),
        sender=_sender(record),
        sent_at=_moment(record),
        text=text,
        origin=_origin(record.get("source")),
        reply_to=_id(record, "reply_to") if _given(record.get("reply_to")) else None,
    )


def _given(value: object) -> bool:
    return value is not None and value != ""


def _required(record: Mapping[str, Any], name: str) -> object:
    value = record.get(name)
    if value is None:
        raise errors.BadInput(f"het veld '{name}' ontbreekt; nodig zijn: {', '.join(REQUIRED)}")
    return value


def _text(record: Mapping[str, Any]) -> str:
    text = _required(record, "text")
    if not isinstance(text, str):
        raise errors.BadInput("het veld 'text' moet tekst zijn")
    if not fits(text):
        raise errors.TooLarge("het veld 'text' is te groot; een bericht mag tot 64 kB zijn")
    return text


def _id(record: Mapping[str, Any], name: str) -> str:
    value = _required(record, name)
    # A bool is an int to Python, and an id to nobody.
    word = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not is_id(word):
        raise errors.BadInput(
            f"het veld '{name}' moet tekst of een getal zijn, van 1 tot 200 tekens"
        )
    return word


def _sender(record: Mapping[str, Any]) -> str:
    sender = _required(record, "sender")
    if isinstance(sender, bool) or not isinstance(sender, (str, int)):
        raise errors.BadInput("het veld 'sender' moet tekst of een getal zijn")
    return str(sender)


def _moment(record: Mapping[str, Any]) -> datetime:
    value = _required(record, "sent_at")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise errors.BadInput(
            "het veld 'sent_at' moet een tijd met zone zijn, zoals 2026-11-21T20:15:00+01:00"
        )
    return moment


def _origin(value: object) -> Origin:
    if not _given(value):
        return Origin.CHAT
    origin = next((origin for origin in Origin if origin == value), None)
    if origin is None:
        raise errors.BadInput(f"het veld 'source' moet een van deze zijn: {_ORIGINS}")
    return origin
