# SPDX-License-Identifier: EUPL-1.2
"""kill -9 at random moments while messages flow in: what is lost, what is there twice?"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.rig import killing
from tests.rig.installation import Installation
from tests.store_fixtures import postgres_server

#: The promise is made for these.
MESSAGES = 2_000
KILLS = 200


async def run(scale: float) -> None:
    """Kill a server on SQLite and one on PostgreSQL, by Telegram and webhook at once."""
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres:
        urls = {"SQLite": "", "PostgreSQL": postgres.url(postgres.lend())}
        for seed, (name, url) in enumerate(urls.items()):
            home = Path(folder) / name
            home.mkdir()
            toll = await killing.run(
                lambda telegram, home=home, url=url: Installation(  # type: ignore[misc]
                    folder=home, telegram=telegram, database_url=url
                ),
                messages=round(MESSAGES * scale),
                kills=round(KILLS * scale),
                seed=seed,
            )
            print(
                f"{name}: {toll.messages} messages, {toll.kills} kills, "
                f"{toll.lost} lost, {toll.double} double, {toll.seconds:.0f} s"
            )
            if toll.lost or toll.double:
                raise SystemExit(1)
