# SPDX-License-Identifier: EUPL-1.2
"""The open incidents of one tenant, as one transaction sees and changes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from core import lineage, link, reach
from core.action import Action, known_action
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
        self._acting: Sequence[Action] | None = None

    def place(self, clues: Clues, make_id: Callable[[], str]) -> str:
        """Return the id of the incident that the signal joins or opens."""
        action = known_action(clues, self._actions(), self._now)
        joined = self._about(action) or link.join(clues, self._open().values(), self._now)
        if joined is None:
            incident = lineage.opened(clues, make_id())
        else:
            incident = lineage.grown(self._open()[joined], clues)
        if action is not None and incident.action is None:
            incident = replace(incident, action=action.id)
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

    def _about(self, action: Action | None) -> str | None:
        """Return the incident of a known action: what many groups pass on is one event."""
        if action is None:
            return None
        found = [i for i in self._open().values() if i.action == action.id]
        if not found and (older := self._work.incidents.open_of(self._tenant, action.id)):
            # Of an action people speak for days, longer than of what they saw themselves.
            found = [self._open().setdefault(older.id, older)]
        return max(found, key=lambda i: (i.last_at, i.id)).id if found else None

    def _actions(self) -> Sequence[Action]:
        if self._acting is None:
            self._acting = self._work.actions.current(self._tenant, self._now)
        return self._acting

    def _open(self) -> dict[str, Incident]:
        if self._known is None:
            since = self._now - _HORIZON
            found = self._work.incidents.open_ones(self._tenant, since)
            self._known = {incident.id: incident for incident in found}
        return self._known
