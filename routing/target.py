# SPDX-License-Identifier: EUPL-1.2
"""What every outside receiver can do, whatever kind it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from routing.report import Report

#: (source, chat, text, reply_to, idempotency key) → the message's id in that chat. Raises only
#: ``TargetUnavailable`` or ``TargetRefused``; the composition root knows how to speak.
Speak = Callable[[str, str, str, str | None, str], Awaitable[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the receiver said when it took the report."""

    #: Its own reference; empty when it gave none.
    reference: str = ""
    #: It had this report already.
    repeated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Saying:
    """Words for a chat: an answer of the bot or a question of an operator."""

    #: Connector name.
    source: str
    #: The chat's id in that source.
    chat: str
    text: str
    #: ``external_id`` of the message that it answers.
    reply_to: str | None = None

    def __repr__(self) -> str:
        return f"<Saying {self.source}>"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Parcel:
    """A report that its own reporter sends to a municipality that does not work with us."""

    at: datetime
    #: The whole report as lines of Dutch; empty when there is a link instead.
    text: str = ""
    #: A JPEG, or nothing.
    photo: bytes = b""
    #: Where the municipality can read it.
    link: str = ""

    def __repr__(self) -> str:
        return "<Parcel>"


class Target(Protocol):
    """An outside receiver.

    Raises nothing but ``TargetUnavailable`` (try again) and ``TargetRefused`` (never again),
    and no error of it holds a secret or a citizen's text. A repeat with the same key is harmless.
    """

    @property
    def name(self) -> str:
        """Name in the tenant file."""
        ...

    @property
    def full_text(self) -> bool:
        """May this receiver see personal data in the text?"""
        ...

    async def deliver(self, report: Report, idempotency_key: str) -> Receipt:
        """Hand a report over."""
        ...

    async def retract(self, report: Report, idempotency_key: str) -> Receipt:
        """Say that a report that was handed over was a mistake."""
        ...


@runtime_checkable
class Postbox(Protocol):
    """A receiver of reports that go from a reporter straight to a municipality."""

    async def post(self, parcel: Parcel, idempotency_key: str) -> Receipt:
        """Hand it over; a repeat with the same key is harmless."""
        ...


@runtime_checkable
class Voice(Protocol):
    """A receiver that can also say something in any chat."""

    async def say(self, saying: Saying, idempotency_key: str) -> Receipt:
        """Say it once; the reference is the message's id in the chat."""
        ...
