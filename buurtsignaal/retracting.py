# SPDX-License-Identifier: EUPL-1.2
"""Tells receivers that what they have was taken back by its writer or its group."""

from __future__ import annotations

from datetime import datetime

from buurtsignaal import voice
from buurtsignaal.bootstrap import House
from core.identity import new_id
from core.tenant import Tenant
from routing.report import report_of
from store.outbox import OutboxRow
from store.work import Work


def retract(house: House) -> int:
    """Put a retraction in the outbox for each report whose signal was erased before its term.

    What is erased at the end of its term is no news to a receiver, who has terms too. Each
    receiver is told once. Return how many are told now.
    """
    with house.store.read() as work:
        if not any(_untold(work, tenant, house) for tenant in house.tenants.values()):
            return 0

    def tell(work: Work) -> int:
        now = house.clock.now()
        rows = [
            _row(work, house, tenant, signal, target, now)
            for tenant in house.tenants.values()
            for signal, target in _untold(work, tenant, house)
        ]
        return work.outbox.put(rows)

    return house.store.attempt(tell)


def _untold(work: Work, tenant: Tenant, house: House) -> list[tuple[str, str]]:
    now, terms = house.clock.now(), tenant.retention
    found = work.outbox.unretracted(
        tenant.slug, decided=now - terms.decided, undecided=now - terms.undecided
    )
    # A receiver that was taken out of the tenant file since cannot be told any more.
    return [(signal, target) for signal, target in found if target in tenant.targets]


def _row(
    work: Work, house: House, tenant: Tenant, signal: str, target: str, now: datetime
) -> OutboxRow:
    known = work.signals.get(signal)
    report = report_of(known, house.taxonomy, municipality=tenant.name, group="", decided_at=now)
    return OutboxRow(
        id=new_id(now),
        tenant=tenant.slug,
        kind="retract",
        target=target,
        signal_id=signal,
        group_id=known.group_id,
        payload=report.without_text().payload(),
        idempotency_key=voice.once_key(house.salt, "retract", signal, target),
        created_at=now,
        due_at=now,
    )
