# SPDX-License-Identifier: EUPL-1.2
"""What a token opens: one table, enforced by one dependency for every route."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.label import Queue
from dashboard.access import Role


class Scope(StrEnum):
    """One thing that a token opens."""

    MELDKAMER = "signalen:meldkamer"
    HANDHAVING = "signalen:handhaving"
    COUNTS = "aantallen"
    SOURCES = "bronnen"
    #: To decide in the name of the person whose token it is.
    DECIDE = "besluiten"

    @property
    def queue(self) -> Queue | None:
        """The queue that it lets a program read; None for the others."""
        return _QUEUES.get(self)


_QUEUES = {Scope.MELDKAMER: Queue.MELDKAMER, Scope.HANDHAVING: Queue.HANDHAVING}
#: What opens messages.
READING = frozenset(_QUEUES)
#: What the token of a system can open: a system never decides.
SYSTEMS = frozenset(Scope) - {Scope.DECIDE}

#: No token needed.
PUBLIC: frozenset[Scope] | None = None

#: Route name → any of these scopes. A route that is not here is refused for everybody.
SCOPES: Mapping[str, frozenset[Scope] | None] = {
    "openapi": PUBLIC,
    "taxonomy": PUBLIC,
    "orders": PUBLIC,
    "signals": READING,
    "signal": READING,
    "signal-history": READING,
    "incidents": READING,
    "incident": READING,
    "changes": READING,
    "decide": frozenset({Scope.DECIDE}),
    "decision": READING,
    "decision-undo": frozenset({Scope.DECIDE}),
    "counts": frozenset({Scope.COUNTS}),
    "sources": frozenset({Scope.SOURCES}),
}


def personal(role: Role) -> frozenset[Scope]:
    """Return what the own token of somebody with this role can open; nothing but an operator's."""
    own = {scope for scope, queue in _QUEUES.items() if queue is role.queue}
    return frozenset(own | {Scope.DECIDE, Scope.COUNTS, Scope.SOURCES}) if own else frozenset()
