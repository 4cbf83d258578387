# SPDX-License-Identifier: EUPL-1.2
"""A real homeserver with a bot and people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FrozenClock
from store.database import Store
from tests.ingest.house import House
from tests.partners.synapse import Person, Synapse, synapse


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    with synapse(tmp_path_factory.mktemp("synapse")) as running_server:
        yield running_server


@pytest.fixture
def bot(server: Synapse) -> Person:
    return server.person("buurtsignaal")


@pytest.fixture
def olga(server: Synapse) -> Person:
    """She makes the room."""
    return server.person("olga")


@pytest.fixture
def karim(server: Synapse) -> Person:
    """He is a plain member."""
    return server.person("karim")


@pytest.fixture
def real_house(sqlite_store: Store) -> House:
    """A house whose clock agrees with that of the server."""
    return House(store=sqlite_store, clock=FrozenClock(datetime.now(UTC) + timedelta(minutes=30)))
