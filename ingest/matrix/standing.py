# SPDX-License-Identifier: EUPL-1.2
"""Who governs a room, read from its state as the server gives it at this moment.

From room version 12 on the makers of a room have endless power and are *not* in the list of power
levels; before that, everybody's power is in the list, the maker's too
(https://spec.matrix.org/latest/rooms/v12/).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.message import Role

#: What a moderator has, by the protocol's own defaults.
MODERATOR = 50
#: What a maker has, in rooms without a list.
_MAKER = 100

State = Iterable[Mapping[str, Any]]


def role_of(user: str, state: State) -> Role:
    """Return what ``user`` is in the room; somebody who is not in it is a plain member."""
    found = {(e.get("type"), e.get("state_key")): e for e in state if isinstance(e, Mapping)}
    if _content(found.get(("m.room.member", user))).get("membership") != "join":
        return Role.MEMBER
    create = found.get(("m.room.create", ""), {})
    makers = _makers(create)
    if _endless(create):
        if user in makers:
            return Role.OWNER
        makers = frozenset()
    levels = found.get(("m.room.power_levels", ""))
    if levels is None:
        return Role.OWNER if user in makers else Role.MEMBER
    return _by_level(user, _content(levels), makers)


def _by_level(user: str, levels: Mapping[str, Any], makers: frozenset[str]) -> Role:
    everybody = _level(levels.get("users_default"), 0)
    users = levels.get("users")
    own = _level(users.get(user), everybody) if isinstance(users, Mapping) else everybody
    # Where everybody is a moderator, being one says nothing about who governs.
    if own < MODERATOR or own <= everybody:
        return Role.MEMBER
    return Role.OWNER if own >= _MAKER and user in makers else Role.ADMIN


def _makers(create: Mapping[str, Any]) -> frozenset[str]:
    more = _content(create).get("additional_creators", ())
    listed = more if isinstance(more, list) and _endless(create) else ()
    return frozenset(name for name in (create.get("sender"), *listed) if isinstance(name, str))


def _endless(create: Mapping[str, Any]) -> bool:
    """Whether makers have endless power in this version of rooms."""
    version = _content(create).get("room_version", "1")
    if not isinstance(version, str):
        return False
    return version.startswith("org.matrix.hydra.") or (version.isdecimal() and int(version) >= 12)


def _level(value: object, otherwise: int) -> int:
    # Old rooms may hold a number as a text.
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return otherwise
    try:
        return int(value)
    except (ValueError, OverflowError):
        return otherwise


def _content(event: Mapping[str, Any] | None) -> Mapping[str, Any]:
    content = event.get("content") if event is not None else None
    return content if isinstance(content, Mapping) else {}
