# SPDX-License-Identifier: EUPL-1.2
"""What an administrator can do to a group on the command line."""

from __future__ import annotations

from typing import Literal, get_args

from buurtsignaal.bootstrap import House
from core import errors
from core.audit import AuditEvent, Tag
from core.consent import ConsentEvent, ConsentKind
from core.identity import new_id
from core.message import Role
from store.consent import Group
from store.erasures import Erasure
from store.retention import Rules, sweep

Mode = Literal["everybody", "only-yes"]
MODES: tuple[Mode, ...] = get_args(Mode)


def change(
    house: House, group_id: str, *, area: str | None, name: str | None, mode: str | None
) -> Group:
    """Set what is given of a group; ``BadInput`` names what is accepted."""
    chosen = None if mode is None else _mode(mode)
    with house.store.write() as work:
        # Nobody stores a message of the group meanwhile by the rules of before.
        work.consent.hold_alone([group_id])
        group = work.consent.group(group_id)
        areas = house.tenant(group.tenant).areas
        if area and area not in areas:
            raise errors.BadInput(f"unknown area '{area}'; choose from: {', '.join(areas)}")
        work.consent.set_profile(group_id, name=name, area=area, mode=chosen)
        now = house.clock.now()
        work.events.put(group.tenant, "groep", "group.changed", group_id, now)
        if chosen is not None and chosen != group.mode:
            work.audit.write(
                AuditEvent(
                    tag=Tag.GROUP_MODE_CHANGED,
                    tenant=group.tenant,
                    actor="cli",
                    object=f"group/{group_id}",
                    at=now,
                    origin="cli",
                    detail={"mode": chosen},
                )
            )
        return work.consent.group(group_id)


def _mode(given: str) -> Mode:
    for mode in MODES:
        if given == mode:
            return mode
    raise errors.BadInput(f"unknown mode '{given}'; choose from: {', '.join(MODES)}")


def withdraw(house: House, group_id: str, reference: str) -> None:
    """End a group's consent and erase what is kept of it, now."""
    with house.store.write() as work:
        group = work.consent.group(group_id)
        texts = house.municipalities[group.tenant].texts
        at = house.clock.now()
        event = ConsentEvent(
            kind=ConsentKind.WITHDRAWN,
            at=at,
            actor=f"papier:{reference}"[:100],
            role=Role.ADMIN,
            text_version=texts.version,
        )
        work.consent.append(group_id, event)
        work.outbox.cancel_for_group(group_id)
        # The clock is read again: the group is ours only since ``append``.
        now = house.clock.now()
        work.erasures.schedule(
            Erasure(
                id=new_id(now),
                tenant=group.tenant,
                group_id=group_id,
                why="ingetrokken",
                asked_at=now,
                due_at=now,
            )
        )
        work.audit.write(
            AuditEvent(
                tag=Tag.CONSENT_WITHDRAWN,
                tenant=group.tenant,
                actor="cli",
                object=f"group/{group_id}",
                at=now,
                origin="cli",
            )
        )
        work.events.put(group.tenant, "groep", "group.changed", group_id, now)
    retention = {slug: tenant.retention for slug, tenant in house.tenants.items()}
    sweep(house.store, house.clock.now(), Rules(tenants=retention))
