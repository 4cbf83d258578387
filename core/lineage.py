# SPDX-License-Identifier: EUPL-1.2
"""How incidents begin, grow, merge and split; each function returns new values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import TypeVar

from core import reach
from core.clues import Clues
from core.incident import Incident, IncidentState

T = TypeVar("T")

#: Most word hashes, places and points that an incident remembers.
MOST_WORDS = 300
MOST_PLACES = 50


def opened(clues: Clues, incident_id: str) -> Incident:
    """Return the incident that one signal opens."""
    return Incident(
        id=incident_id,
        tenant=clues.tenant,
        category=clues.category,
        opened_at=clues.sent_at,
        last_at=clues.sent_at,
        groups=frozenset({clues.group}),
        places=clues.places,
        points=clues.points,
        words=clues.words,
        signals=1,
    )


def grown(incident: Incident, clues: Clues) -> Incident:
    """Return ``incident`` with one more signal in it."""
    return replace(
        incident,
        category=reach.heavier(incident.category, clues.category),
        opened_at=min(incident.opened_at, clues.sent_at),
        last_at=max(incident.last_at, clues.sent_at),
        groups=incident.groups | {clues.group},
        places=_some(incident.places, clues.places, MOST_PLACES),
        points=tuple(dict.fromkeys(incident.points + clues.points))[:MOST_PLACES],
        words=_some(incident.words, clues.words, MOST_WORDS),
        signals=incident.signals + 1,
    )


def merge(into: Incident, gone: Incident) -> tuple[Incident, Incident]:
    """Return ``into`` with all that ``gone`` had, and ``gone`` marked as merged."""
    if into.tenant != gone.tenant or into.id == gone.id:
        raise ValueError("only two incidents of one municipality can be merged")
    kept = replace(
        into,
        category=reach.heavier(into.category, gone.category),
        opened_at=min(into.opened_at, gone.opened_at),
        last_at=max(into.last_at, gone.last_at),
        groups=into.groups | gone.groups,
        places=_some(into.places, gone.places, MOST_PLACES),
        points=tuple(dict.fromkeys(into.points + gone.points))[:MOST_PLACES],
        words=_some(into.words, gone.words, MOST_WORDS),
        action=into.action or gone.action,
        signals=into.signals + gone.signals,
    )
    return kept, replace(gone, state=IncidentState.MERGED)


def split(
    incident: Incident, stay: Sequence[Clues], leave: Sequence[Clues], new_id: str
) -> tuple[Incident, Incident]:
    """Return the incident of the signals that ``stay`` and a new one of those that ``leave``."""
    if not stay or not leave:
        raise ValueError("a split leaves at least one signal on each side")
    kept = replace(gathered(stay, incident.id), state=incident.state)
    return kept, gathered(leave, new_id)


def gathered(clues: Sequence[Clues], incident_id: str) -> Incident:
    """Return the incident that these signals make together."""
    first, *rest = sorted(clues, key=lambda clue: clue.sent_at)
    return reduce(grown, rest, opened(first, incident_id))


def _some(old: frozenset[T], new: frozenset[T], most: int) -> frozenset[T]:
    """Return all of ``old`` and as much of ``new`` as fits; the same for the same input."""
    room = max(0, most - len(old))
    return old | frozenset(sorted(new - old, key=str)[:room])
