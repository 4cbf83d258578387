# SPDX-License-Identifier: EUPL-1.2
"""A monitoring order: the only ground on which a public feed is read, and never for long."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core import errors
from core.topic import Identifies, Topic, check_topic

#: Longest time that one order lasts; going on takes a new order with a new approval.
LONGEST = timedelta(days=14)
#: Texts of an order have room for this many characters.
_TEXT = 200
#: As networks write the number of a permission.
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{1,58}[A-Za-z0-9]")
#: Fewer say nothing that a citizen could understand or contest.
_SENTENCE = 10


class OrderState(StrEnum):
    """Where an order stands."""

    REQUESTED = "aangevraagd"
    #: Never approved: refused, or its time is over.
    REFUSED = "afgewezen"
    LAPSED = "vervallen"
    #: Approved, and it begins later.
    PLANNED = "gepland"
    RUNNING = "loopt"
    ENDED = "afgelopen"
    STOPPED = "gestopt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What may be looked for in public, why, on which ground, where and until when."""

    id: str
    tenant: str
    #: What it is for, in words that a citizen understands.
    purpose: str
    #: The law that it rests on, with its article.
    legal_basis: str
    topic: Topic
    #: Names of the connectors that may read for it.
    sources: tuple[str, ...]
    #: Neighbourhood, a key of the municipality's areas.
    area: str
    starts_at: datetime
    #: Reading stops by itself at this moment.
    ends_at: datetime
    #: Account of who asked for it.
    requested_by: str
    requested_at: datetime
    #: The order that this one goes on with.
    renews: str | None = None
    #: Under which number a network itself allowed this; some are not read without it.
    approval_reference: str | None = None
    #: Account of the other person who approved it.
    approved_by: str | None = None
    approved_at: datetime | None = None
    stopped_by: str | None = None
    stopped_at: datetime | None = None

    @property
    def begins(self) -> datetime:
        """From when what is written may be read: never from before the approval."""
        return max(self.starts_at, self.approved_at or self.starts_at)

    @property
    def until(self) -> datetime:
        """When it ends, or ended."""
        return min(self.ends_at, self.stopped_at or self.ends_at)

    def at(self, now: datetime) -> OrderState:
        """Return the state at ``now``: it begins and ends by the clock alone."""
        if self.approved_at is None:
            if self.stopped_at is not None:
                return OrderState.REFUSED
            return OrderState.LAPSED if now >= self.ends_at else OrderState.REQUESTED
        if self.stopped_at is not None and self.stopped_at < self.ends_at:
            return OrderState.STOPPED
        if now >= self.ends_at:
            return OrderState.ENDED
        return OrderState.PLANNED if now < self.begins else OrderState.RUNNING

    def runs(self, now: datetime) -> bool:
        """Whether anything may be read for it at ``now``."""
        return self.at(now) is OrderState.RUNNING

    def allows(self, source: str, *, sent_at: datetime, now: datetime) -> bool:
        """Whether what was written at ``sent_at`` in ``source`` may be read at ``now``."""
        within = self.begins <= sent_at < self.ends_at
        return self.runs(now) and source in self.sources and within


def check_order(order: Order, identifies: Identifies) -> None:
    """Raise ``BadInput`` unless the request is whole and about a matter."""
    for name, text in (("purpose", order.purpose), ("legal basis", order.legal_basis)):
        if not _SENTENCE <= len(text.strip()) <= _TEXT:
            raise errors.BadInput(f"the {name} of an order has {_SENTENCE} to {_TEXT} characters")
        if identifies(text) or "@" in text:
            raise errors.BadInput(f"the {name} of an order is public and names no person")
    reference = order.approval_reference
    if reference is not None and not _REFERENCE.fullmatch(reference):
        raise errors.BadInput("an approval reference has 3 to 60 letters, digits, dots or dashes")
    if not order.area.strip():
        raise errors.BadInput("an order is about one area")
    if not order.sources:
        raise errors.BadInput("an order names at least one source")
    if not order.starts_at < order.ends_at <= order.starts_at + LONGEST:
        raise errors.BadInput(f"an order lasts at most {LONGEST.days} days, from start to end")
    if order.starts_at < order.requested_at:
        raise errors.BadInput("an order does not begin in the past")
    check_topic(order.topic, identifies)


def approve(order: Order, by: str, now: datetime) -> Order:
    """Return the order as ``by`` approves it; somebody else must have asked for it."""
    if order.at(now) is OrderState.LAPSED:
        raise errors.BadInput("the time of this order is over; request a new one")
    if order.at(now) is not OrderState.REQUESTED:
        raise errors.AlreadyDecided("this order was decided already")
    if same_person(by, order.requested_by):
        raise errors.NotAllowed("an order is approved by another person than who asked for it")
    return replace(order, approved_by=by, approved_at=now)


def stop(order: Order, by: str, now: datetime) -> Order:
    """Return the order as ``by`` stops it, or refuses what was not approved yet."""
    if order.at(now) not in _OPEN:
        raise errors.AlreadyDecided("this order is over already")
    return replace(order, stopped_by=by, stopped_at=now)


def same_person(one: str, other: str) -> bool:
    """Whether two account names are one account."""
    return one.strip().casefold() == other.strip().casefold()


_OPEN = frozenset({OrderState.REQUESTED, OrderState.PLANNED, OrderState.RUNNING})


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterRow:
    """One line of the public register: everything but who works at the municipality."""

    id: str
    purpose: str
    legal_basis: str
    terms: tuple[str, ...]
    sources: tuple[str, ...]
    area: str
    begins: datetime
    #: When reading ended, or will end.
    until: datetime
    state: OrderState
    #: The order that this one went on with.
    renews: str | None
    #: Under which number a network itself allowed it.
    approval_reference: str | None


def register_row(order: Order, now: datetime) -> RegisterRow:
    """Return what everybody may see of an approved order."""
    return RegisterRow(
        id=order.id,
        purpose=order.purpose,
        legal_basis=order.legal_basis,
        terms=order.topic.terms,
        sources=order.sources,
        area=order.area,
        begins=order.begins,
        until=order.until,
        state=order.at(now),
        renews=order.renews,
        approval_reference=order.approval_reference,
    )
