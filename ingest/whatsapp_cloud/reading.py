# SPDX-License-Identifier: EUPL-1.2
"""From a body of Meta's to items of ours; what is nothing to us is counted, by kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from core import errors
from core.message import Command, Item, Joined, Message, Moved, Role
from ingest.keywords import Keyword, alone, keyword_in
from ingest.limits import WAITS
from ingest.whatsapp_cloud.number import SOURCE, Number
from ingest.whatsapp_cloud.payload import Notification, Post, Status, Value
from ingest.whatsapp_cloud.seal import LONGEST

_BODY = msgspec.json.Decoder(Notification)
_VALUE = msgspec.json.Decoder(Value)
_POST = msgspec.json.Decoder(Post)
_STATUS = msgspec.json.Decoder(Status)

#: Phone numbers without plus, as Meta writes them.
_NUMBER = re.compile(r"[0-9]{5,20}")
_SECONDS = re.compile(r"[1-9][0-9]{0,10}")
_KIND = re.compile(r"[a-z_]{1,40}")
#: Kinds that are no word to the municipality, so that the bot need not explain itself.
_WORDLESS = frozenset({"reaction", "system", "unsupported", "unknown"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was in a body."""

    items: tuple[Item, ...]
    #: How many things were left out, by kind.
    left_out: Counter[str]


def read(body: bytes, number: Number, now: datetime) -> Reading:
    """Return all items of ``body``; ``BadInput`` when it is no notification of WhatsApp's."""
    left_out: Counter[str] = Counter()
    items: list[Item] = []
    for value in _values(_notification(body), number, left_out):
        for raw in value.messages:
            items += _items(raw, number, now, left_out)
        left_out.update(_kind_of_status(raw) for raw in value.statuses)
    return Reading(items=tuple(items), left_out=left_out)


def _notification(body: bytes) -> Notification:
    try:
        found = _BODY.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        found = None
    if found is None or found.object != "whatsapp_business_account":
        raise errors.BadInput("a body is a notification of a WhatsApp Business account, in JSON")
    return found


def _values(found: Notification, number: Number, left_out: Counter[str]) -> Iterator[Value]:
    for change in (change for entry in found.entry for change in entry.changes):
        if change.field != "messages":
            left_out["other-field"] += 1
            continue
        try:
            value = _VALUE.decode(change.value)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            left_out["malformed"] += 1
            continue
        if value.metadata.phone_number_id == number.phone_number_id:
            yield value
        else:
            left_out["other-number"] += 1


def _items(raw: msgspec.Raw, number: Number, now: datetime, left_out: Counter[str]) -> list[Item]:
    try:
        post = _POST.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        left_out["malformed"] += 1
        return []
    if not _usable(post):
        left_out["malformed"] += 1
        return []
    return _Letter(post, number, now, left_out).items()


def _usable(post: Post) -> bool:
    return bool(
        _NUMBER.fullmatch(post.sender)
        and _SECONDS.fullmatch(post.timestamp)
        and 0 < len(post.id.encode("utf-8", "replace")) <= LONGEST
        and post.id.isprintable()
    )


def _kind_of_status(raw: msgspec.Raw) -> str:
    """Statuses change nothing; a failed one is counted with Meta's own code (131047 …)."""
    try:
        status = _STATUS.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return "status"
    codes = [failure.code for failure in status.errors]
    return f"status-failed-{codes[0]}" if status.status == "failed" and codes else "status"


class _Letter:
    """One message, with what is needed to say what it means."""

    def __init__(self, post: Post, number: Number, now: datetime, left_out: Counter[str]) -> None:
        self._post = post
        self._number = number
        self._now = now
        self._left_out = left_out
        self._chat = number.seal.chat(post.sender)
        self._id = number.seal.message(post.id)
        self._at = datetime.fromtimestamp(int(post.timestamp), UTC)

    def items(self) -> list[Item]:
        """Return what it says, in order."""
        if self._post.system is not None:
            return self._moved(self._post.system.wa_id or self._post.system.new_wa_id)
        words = _words(self._post)
        if words is None:
            return self._unread()
        keyword = None if self._forwarded() else _keyword(words)
        if keyword is None:
            return [self._greeting(), self._message(words[0])]
        return self._ordered(keyword, words[0])

    def _unread(self) -> list[Item]:
        kind = self._post.type if _KIND.fullmatch(self._post.type) else "odd"
        self._left_out[f"type-{kind}"] += 1
        return [] if kind in _WORDLESS else [self._greeting()]

    def _ordered(self, keyword: Keyword, text: str) -> list[Item]:
        if keyword.name == "toestemming" and self._now - self._at > WAITS:
            # It was under way too long to know that nothing was withdrawn since.
            self._left_out["late-yes"] += 1
            return [self._greeting()]
        # A "ja" under a question of the operator is an answer as well.
        answers = keyword.name == "toestemming" and self._answered() is not None
        return [self._command(keyword), *([self._message(text)] if answers else [])]

    def _greeting(self) -> Item:
        # The same id each time, so that the bot explains itself once in a chat.
        return Joined(
            source=SOURCE, chat=self._chat, name="", external_id="eerste-bericht", at=self._at
        )

    def _message(self, text: str) -> Item:
        return Message(
            source=SOURCE,
            chat=self._chat,
            external_id=self._id,
            sender=self._post.sender,
            sent_at=self._at,
            text=text,
            origin=self._number.origin,
            reply_to=self._answered(),
        )

    def _command(self, keyword: Keyword) -> Item:
        return Command(
            source=SOURCE,
            chat=self._chat,
            name=keyword.name,
            sender=self._post.sender,
            # It is the sender's own conversation, and nobody else is in it.
            role=Role.OWNER,
            external_id=self._id,
            at=self._at,
            reply_to=self._answered(),
            argument=keyword.argument,
        )

    def _moved(self, new: str) -> list[Item]:
        changed = self._post.system is not None and "changed_number" in self._post.system.type
        if not changed or not _NUMBER.fullmatch(new):
            self._left_out["type-system"] += 1
            return []
        # The old number may be somebody else's one day; the consent goes along with the person.
        return [
            Moved(
                source=SOURCE,
                chat=self._chat,
                new_chat=self._number.seal.chat(new),
                external_id=self._id,
                at=self._at,
            )
        ]

    def _forwarded(self) -> bool:
        context = self._post.context
        return context is not None and (context.forwarded or context.frequently_forwarded)

    def _answered(self) -> str | None:
        answered = self._post.context.id if self._post.context else None
        if not answered or len(answered.encode("utf-8", "replace")) > LONGEST:
            return None
        return self._number.seal.message(answered)


def _keyword(words: tuple[str, ...]) -> Keyword | None:
    found = next((found for text in words if (found := keyword_in(text))), None)
    return alone(found) if found else None


def _words(post: Post) -> tuple[str, ...] | None:
    """Return the text and what else may name a command; None for a kind that is not read."""
    match post.type:
        case "text" if post.text:
            return (post.text.body,)
        case "button" if post.button:
            return (post.button.text, post.button.payload)
        case "interactive" if post.interactive:
            chosen = post.interactive.button_reply or post.interactive.list_reply
            return (chosen.title, chosen.id) if chosen else None
        case _:
            return None
