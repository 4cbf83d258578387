# SPDX-License-Identifier: EUPL-1.2
"""An event in the real world that one or more signals speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.label import Category


class IncidentState(StrEnum):
    """Whether new signals may still join."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """What linking needs to know of an incident; no message text."""

    id: str
    tenant: str
    category: Category
    opened_at: datetime
    last_at: datetime
    state: IncidentState = IncidentState.OPEN
    #: Our ids of the groups that signalled it.
    groups: frozenset[str] = frozenset()
    #: Normalised keys of all places stated so far.
    places: frozenset[str] = frozenset()
    #: (latitude, longitude) in WGS84 degrees of places that a lookup knew.
    points: tuple[tuple[float, float], ...] = ()
    #: Salted hashes of content words, so that texts can be compared without being kept.
    words: frozenset[int] = frozenset()
    #: The known police action that it is about.
    action: str | None = None
    signals: int = 0
