# SPDX-License-Identifier: EUPL-1.2
"""The audit log: append-only, one hash chain per tenant, written with the deed itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.audit import GENESIS, AuditEvent, Result, Tag, chain
from core.clock import require_zone
from store.failure import StoreDamaged
from store.heads import Head, Heads, audit_chain
from store.tables import audit
from store.text import storable
from store.transaction import Transaction, Values

_PAGE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditLine:
    """One line as it stands in the log."""

    seq: int
    event: AuditEvent
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """Whether a tenant's chain is whole."""

    ok: bool
    #: Lines looked at.
    lines: int
    #: The first line that was changed, removed or added afterwards.
    first_bad_seq: int | None = None


class AuditLog:
    """Who did what to which object, when; nothing in it can be changed unseen."""

    def __init__(self, transaction: Transaction, heads: Heads) -> None:
        self._tx = transaction
        self._heads = heads
        self._waiting: list[AuditEvent] = []

    def write(self, event: AuditEvent) -> None:
        """Add a line; it gets its number when the transaction commits."""
        self._tx.must_write()
        self._waiting.append(_clean(event))

    def lines(self, tenant: str, *, limit: int, before_seq: int | None = None) -> list[AuditLine]:
        """Return the newest lines, newest first; ``before_seq`` gives the next page."""
        self.flush()
        query = sa.select(audit).where(audit.c.tenant == tenant)
        if before_seq is not None:
            query = query.where(audit.c.seq < before_seq)
        query = query.order_by(audit.c.seq.desc()).limit(limit)
        return [_line(row) for row in self._tx.rows(query)]

    def verify(self, tenant: str) -> Verification:
        """Recompute the tenant's whole chain and hold its end against the head."""
        self.flush()
        end = Head(hash=GENESIS)
        for row in self._oldest_first(tenant):
            if row is None or row.seq != end.seq + 1 or _hash_of(row, end.hash) != row.hash:
                return Verification(ok=False, lines=end.seq, first_bad_seq=end.seq + 1)
            end = Head(seq=row.seq, hash=row.hash)
        head = self._heads.get(audit_chain(tenant))
        if (head.seq, head.hash or GENESIS) != (end.seq, end.hash):
            bad = min(end.seq, head.seq) + 1
            return Verification(ok=False, lines=end.seq, first_bad_seq=bad)
        return Verification(ok=True, lines=end.seq)

    def chains(self) -> set[str]:
        """Return the heads that ``flush`` will need."""
        return {audit_chain(event.tenant) for event in self._waiting}

    def flush(self) -> None:
        """Chain and insert what waits; locks the tenants' heads until the commit."""
        if not self._waiting:
            return
        ends = self._heads.lock(self.chains())
        rows: list[Values] = []
        for event in self._waiting:
            name = audit_chain(event.tenant)
            previous = ends[name]
            mark = chain(event, previous.hash or GENESIS)
            ends[name] = Head(seq=previous.seq + 1, hash=mark)
            rows.append(_values(event, ends[name]))
        self._waiting = []
        self._tx.insert(audit, rows)
        self._heads.move(ends)

    def _oldest_first(self, tenant: str) -> Iterator[sa.Row[Any] | None]:
        """Give all lines; None, as the last, for one that cannot even be read."""
        last, size = 0, _PAGE
        query = sa.select(audit).where(audit.c.tenant == tenant).order_by(audit.c.seq)
        while True:
            try:
                rows = self._tx.rows(query.where(audit.c.seq > last).limit(size))
            except (ValueError, StoreDamaged):
                if size == 1:
                    yield None
                    return
                size = 1
                continue
            if not rows:
                return
            yield from rows
            last = rows[-1].seq


def _clean(event: AuditEvent) -> AuditEvent:
    """Return the event as both databases give it back, so that its hash stays true."""
    detail = {k: storable(v) if isinstance(v, str) else v for k, v in event.detail.items()}
    return replace(
        event,
        actor=storable(event.actor)[:100],
        object=storable(event.object)[:100],
        at=require_zone(event.at),
        detail=detail,
    )


def _values(event: AuditEvent, end: Head) -> Values:
    return {
        "tenant": event.tenant,
        "seq": end.seq,
        "tag": event.tag.value,
        "actor": event.actor,
        "object": event.object,
        "at": event.at,
        "result": event.result.value,
        "origin": event.origin,
        "detail": dict(event.detail),
        "hash": end.hash,
    }


def _line(row: sa.Row[Any]) -> AuditLine:
    return AuditLine(seq=row.seq, event=_event(row), hash=row.hash)


def _event(row: sa.Row[Any]) -> AuditEvent:
    at: datetime = row.at
    return AuditEvent(
        tag=Tag(row.tag),
        tenant=row.tenant,
        actor=row.actor,
        object=row.object,
        at=at,
        result=Result(row.result),
        origin=row.origin,
        detail=row.detail,
    )


def _hash_of(row: sa.Row[Any], previous: str) -> str:
    """Return the hash the row ought to have; empty when it is no line of ours at all."""
    try:
        return chain(_event(row), previous)
    except (ValueError, TypeError, AttributeError):
        return ""
