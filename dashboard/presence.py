# SPDX-License-Identifier: EUPL-1.2
"""Who is at a queue, and which card they have in hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from core.label import Queue
from dashboard.auth import Visitor
from dashboard.deed import mine, queue_of, tell
from dashboard.services import Services
from store.looks import Look
from store.work import Work

#: A screen that was not heard of for this long is away. Pages that are out of sight say
#: something once a minute.
AWAY = timedelta(seconds=150)


class Presence:
    """Keeps no history: it is there to work together, not to see who worked when."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def look(self, who: Visitor, signal_id: str | None) -> None:
        """Say which card one has in hand, or none; colleagues' screens are told of a change."""
        now, queue = self._services.clock.now(), queue_of(who)

        def deed(work: Work) -> None:
            if signal_id is not None:
                mine(work, who, signal_id)
            look = Look(
                session=who.session,
                tenant=who.tenant.slug,
                queue=queue,
                actor=who.username,
                signal_id=signal_id,
                at=now,
            )
            before = work.looks.put(look)
            for changed in {before, signal_id} - {None} if before != signal_id else ():
                tell(work, who.tenant.slug, (queue,), "presence.changed", str(changed), now)

        self._services.store.attempt(deed)

    def others(self, who: Visitor) -> Mapping[str, list[str]]:
        """Return the names of the colleagues at each card, oneself left out."""
        with self._services.store.read() as work:
            found = present(work, who.tenant.slug, queue_of(who), self._services.clock.now())
            names: dict[str, list[str]] = {}
            for look in found:
                if look.signal_id and look.actor != who.username:
                    account = work.accounts.by_name(look.actor)
                    name = account.display_name if account else look.actor
                    names.setdefault(look.signal_id, []).append(name)
        return {signal: sorted(set(people)) for signal, people in names.items()}


def present(work: Work, tenant: str, queue: Queue, now: datetime) -> list[Look]:
    """Return the screens at a queue that were heard of lately."""
    return work.looks.present(tenant, queue, now - AWAY)
