# SPDX-License-Identifier: EUPL-1.2
"""Events in the real world, and which signals belong to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from core.incident import Incident, IncidentState
from core.label import Category, Queue
from store.erasing import forget_places
from store.tables import incidents, queue_items, signals
from store.transaction import Transaction, Values

#: Counted, not kept: so two workers that add at once never lose one.
_SIGNALS = (
    sa.select(sa.func.count())
    .where(signals.c.incident_id == incidents.c.id)
    .scalar_subquery()
    .label("signals")
)
_QUERY = sa.select(incidents, _SIGNALS)


class Incidents:
    """Opened by the first signal; merged, split and closed later."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def open_ones(self, tenant: str, since: datetime) -> list[Incident]:
        """Return the open incidents that were heard of since then, latest first."""
        query = _QUERY.where(
            incidents.c.tenant == tenant,
            incidents.c.state == IncidentState.OPEN.value,
            incidents.c.last_at >= since,
        )
        ordered = query.order_by(incidents.c.last_at.desc(), incidents.c.id)
        return [_incident(row) for row in self._tx.rows(ordered)]

    def open_of(self, tenant: str, action_id: str) -> Incident | None:
        """Return the open incident of a known action, the latest; None when there is none."""
        query = _QUERY.where(
            incidents.c.tenant == tenant,
            incidents.c.state == IncidentState.OPEN.value,
            incidents.c.action == action_id,
        )
        row = self._tx.row(query.order_by(incidents.c.last_at.desc(), incidents.c.id).limit(1))
        return _incident(row) if row else None

    def of_queue(
        self, tenant: str, queue: Queue, *, before: str | None = None, limit: int
    ) -> list[Incident]:
        """Return open incidents with a signal of this queue, newest id first."""
        there = sa.select(queue_items.c.signal_id).join(
            signals, signals.c.id == queue_items.c.signal_id
        )
        there = there.where(
            signals.c.incident_id == incidents.c.id,
            queue_items.c.queue == queue.value,
            queue_items.c.state != "moved",
        )
        query = _QUERY.where(
            incidents.c.tenant == tenant,
            incidents.c.state == IncidentState.OPEN.value,
            there.exists(),
        )
        if before is not None:
            query = query.where(incidents.c.id < before)
        rows = self._tx.rows(query.order_by(incidents.c.id.desc()).limit(limit))
        return [_incident(row) for row in rows]

    def get(self, incident_id: str) -> Incident:
        """Return the incident; raise ``NotFound``."""
        row = self._tx.row(_QUERY.where(incidents.c.id == incident_id))
        if row is None:
            raise errors.NotFound("no such incident")
        return _incident(row)

    def survivor(self, incident_id: str) -> Incident:
        """Return the incident that this one was merged into in the end, or itself."""
        row = self._tx.row(
            _QUERY.add_columns(incidents.c.merged_into).where(incidents.c.id == incident_id)
        )
        if row is None:
            raise errors.NotFound("no such incident")
        return self.survivor(row.merged_into) if row.merged_into else _incident(row)

    def save(self, incident: Incident) -> None:
        """Store a new incident, or add what is newly known to an existing one.

        What another worker learned meanwhile stays, and a closed incident stays closed.
        ``signals`` is not stored: it is counted from the signals themselves.
        """
        if self._tx.insert_new(incidents, [_values(incident)], incidents.c.id):
            return
        known = self._locked(incident.id)
        if known.state is IncidentState.MERGED:
            # Emptied for good: erasures look for places and words where the signals went.
            return
        joined = _joined(known, incident)
        self._write(replace(joined, category=incident.category, state=_state(known, incident)))

    def close(self, incident_id: str, why: str, at: datetime) -> None:
        """Close an open incident; nothing joins it any more."""
        self._tx.run(
            sa.update(incidents)
            .where(incidents.c.id == incident_id, incidents.c.state == IncidentState.OPEN.value)
            .values(state=IncidentState.CLOSED.value, closed_at=at, closed_why=why)
        )

    def merge(self, source_id: str, into_id: str, at: datetime) -> Incident:
        """Move all that belongs to one incident to another; return the other."""
        if source_id == into_id:
            raise errors.BadInput("an incident cannot be merged into itself")
        both = {
            incident_id: self._locked(incident_id) for incident_id in sorted((source_id, into_id))
        }
        source, into = both[source_id], both[into_id]
        if source.tenant != into.tenant:
            raise errors.NotAllowed("these incidents belong to two municipalities")
        if IncidentState.MERGED in (source.state, into.state):
            raise errors.NotAllowed("this incident was merged into another one already")
        self._take(source_id, into_id)
        self._write(_joined(into, source))
        self._tx.run(
            sa.update(incidents)
            .where(incidents.c.id == source_id)
            .values(
                state=IncidentState.MERGED.value,
                merged_into=into_id,
                closed_at=at,
                # Else they would stay after the signals that told them are erased over there.
                **_NOTHING_KNOWN,
            )
        )
        return self.get(into_id)

    def split(self, signal_id: str, new: Incident) -> Incident:
        """Move one signal to a new incident of its own; return that.

        The old incident forgets the places that only this signal named, and all word hashes:
        nobody can tell which came from where.
        """
        query = sa.select(signals.c.tenant, signals.c.incident_id).where(signals.c.id == signal_id)
        row = self._tx.row(query)
        if row is None:
            raise errors.NotFound("no such signal")
        if row.tenant != new.tenant:
            raise errors.NotAllowed("the signal and the incident belong to two municipalities")
        self._locked(row.incident_id)
        self._tx.insert(incidents, [_values(new)])
        self._tx.run(sa.update(signals).where(signals.c.id == signal_id).values(incident_id=new.id))
        forget_places(self._tx, row.incident_id)
        return self.get(new.id)

    def _take(self, source_id: str, into_id: str) -> None:
        self._tx.run(
            sa.update(signals).where(signals.c.incident_id == source_id).values(incident_id=into_id)
        )

    def _locked(self, incident_id: str) -> Incident:
        lock = sa.select(incidents.c.id).where(incidents.c.id == incident_id)
        if self._tx.row(lock.with_for_update(key_share=True)) is None:
            raise errors.NotFound("no such incident")
        return self.get(incident_id)

    def _write(self, incident: Incident) -> None:
        values = dict(_values(incident))
        del values["id"]
        self._tx.run(sa.update(incidents).where(incidents.c.id == incident.id).values(**values))


