# SPDX-License-Identifier: EUPL-1.2
"""Programs with and without token, at a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from dashboard.api.keyring import Made
from dashboard.api.scope import Scope
from tests.dashboard.api.program import Program, person, system
from tests.dashboard.serving import Served
from tests.dashboard.world import World

MakeProgram = Callable[..., Program]


@pytest.fixture
def program(served: Served) -> Iterator[MakeProgram]:
    """Gives programs that show this token, or none."""
    with ExitStack() as stack:

        def make(made: Made | None = None) -> Program:
            client = stack.enter_context(httpx.Client(base_url=served.url, timeout=30))
            return Program(client, made)

        yield make


@pytest.fixture
def follower(world: World, program: MakeProgram) -> Program:
    """A system that reads the control room's queue."""
    return program(system(world, Scope.MELDKAMER))


@pytest.fixture
def agnes(world: World, program: MakeProgram) -> Program:
    """The program of somebody in the control room."""
    account = world.account("meldkamer", "Agnes")
    return program(person(world, account, {Scope.MELDKAMER, Scope.DECIDE}))
