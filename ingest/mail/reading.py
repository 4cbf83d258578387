# SPDX-License-Identifier: EUPL-1.2
"""From a mail to an item of ours. Who wrote it comes first; only then is the text looked at."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum

from core.message import Command, Item, Message, Origin, Role
from ingest.keywords import Keyword, keyword_in
from ingest.limits import WAITS
from ingest.mail.body import text_of
from ingest.mail.circle import SOURCE, Circles, Place
from ingest.mail.dns import Resolve
from ingest.mail.signature import Vouched, vouched
from ingest.mail.trim import own_words

#: Most bytes of a mail.
MOST_BYTES = 10 * 1024 * 1024

_ID = re.compile(r"<[^<>\s]{1,500}>")
_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[a-z0-9.-]{1,253}")
_ANSWER = re.compile(r"(?:\s*(?:re|antw|antwoord|betr)\s*:)+\s*", re.IGNORECASE)
_FORWARD = re.compile(r"(?:\s*(?:fwd?|doorst|dst)\s*:)+\s*", re.IGNORECASE)
_BULK = frozenset({"bulk", "junk", "auto_reply"})
_MACHINES = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply"})
_SIGNS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Failed-Recipients")


class Skipped(StrEnum):
    """Why a mail is nothing to us; only counted."""

    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    #: An absence notice, a bounce, a machine.
    AUTOMATIC = "automatic"
    NOT_LISTED = "not-listed"
    #: No signature of the sender's domain holds.
    NOT_AUTHENTIC = "not-authentic"
    NO_TEXT = "no-text"
    #: A yes that was under way too long to know that nothing was withdrawn since.
    LATE_YES = "late-yes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What is read, and what for."""

    circles: Circles
    resolve: Resolve
    origin: Origin = Origin.REPORT
    most_bytes: int = MOST_BYTES


def refusal(head: bytes, rules: Rules) -> Skipped | None:
    """Say from the headers alone why a mail is not fetched; None: it may be."""
    try:
        mail = message_from_bytes(head)
        return _sender_in(mail, rules)[1]
    except (MessageError, ValueError, LookupError, RecursionError):
        return Skipped.MALFORMED


def read(raw: bytes, rules: Rules, *, received: datetime, now: datetime) -> Item | Skipped:
    """Return what the mail says; raises ``NoAnswer`` when the DNS could not be asked."""
    if len(raw) > rules.most_bytes:
        return Skipped.TOO_LARGE
    try:
        # Anybody can write any name; the rest is taken apart only for who is vouched for.
        sender, refused = _sender_in(BytesParser().parsebytes(raw, headersonly=True), rules)
        place = rules.circles.place(sender)
        if refused is not None or place is None:
            return refused or Skipped.NOT_LISTED
        found = vouched(raw, sender.rpartition("@")[2], rules.resolve)
        if found is None:
            return Skipped.NOT_AUTHENTIC
        mail = message_from_bytes(raw)
        return _Letter(mail, sender, place, found, min(received, now)).item(rules.origin, now)
    except (MessageError, ValueError, LookupError, RecursionError):
        return Skipped.MALFORMED


def _sender_in(mail: Mail, rules: Rules) -> tuple[str, Skipped | None]:
    named = mail.get_all("From", [])
    # Two senders: one is shown, the other is checked.
    found = getaddresses([str(each) for each in named]) if len(named) == 1 else []
    address = found[0][1].lower() if len(found) == 1 else ""
    if not _ADDRESS.fullmatch(address):
        return "", Skipped.MALFORMED
    if _automatic(mail, address):
        return address, Skipped.AUTOMATIC
    listed = rules.circles.place(address) is not None
    return address, None if listed else Skipped.NOT_LISTED


def _automatic(mail: Mail, address: str) -> bool:
    submitted = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    return (
        submitted != "no"
        or str(mail.get("Return-Path", "<x>")).strip() == "<>"
        or str(mail.get("Precedence", "")).strip().lower() in _BULK
        or mail.get_content_type() == "multipart/report"
        or address.partition("@")[0] in _MACHINES
        or any(sign in mail for sign in _SIGNS)
    )


def _text(header: str) -> str:
    raw = header.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


class _Letter:
    """One mail whose sender is known and vouched for."""

    def __init__(
        self, mail: Mail, sender: str, place: Place, found: Vouched, received: datetime
    ) -> None:
        self._mail = mail
        self._sender = sender
        self._place = place
        self._vouched = found
        self._received = received

    def item(self, origin: Origin, now: datetime) -> Item | Skipped:
        """Return the command or the message."""
        subject = self._subject()
        words = own_words(text_of(self._mail), forwarded=bool(_FORWARD.match(subject)))
        title = "" if _ANSWER.match(subject) else _FORWARD.sub("", subject, count=1).strip()
        keyword = keyword_in(words or title)
        if keyword is not None:
            return self._ordered(self._meant(keyword), now)
        text = "\n\n".join(each for each in (title, words) if each)
        return self._message(text, origin) if text else Skipped.NO_TEXT

    def _meant(self, keyword: Keyword) -> Keyword:
        # A "ja" of somebody who does not decide for the circle is about their own mails.
        member = self._place.role is Role.MEMBER and keyword.name == "toestemming"
        return Keyword(name="weermee") if member else keyword

    def _ordered(self, keyword: Keyword, now: datetime) -> Item | Skipped:
        at = self._at()
        if keyword.name in {"toestemming", "weermee"} and now - at > WAITS:
            return Skipped.LATE_YES
        return Command(
            source=SOURCE,
            chat=self._place.chat,
            name=keyword.name,
            sender=self._sender,
            role=self._place.role,
            external_id=self._id(),
            at=at,
            reply_to=self._answered(),
            argument=keyword.argument,
        )

    def _message(self, text: str, origin: Origin) -> Item:
        return Message(
            source=SOURCE,
            chat=self._place.chat,
            external_id=self._id(),
            sender=self._sender,
            sent_at=self._at(),
            text=text,
            origin=origin,
            reply_to=self._answered(),
        )

    def _signed(self, name: str) -> str:
        """Return a header that the signature covers and that is there once; else nothing."""
        # As it came: what the library makes of bytes above 127 is no text any more.
        values = [value for key, value in self._mail.raw_items() if key.lower() == name.lower()]
        covered = name.lower() in self._vouched.headers
        return _text(str(values[0])) if covered and len(values) == 1 else ""

    def _subject(self) -> str:
        try:
            subject = str(make_header(decode_header(self._signed("Subject"))))
        except (ValueError, LookupError):
            return ""
        return re.sub(r"\s+", " ", subject).strip()[:500]

    def _id(self) -> str:
        # Message-IDs can hold names of people and machines. One that is not signed proves nothing.
        found = _ID.search(self._signed("Message-ID"))
        mark = found[0].encode("utf-8", "replace") if found else self._vouched.mark
        return hashlib.sha256(mark).hexdigest()

    def _answered(self) -> str | None:
        found = _ID.search(str(self._mail.get("In-Reply-To", "")))
        return hashlib.sha256(found[0].encode("utf-8", "replace")).hexdigest() if found else None

    def _at(self) -> datetime:
        """Return when it was written, as its signed date says; never later than it came in."""
        try:
            at = parsedate_to_datetime(self._signed("Date"))
        except (ValueError, TypeError, IndexError, OverflowError):
            return self._received
        # "-0000" says that the sender did not know its zone; the time is UTC (RFC 5322, 3.3).
        known = at if at.tzinfo else at.replace(tzinfo=UTC)
        return min(known, self._received)
