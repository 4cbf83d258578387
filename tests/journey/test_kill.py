# SPDX-License-Identifier: EUPL-1.2
"""Killed at any moment, nothing is lost and nothing is there twice.

The full run (200 kills, 2,000 messages, both databases) is in ``make bench``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig import killing
from tests.rig.installation import Installation
from tests.store_fixtures import PostgresServer


@pytest.mark.slow
async def test_killed_again_and_again_on_sqlite_nothing_is_lost_or_double(tmp_path: Path) -> None:
    toll = await killing.run(
        lambda telegram: Installation(folder=tmp_path, telegram=telegram),
        messages=200,
        kills=8,
        seed=1,
    )

    assert (toll.lost, toll.double) == (0, 0)


@pytest.mark.slow
async def test_killed_again_and_again_on_postgresql_nothing_is_lost_or_double(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    name = postgres.lend()
    toll = await killing.run(
        lambda telegram: Installation(
            folder=tmp_path, telegram=telegram, database_url=postgres.url(name)
        ),
        messages=200,
        kills=8,
        seed=2,
    )
    postgres.take_back(name)

    assert (toll.lost, toll.double) == (0, 0)
