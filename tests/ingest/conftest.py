# SPDX-License-Identifier: EUPL-1.2
"""A house with one group, on a fresh SQLite file."""

from __future__ import annotations

from datetime import timedelta

import hypothesis
import pytest

from core.clock import FrozenClock
from store.consent import Group
from store.database import Store
from tests.ingest.house import House, Intake

# A busy machine is no failure; the time limit of pytest is enough.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture
def house(sqlite_store: Store, clock: FrozenClock) -> House:
    return House(store=sqlite_store, clock=clock)


@pytest.fixture
def group(house: House) -> Group:
    """The group, with consent since an hour ago."""
    return house.allow(house.group(), since=house.clock.now() - timedelta(hours=1))


@pytest.fixture
def intake(house: House) -> Intake:
    return Intake(house=house)
