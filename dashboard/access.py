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
    #: A screen on the wall that everybody in the room can see and nobody works at.
    WANDBORD = "wandbord"

    @property
    def queue(self) -> Queue | None:
        """The work list of an operator; None for everybody else."""
        return _QUEUES.get(self)


_QUEUES = {Role.MELDKAMER: Queue.MELDKAMER, Role.HANDHAVING: Queue.HANDHAVING}

EVERYBODY = frozenset(Role)
OPERATORS = frozenset(_QUEUES)
#: Who may switch the scores off and on.
STOPPERS = frozenset({Role.TOEZICHT, Role.BEHEER})
#: Who may see how busy it is, without any message.
WATCHERS = OPERATORS | STOPPERS | {Role.WANDBORD}
#: Who may see counts in time and place, without any message.
COUNTERS = OPERATORS | {Role.ONDERZOEK, Role.TOEZICHT, Role.BEHEER}

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
    "report-choose": PUBLIC,
    "report": PUBLIC,
    "report-submit": PUBLIC,
    "report-sheet": PUBLIC,
    "report-logo": PUBLIC,
    "report-en": PUBLIC,
    "report-en-form": PUBLIC,
    "follow": PUBLIC,
    "follow-show": PUBLIC,
    "follow-answer": PUBLIC,
    "follow-withdraw": PUBLIC,
    "handover": PUBLIC,
    "handover-open": PUBLIC,
    "handover-photo": PUBLIC,
    "joining": PUBLIC,
    "join": PUBLIC,
    "join-qr": PUBLIC,
    "signup": PUBLIC,
    "signup-submit": PUBLIC,
    "questionnaire": PUBLIC,
    "questionnaire-send": PUBLIC,
    "rating": PUBLIC,
    "rating-send": PUBLIC,
    "reminders": PUBLIC,
    "reminders-choose": PUBLIC,
    "admin-link": PUBLIC,
    "admin-link-use": PUBLIC,
    "security-txt": PUBLIC,
    "house-sheet": PUBLIC,
    "house-logo": PUBLIC,
    "favicon": PUBLIC,
    "health": PUBLIC,
    "api-page": PUBLIC,
    "logout": EVERYBODY,
    "password": EVERYBODY,
    "password-change": EVERYBODY,
    "language": EVERYBODY,
    "start": EVERYBODY,
    "queue-meldkamer": frozenset({Role.MELDKAMER}),
    "queue-handhaving": frozenset({Role.HANDHAVING}),
    "card": OPERATORS,
    "report-photo": OPERATORS,
    "cards": OPERATORS,
    "stream": WATCHERS,
    "sources": OPERATORS,
    "board": WATCHERS,
    "decide": OPERATORS,
    "undo": OPERATORS,
    "retract": OPERATORS,
    "acknowledge": OPERATORS,
    "snooze": OPERATORS,
    "snoozed": OPERATORS,
    "wake": OPERATORS,
    "explain": OPERATORS,
    "tip": OPERATORS,
    "look": OPERATORS,
    "present": OPERATORS,
    "scores": STOPPERS,
    "scores-switch": STOPPERS,
    "list": OPERATORS,
    "list-csv": OPERATORS,
    "list-json": OPERATORS,
    "map-layer": OPERATORS,
    "shift": OPERATORS,
    "shift-json": OPERATORS,
    "hotspots": COUNTERS,
    "hotspots-csv": COUNTERS,
    "hotspots-json": COUNTERS,
    "dossiers": OPERATORS,
    "dossier-open": OPERATORS,
    "dossier": OPERATORS,
    "dossier-json": OPERATORS,
    "dossier-gather": OPERATORS,
    "dossier-release": OPERATORS,
    "dossier-note": OPERATORS,
    "dossier-close": OPERATORS,
    "incident": OPERATORS,
    "incident-merge": OPERATORS,
    "incident-split": OPERATORS,
    "ask": OPERATORS,
    "dead-letters": OPERATORS | {Role.BEHEER},
    "resend": OPERATORS | {Role.BEHEER},
    "files": OPERATORS | {Role.BEHEER},
    "file-settle": OPERATORS | {Role.BEHEER},
    "groups": frozenset({Role.GROEPSBEHEER}),
    "group": frozenset({Role.GROEPSBEHEER}),
    "group-opt-in": frozenset({Role.GROEPSBEHEER}),
    "group-opt-out": frozenset({Role.GROEPSBEHEER}),
    "group-upload": frozenset({Role.GROEPSBEHEER}),
    "group-mode": frozenset({Role.GROEPSBEHEER}),
    "deputy-add": frozenset({Role.GROEPSBEHEER}),
    "admin-leave": frozenset({Role.GROEPSBEHEER}),
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
    "surveys": frozenset({Role.ONDERZOEK}),
    "survey-make": frozenset({Role.ONDERZOEK}),
    "survey": frozenset({Role.ONDERZOEK}),
    "survey-stop": frozenset({Role.ONDERZOEK}),
    "survey-csv": frozenset({Role.ONDERZOEK}),
    "research": frozenset({Role.ONDERZOEK, Role.BEHEER, Role.TOEZICHT}),
    "audit": frozenset({Role.TOEZICHT}),
    "audit-csv": frozenset({Role.TOEZICHT}),
    "audit-json": frozenset({Role.TOEZICHT}),
    "admin": frozenset({Role.BEHEER}),
    "report-share": frozenset({Role.BEHEER}),
    "tokens": OPERATORS | {Role.BEHEER},
    "token-make": OPERATORS | {Role.BEHEER},
    "token-revoke": OPERATORS | {Role.BEHEER},
    "account-create": frozenset({Role.BEHEER}),
    "account-change": frozenset({Role.BEHEER}),
    "practice": OPERATORS | {Role.BEHEER},
    "practice-start": frozenset({Role.BEHEER}),
    "practice-steer": frozenset({Role.BEHEER}),
    "explained": OPERATORS,
    "explanation": OPERATORS,
    "registry": frozenset({Role.BEHEER}),
    "signup-decide": frozenset({Role.BEHEER}),
    "admin-add": frozenset({Role.BEHEER}),
    "admin-change": frozenset({Role.BEHEER}),
    "admins-export": frozenset({Role.BEHEER}),
    "admins-import": frozenset({Role.BEHEER}),
}


def seen_by(role: Role) -> tuple[Queue, ...]:
    """Return the queues whose busyness this role may see: an operator's own, else both."""
    return (role.queue,) if role.queue else tuple(Queue)


def allowed(route: str, role: Role | None) -> bool:
    """Whether ``role`` may use the route; an unknown route is for nobody."""
    if route not in ACCESS:
        return False
    roles = ACCESS[route]
    if roles is None:
        return True
    return role is not None and role in roles
