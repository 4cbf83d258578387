# SPDX-License-Identifier: EUPL-1.2
"""What the police itself asked everybody to look out for, and which messages pass that on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.clues import Clues

#: A text that passes on an action shares this many words with it, and this share of the shorter.
_SHARED, _SHARE = 6, 0.6
#: Messages are a little older than the action when our clocks differ.
_EARLY = timedelta(minutes=10)


class ActionKind(StrEnum):
    """Who asks, and for whom."""

    BURGERNET = "burgernet"
    AMBER = "amber"
    MISSING = "vermist"


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """A known action; its words are only kept as hashes, and who it is about not at all."""

    id: str
    tenant: str
    kind: ActionKind
    #: Where the police tells about it.
    link: str
    published_at: datetime
    ends_at: datetime
    #: Salted hashes of content words and of web addresses, as of a signal.
    words: frozenset[int] = frozenset()
    links: frozenset[int] = frozenset()


def known_action(clues: Clues, actions: Iterable[Action], now: datetime) -> Action | None:
    """Return the action that a signal passes on, or None; the best match, then the latest."""
    at = min(clues.sent_at, now)
    fitting = [
        (_fit(clues, action), action.published_at, action.id, action)
        for action in actions
        if action.tenant == clues.tenant and action.published_at - _EARLY <= at <= action.ends_at
    ]
    best = max((each for each in fitting if each[0]), default=None)
    return best[3] if best else None


def _fit(clues: Clues, action: Action) -> float:
    """Return how surely a signal passes an action on, from 0 (not) to 2 (by its address)."""
    if clues.links & action.links:
        return 2.0
    shared = len(clues.words & action.words)
    smaller = min(len(clues.words), len(action.words))
    return shared / smaller if shared >= _SHARED and shared / smaller >= _SHARE else 0.0
