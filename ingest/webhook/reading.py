# SPDX-License-Identifier: EUPL-1.2
"""Reads a body: one event or a list of them, each judged on its own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.message import Item
from ingest.commands import ALIASES, COMMANDS
from ingest.limits import MOST_BYTES, SKEWED, fits, is_dated, is_id
from ingest.webhook import problem
from ingest.webhook.event import (
    TYPES,
    Commanded,
    Created,
    Deleted,
    Edited,
    Event,
    GroupMoved,
)
from ingest.webhook.sender import Sender
from ingest.webhook.translate import translate

#: Most events in one list.
MOST_EVENTS = 100

_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(msgspec.Raw)
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_ORDERS = frozenset({*COMMANDS, *ALIASES})

#: Parts of the decoder's messages that hold names of our own fields and types only.
_PATH = re.compile(r" - at `\$\.?([a-z_.]*)`\Z")
_MISSING = re.compile(r"Object missing required field `([a-z_]+)`")
_EXPECTED = re.compile(r"Expected `[a-z| ]+`(?: of length [<>]= \d+|, got `[a-z]+`)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """An event that was left out; never quotes it."""

    #: Its place in the list, from 0.
    index: int
    #: The field, ``message.sent_at``; empty: the event as a whole.
    field: str
    reason: str
    reden: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was in a body."""

    items: tuple[Item, ...]
    rejected: tuple[Rejected, ...]


class _Odd(Exception):
    """An event that cannot be used."""

    def __init__(self, field: str, reason: str, reden: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason
        self.reden = reden


def read(body: bytes, sender: Sender, delivery: str, now: datetime) -> Reading:
    """Return all items of ``body``; raise ``Refused`` when it is no JSON or too long a list."""
    items: list[Item] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(_apart(body)):
        try:
            event = _event(raw)
            _check(event, now)
            items.append(translate(event, sender, f"{delivery}.{index}", now))
        except _Odd as odd:
            rejected.append(
                Rejected(index=index, field=odd.field, reason=odd.reason, reden=odd.reden)
            )
    return Reading(items=tuple(items), rejected=tuple(rejected))


def _apart(body: bytes) -> list[msgspec.Raw]:
    try:
        if not body.lstrip(b" \t\r\n").startswith(b"["):
            return [_ONE.decode(body)]
        events = _LIST.decode(body)
    except RecursionError:
        raise problem.Refused(problem.TOO_DEEP) from None
    except msgspec.DecodeError:
        raise problem.Refused(problem.NO_JSON) from None
    if not 0 < len(events) <= MOST_EVENTS:
        raise problem.Refused(problem.list_length(MOST_EVENTS))
    return events


def _event(raw: msgspec.Raw) -> Event:
    try:
        event = _EVENT.decode(raw)
        json.loads(bytes(raw), object_pairs_hook=_distinct, parse_int=str, parse_float=str)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise _Odd("", "is no valid JSON", "is geen geldige JSON") from None
    return event


def _distinct(pairs: list[tuple[str, object]]) -> None:
    # Who reads the first of two equal keys and who reads the last see different messages.
    if len({key for key, _ in pairs}) < len(pairs):
        raise _Odd("", "has the same key twice", "heeft twee keer dezelfde sleutel")


def _explained(said: str) -> _Odd:
    path = _PATH.search(said)
    field = path[1] if path else ""
    if missing := _MISSING.match(said):
        field = f"{field}.{missing[1]}".lstrip(".")
        return _Odd(field, "is missing", "ontbreekt")
    if field == "type":
        choices = ", ".join(TYPES)
        return _Odd(field, f"must be one of: {choices}", f"moet een van deze zijn: {choices}")
    if field.endswith("role"):
        return _Odd(field, "must be owner, admin or member", "moet owner, admin of member zijn")
    if "datetime" in said or "timezone" in said:
        example = "2026-11-21T12:00:00+01:00"
        return _Odd(
            field,
            f"must be a moment with a time zone, like {example}",
            f"moet een tijdstip met tijdzone zijn, zoals {example}",
        )
    if expected := _EXPECTED.match(said):
        plain = expected[0].replace("`", "").replace("Expected", "expected")
        return _Odd(field, f"is not accepted: {plain}", f"wordt niet aangenomen: {plain}")
    return _Odd(field, "is not accepted", "wordt niet aangenomen")


def _check(event: Event, now: datetime) -> None:
    _check_ids(event)
    match event:
        case Created() | Edited():
            _check_date("message.sent_at", event.message.sent_at, now)
            _check_text(event.message.text)
        case Commanded():
            _check_date("command.at", event.command.at, now)
            _check_order(event.command.name)
        case Deleted():
            return
        case _:
            _check_date("at", event.at, now)


def _check_ids(event: Event) -> None:
    ids: dict[str, str | None] = {"group.id": event.group.id}
    match event:
        case Created() | Edited():
            ids |= {"message.id": event.message.id, "message.sender": event.message.sender}
            ids |= {"message.reply_to": event.message.reply_to}
        case Deleted():
            ids |= {"message.id": event.message.id}
        case Commanded():
            ids |= {"command.id": event.command.id, "command.sender": event.command.sender}
        case GroupMoved():
            ids |= {"id": event.id, "group.new_id": event.group.new_id}
        case _:
            ids |= {"id": event.id}
    for field, value in ids.items():
        if value is not None and not is_id(value):
            raise _Odd(field, "has control characters", "heeft besturingstekens")


def _check_date(field: str, at: datetime, now: datetime) -> None:
    if not is_dated(at, now, ahead=SKEWED):
        raise _Odd(
            field,
            "lies before 2000 or more than 2 hours in the future",
            "ligt voor 2000 of meer dan 2 uur in de toekomst",
        )


def _check_text(text: str) -> None:
    if not fits(text):
        raise _Odd(
            "message.text",
            f"is longer than {MOST_BYTES} bytes",
            f"is langer dan {MOST_BYTES} bytes",
        )


def _check_order(name: str) -> None:
    if name.strip().lower().lstrip("/") not in _ORDERS:
        choices = ", ".join(COMMANDS)
        raise _Odd(
            "command.name", f"must be one of: {choices}", f"moet een van deze zijn: {choices}"
        )
