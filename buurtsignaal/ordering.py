# SPDX-License-Identifier: EUPL-1.2
"""Monitoring orders: asked for by one person, approved by another, stopped by anybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from buurtsignaal.bootstrap import House
from classify.lexicon import fold, load_lexicon
from classify.personal import PersonalFinder
from core import errors, resources
from core.audit import AuditEvent, Result, Tag
from core.consent import ConsentEvent, ConsentKind
from core.identity import new_id
from core.message import Role
from core.order import Order, OrderState, RegisterRow, check_order
from core.topic import Identifies, Topic
from dashboard.auth import is_password
from ingest.deeds import PUBLIC
from ingest.feed import is_feed
from ingest.registry import connector_names
from store.accounts import Account
from store.work import Work

_WORD = re.compile(r"[^\W\d_]+")
#: ``Zwijgerlaan``: with these behind it, a name is the name of a street.
_STREET = re.compile(
    r"\w{3,}(?:straat|laan|plein|weg|kade|singel|gracht|dreef|hof|pad|park|plantsoen|steeg|dijk|brug)"
)
_MOST_OF_A_STREET = 6


def person_finder() -> Identifies:
    """Return what says whether a text names a person: rather too often than too seldom."""
    lexicon = load_lexicon(resources.folder("data") / "classify")
    finder = PersonalFinder(lexicon)

    def identifies(text: str) -> bool:
        words = [fold(word) for word in _WORD.findall(text)]
        if 0 < len(words) <= _MOST_OF_A_STREET and _STREET.fullmatch(words[-1]):
            return False
        if finder.find(text):
            return True
        # Unlike in a citizen's message, a person in the news is a person here too.
        return not lexicon.names.isdisjoint(words) or (
            len(words) > 1 and words[0] in lexicon.ambiguous
        )

    return identifies


def request(
    house: House,
    *,
    tenant: str,
    by: str,
    purpose: str,
    legal_basis: str,
    terms: Sequence[str],
    sources: Sequence[str],
    area: str,
    ends_at: datetime,
    starts_at: datetime | None = None,
    renews: str | None = None,
    approval_reference: str | None = None,
) -> Order:
    """Write down a request; nothing is read for it until another person approves it."""
    areas = house.tenant(tenant).areas
    if area not in areas:
        raise errors.BadInput(f"unknown area; choose from: {', '.join(areas)}")
    feeds = [name for name in connector_names() if is_feed(name)]
    if odd := sorted(set(sources) - set(feeds)):
        raise errors.BadInput(f"'{odd[0]}' is no public source; choose from: {', '.join(feeds)}")
    with house.store.write() as work:
        now = house.clock.now()
        order = Order(
            id=new_id(now),
            tenant=tenant,
            purpose=" ".join(purpose.split()),
            legal_basis=" ".join(legal_basis.split()),
            topic=Topic(terms=tuple(dict.fromkeys(" ".join(term.split()) for term in terms))),
            sources=tuple(dict.fromkeys(sources)),
            area=area,
            starts_at=starts_at or now,
            ends_at=ends_at,
            requested_by=_person(work, tenant, by).username,
            requested_at=now,
            renews=renews,
            approval_reference=approval_reference,
        )
        check_order(order, person_finder())
        work.orders.add(order)
        _audit(work, Tag.ORDER_REQUESTED, order, order.requested_by, now)
    return order


def approve(house: House, *, tenant: str, order_id: str, by: str, password: str) -> Order:
    """Approve an order as another person; from its start on its sources are read.

    ``NotAllowed`` when it is the same person, or not the person at all.
    """
    try:
        return _approved(house, tenant, order_id, by, password)
    except errors.NotAllowed:
        with house.store.write() as work:
            order, now = work.orders.get(tenant, order_id), house.clock.now()
            _audit(work, Tag.ORDER_APPROVED, order, by, now, Result.REFUSED)
        raise


def _approved(house: House, tenant: str, order_id: str, by: str, password: str) -> Order:
    with house.store.read() as work:
        known = _person(work, tenant, by)
    if not is_password(known, password):
        raise errors.NotAllowed("this is not the password of the approver")
    with house.store.write() as work:
        now = house.clock.now()
        order = work.orders.approve(tenant, order_id, by=known.username, at=now)
        for source in order.sources:
            _open(work, order, source, now)
        _audit(work, Tag.ORDER_APPROVED, order, known.username, now)
    return order


def stop(house: House, *, tenant: str, order_id: str, by: str) -> Order:
    """Stop an order now, or refuse a request; what is under way is not read any more."""
    with house.store.write() as work:
        now = house.clock.now()
        actor = _person(work, tenant, by).username
        order = work.orders.stop(tenant, order_id, by=actor, at=now)
        for source in order.sources:
            # Waits for what others are storing of it; what comes after sees the stop.
            if group := work.consent.find(tenant, source, order.id):
                work.consent.append(group.id, _line(ConsentKind.WITHDRAWN, order, actor, now))
        _audit(work, Tag.ORDER_STOPPED, order, actor, now)
    return order


def register(house: House, tenant: str) -> Sequence[RegisterRow]:
    """Return the rows of the public register: every order that was ever approved."""
    with house.store.read() as work:
        return work.orders.register(tenant, house.clock.now())


def states(house: House, tenant: str) -> list[tuple[Order, OrderState]]:
    """Return all orders, requests too, with where they stand now."""
    now = house.clock.now()
    with house.store.read() as work:
        return [(order, order.at(now)) for order in work.orders.list(tenant)]


def counted(house: House, *, tenant: str, order_id: str) -> dict[tuple[str, str], int]:
    """Return how much was written in public about an order, by source and day."""
    found: dict[tuple[str, str], int] = {}
    with house.store.read() as work:
        order = work.orders.get(tenant, order_id)
        for source in order.sources:
            group = work.consent.find(tenant, source, order.id)
            for row in work.counters.per_day(group.id, "") if group else ():
                if row.kind == PUBLIC:
                    found[source, row.day] = row.n
    return found


def _person(work: Work, tenant: str, name: str) -> Account:
    account = work.accounts.by_name(name)
    if account is None or account.tenant != tenant or account.disabled:
        raise errors.NotFound("an order is asked for, approved and stopped by people with accounts")
    return account


def _open(work: Work, order: Order, source: str, now: datetime) -> None:
    """Give the order its chat in one source: the gate knows no other way to let a feed in."""
    terms = ", ".join(order.topic.terms)
    group = work.consent.ensure(
        order.tenant,
        source,
        order.id,
        name=f"Volgopdracht: {terms}",
        area=order.area,
        id=new_id(now),
        at=now,
    )
    actor = order.approved_by or ""
    work.consent.append(group.id, _line(ConsentKind.GRANTED, order, actor, now))


def _line(kind: ConsentKind, order: Order, actor: str, now: datetime) -> ConsentEvent:
    granted = kind is ConsentKind.GRANTED
    return ConsentEvent(
        kind=kind,
        at=now,
        actor=actor,
        role=Role.PLATFORM,
        text_version="volgopdracht",
        purpose=order.purpose,
        legal_basis=order.legal_basis,
        valid_from=order.begins if granted else None,
        valid_until=order.ends_at if granted else None,
    )


def _audit(
    work: Work, tag: Tag, order: Order, actor: str, at: datetime, result: Result = Result.DONE
) -> None:
    work.audit.write(
        AuditEvent(
            tag=tag,
            tenant=order.tenant,
            actor=actor,
            object=f"order/{order.id}",
            at=at,
            result=result,
            origin="cli",
        )
    )
