# SPDX-License-Identifier: EUPL-1.2
"""The open incidents of one tenant, as one transaction sees and changes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core import lineage, link, reach
from core.clues import Clues
from core.incident import Incident
from core.label import SIGNAL_CATEGORIES
from store.work import Work

#: Nothing older than this can be joined or closed.
_HORIZON = max(*(reach.window(category) for category in SIGNAL_CATEGORIES), link.CLOSING)


class Board:
    """Looks incidents up when first asked and saves what changed."""

    def __init__(self, work: Work, tenant: str, now: datetime) -> None:
        self._work = work
        self._tenant = tenant
        self._now = now
        self._known: dict[str, Incident] | None = None
        self._changed: dict[str, Incident] = {}

    def place(self, clues: Clues, make_id: Callable[[], str]) -> str:
        """Return the id of the incident that the signal joins or opens."""
        joined = link.join(clues, self._open().values(), self._now)
        if joined is None:
            incident = lineage.opened(clues, make_id())
        else:
            incident = lineage.grown(self._open()[joined], clues)
        self._open()[incident.id] = incident
        self._changed[incident.id] = incident
        return incident.id

    def closed_by(self, clues: Clues) -> str | None:
        """Return the incident that the message ends, and forget it; None when in doubt."""
        incident = link.closes(clues, self._open().values(), self._now)
        if incident is not None:
            self._open().pop(incident)
        return incident

    def save(self) -> None:
        """Write new and grown incidents."""
        for incident in self._changed.values():
            self._work.incidents.save(incident)
        self._changed.clear()

    def _open(self) -> dict[str, Incident]:
        if self._known is None:
            since = self._now - _HORIZON
            found = self._work.incidents.open_ones(self._tenant, since)
            self._known = {incident.id: incident for incident in found}
        return self._known
