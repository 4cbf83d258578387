# SPDX-License-Identifier: EUPL-1.2
"""Who may use which page: one table, enforced by one dependency for every route."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.label import Queue


class Role(StrEnum):
    """What an account is for; one role per account."""

    MELDKAMER = "meldkamer"
    HANDHAVING = "handhaving"
    GROEPSBEHEER = "groepsbeheer"
    ONDERZOEK = "onderzoek"
    TOEZICHT = "toezicht"
    BEHEER = "beheer"

    @property
    def queue(self) -> Queue | None:
        """The work list of an operator; None for everybody else."""
        return _QUEUES.get(self)


_QUEUES = {Role.MELDKAMER: Queue.MELDKAMER, Role.HANDHAVING: Queue.HANDHAVING}

EVERYBODY = frozenset(Role)
OPERATORS = frozenset(_QUEUES)

#: No session needed.
PUBLIC: frozenset[Role] | None = None

#: Route name → roles. A route that is not here is refused for everybody.
ACCESS: Mapping[str, frozenset[Role] | None] = {
    "login": PUBLIC,
    "login-submit": PUBLIC,
    "licences": PUBLIC,
    "licence-text": PUBLIC,
    "accessibility": PUBLIC,
    "register": PUBLIC,
    "security-txt": PUBLIC,
    "favicon": PUBLIC,
    "health": PUBLIC,
    "logout": EVERYBODY,
    "password": EVERYBODY,
    "password-change": EVERYBODY,
    "start": EVERYBODY,
    "queue-meldkamer": frozenset({Role.MELDKAMER}),
    "queue-handhaving": frozenset({Role.HANDHAVING}),
    "card": OPERATORS,
    "cards": OPERATORS,
    "stream": OPERATORS,
    "decide": OPERATORS,
    "undo": OPERATORS,
    "incident": OPERATORS,
    "incident-merge": OPERATORS,
    "incident-split": OPERATORS,
    "ask": OPERATORS,
    "dead-letters": OPERATORS | {Role.BEHEER},
    "resend": OPERATORS | {Role.BEHEER},
    "groups": frozenset({Role.GROEPSBEHEER}),
    "group": frozenset({Role.GROEPSBEHEER}),
    "group-opt-in": frozenset({Role.GROEPSBEHEER}),
    "group-opt-out": frozenset({Role.GROEPSBEHEER}),
    "group-upload": frozenset({Role.GROEPSBEHEER}),
    "model": frozenset({Role.ONDERZOEK, Role.BEHEER, Role.TOEZICHT}),
    "model-card": frozenset({Role.ONDERZOEK, Role.BEHEER, Role.TOEZICHT}),
    "model-report": frozenset({Role.ONDERZOEK, Role.BEHEER, Role.TOEZICHT}),
    "model-metrics": frozenset({Role.ONDERZOEK, Role.BEHEER, Role.TOEZICHT}),
    "algorithm-register": frozenset({Role.ONDERZOEK, Role.BEHEER, Role.TOEZICHT}),
    "compare": frozenset({Role.ONDERZOEK, Role.BEHEER}),
    "compare-start": frozenset({Role.ONDERZOEK}),
    "comparison": frozenset({Role.ONDERZOEK}),
    "model-activate": frozenset({Role.BEHEER}),
    "rooms": frozenset({Role.ONDERZOEK, Role.BEHEER}),
    "room-open": frozenset({Role.BEHEER}),
    "room-close": frozenset({Role.BEHEER}),
    "room": frozenset({Role.ONDERZOEK}),
    "room-fill": frozenset({Role.ONDERZOEK}),
    "room-upload": frozenset({Role.ONDERZOEK}),
    "room-examples": frozenset({Role.ONDERZOEK}),
    "room-dataset": frozenset({Role.ONDERZOEK}),
    "labelling": frozenset({Role.ONDERZOEK}),
    "label": frozenset({Role.ONDERZOEK}),
    "label-undo": frozenset({Role.ONDERZOEK}),
    "ruling": frozenset({Role.ONDERZOEK}),
    "rule": frozenset({Role.ONDERZOEK}),
    "research": frozenset({Role.ONDERZOEK, Role.BEHEER, Role.TOEZICHT}),
    "audit": frozenset({Role.TOEZICHT}),
    "admin": frozenset({Role.BEHEER}),
    "account-create": frozenset({Role.BEHEER}),
    "account-change": frozenset({Role.BEHEER}),
}


def allowed(route: str, role: Role | None) -> bool:
    """Whether ``role`` may use the route; an unknown route is for nobody."""
    if route not in ACCESS:
        return False
    roles = ACCESS[route]
    if roles is None:
        return True
    return role is not None and role in roles
