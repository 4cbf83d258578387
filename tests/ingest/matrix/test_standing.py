# SPDX-License-Identifier: EUPL-1.2
"""Who governs a room, version by version."""

from __future__ import annotations

from typing import Any

import pytest

from core.message import Role
from ingest.matrix.standing import role_of

OLGA, KARIM, NOOR = "@olga:x", "@karim:x", "@noor:x"


def state(
    version: Any = "12", levels: Any = None, gone: str = "", **create: Any
) -> list[dict[str, Any]]:
    found = [
        _piece("m.room.create", "", {"room_version": version} | create),
        *(
            _piece("m.room.member", user, {"membership": "leave" if user == gone else "join"})
            for user in (OLGA, KARIM, NOOR)
        ),
    ]
    return found if levels is None else [*found, _piece("m.room.power_levels", "", levels)]


def _piece(kind: str, key: str, content: Any) -> dict[str, Any]:
    return {"type": kind, "state_key": key, "sender": OLGA, "content": content}


@pytest.mark.parametrize(
    ("given", "olga", "karim"),
    [
        # Version 12: makers have endless power and are in no list.
        (state(levels={"users": {}}), Role.OWNER, Role.MEMBER),
        (state("org.matrix.hydra.11", levels={"users": {}}), Role.OWNER, Role.MEMBER),
        (state("13", levels={}, additional_creators=[KARIM]), Role.OWNER, Role.OWNER),
        (state(levels={"users": {KARIM: 50}}), Role.OWNER, Role.ADMIN),
        (state(levels={"users": {KARIM: 49}}), Role.OWNER, Role.MEMBER),
        (state(), Role.OWNER, Role.MEMBER),
        (state(levels={}, gone=OLGA), Role.MEMBER, Role.MEMBER),
        # Before it: what the list says, and nothing else.
        (state("11", {"users": {OLGA: 100}}), Role.OWNER, Role.MEMBER),
        (state("11", {"users": {}}), Role.MEMBER, Role.MEMBER),
        (state("11", {"users": {OLGA: 50, KARIM: 100}}), Role.ADMIN, Role.ADMIN),
        (state("11", {"users": {}}, additional_creators=[OLGA]), Role.MEMBER, Role.MEMBER),
        (state("1"), Role.OWNER, Role.MEMBER),
        (state("6", {"users": {KARIM: "50"}}), Role.MEMBER, Role.ADMIN),
        # Where everybody is a moderator, nobody is by that alone.
        (state("11", {"users": {OLGA: 100}, "users_default": 50}), Role.OWNER, Role.MEMBER),
        (state("11", {"users_default": 100}), Role.MEMBER, Role.MEMBER),
        # Odd state gives nobody anything.
        (state("11", {"users": [OLGA]}), Role.MEMBER, Role.MEMBER),
        (state("11", {"users": {OLGA: True, KARIM: "veel"}}), Role.MEMBER, Role.MEMBER),
        (state("11", {"users": {OLGA: None, KARIM: 1e400}}), Role.MEMBER, Role.MEMBER),
        (state(12, {"users": {}}), Role.MEMBER, Role.MEMBER),
        ([], Role.MEMBER, Role.MEMBER),
    ],
)
def test_who_governs(given: list[dict[str, Any]], olga: Role, karim: Role) -> None:
    assert [role_of(OLGA, given), role_of(KARIM, given)] == [olga, karim]


def test_a_stranger_does_not_govern() -> None:
    assert role_of("@elders:y", state(levels={"users": {"@elders:y": 100}})) is Role.MEMBER
