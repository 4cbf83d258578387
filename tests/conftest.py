# SPDX-License-Identifier: EUPL-1.2
"""Fixtures that every test may use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import settings

from core.clock import FrozenClock

pytest_plugins = ["tests.store_fixtures"]

# Timings live in benchmarks: a busy machine must not fail a property.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

#: The moment at which tests begin, unless they say otherwise.
START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(START)
