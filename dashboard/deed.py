# SPDX-License-Identifier: EUPL-1.2
"""What every deed of an operator needs: the own signal, the audit line, news for screens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core import errors
from core.audit import AuditEvent, Tag
from core.label import Queue
from dashboard.auth import Visitor
from dashboard.spoken import say
from store.signalrow import SignalRow
from store.work import Work


def queue_of(who: Visitor) -> Queue:
    """Return the operator's own queue; ``NotAllowed`` for everybody else."""
    queue = who.role.queue
    if queue is None:
        raise errors.NotAllowed(say("Alleen een medewerker met een werkrij kan dit."))
    return queue


def mine(work: Work, who: Visitor, signal_id: str, *, with_text: bool = False) -> SignalRow:
    """Return a signal of the operator's own queue; raise ``NotFound`` for any other."""
    row = work.signals.get(signal_id, with_text=with_text)
    if row.tenant != who.tenant.slug or who.role.queue not in row.queues:
        raise errors.NotFound
    return row


def tell(
    work: Work, tenant: str, queues: Iterable[Queue], kind: str, ref: str, now: datetime
) -> None:
    """Let the screens of these queues know."""
    for queue in queues:
        work.events.put(tenant, queue.value, kind, ref, now)


def audit(
    work: Work, who: Visitor, tag: Tag, object: str, now: datetime, **detail: str | int
) -> None:
    """Write down what this person did."""
    event = AuditEvent(
        tag=tag,
        tenant=who.tenant.slug,
        actor=who.username,
        object=object,
        at=now,
        origin=who.origin,
        detail=detail,
    )
    work.audit.write(event)