_NOTHING_KNOWN: Values = {"places": [], "points": [], "words": []}


def _joined(known: Incident, more: Incident) -> Incident:
    return replace(
        known,
        opened_at=min(known.opened_at, more.opened_at),
        last_at=max(known.last_at, more.last_at),
        groups=known.groups | more.groups,
        places=known.places | more.places,
        points=tuple(_distinct([*known.points, *more.points])),
        words=known.words | more.words,
        action=known.action or more.action,
    )


def _state(known: Incident, saved: Incident) -> IncidentState:
    return saved.state if known.state is IncidentState.OPEN else known.state


def _distinct(points: Iterable[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    return dict.fromkeys(points)


def _values(incident: Incident) -> Values:
    return {
        "id": incident.id,
        "tenant": incident.tenant,
        "category": incident.category.value,
        "state": incident.state.value,
        "opened_at": incident.opened_at,
        "last_at": incident.last_at,
        "places": sorted(incident.places),
        "points": [list(point) for point in incident.points],
        "words": sorted(incident.words),
        "groups": sorted(incident.groups),
        "action": incident.action,
    }


def _incident(row: sa.Row[Any]) -> Incident:
    return Incident(
        id=row.id,
        tenant=row.tenant,
        category=Category(row.category),
        opened_at=row.opened_at,
        last_at=row.last_at,
        state=IncidentState(row.state),
        groups=frozenset(row.groups),
        places=frozenset(row.places),
        points=tuple((lat, lon) for lat, lon in row.points),
        words=frozenset(row.words),
        action=row.action,
        signals=row.signals,
    )
