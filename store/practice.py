# SPDX-License-Identifier: EUPL-1.2
"""A database of its own for people who practise, from which nothing can leave."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from core.clock import Clock
from store.database import Store, open_store
from store.seal import Sealer

_KEY = 32
#: A letter may be written, because that is what people learn; no hand can take it out of here.
_HELD = "oefening: niets gaat weg"
_TRIGGERS = tuple(
    f"CREATE TRIGGER practice_holds_{deed.split()[0].lower()} BEFORE {deed} ON outbox "
    f"WHEN NEW.state IN ('leased', 'sent') BEGIN SELECT RAISE(ABORT, '{_HELD}'); END"
    for deed in ("INSERT", "UPDATE OF state")
)


def open_practice_store(folder: Path, *, clock: Clock) -> Store:
    """Make an empty database in ``folder``; its key is known to nobody and goes with the process.

    Taking a row of its outbox, which is the first thing that delivery does, is refused by the
    database itself.
    """
    path = folder / "oefening.db"
    sealer = Sealer([secrets.token_bytes(_KEY)])
    store = open_store(f"sqlite:///{path}", sealer=sealer, clock=clock)
    store.migrate()
    with closing(sqlite3.connect(path)) as connection:
        for trigger in _TRIGGERS:
            connection.execute(trigger)
        connection.commit()
    return store
