# SPDX-License-Identifier: EUPL-1.2
"""Hearing of the commits of other processes, with PostgreSQL's LISTEN and NOTIFY.

A notice only says that there may be news, never what: the tables are the only memory, and who
misses one finds the news at the next look.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

_log = logging.getLogger(__name__)

_CHANNEL = "buurtsignaal_news"
#: Seconds between two looks whether to stop, and before a cut connection is made anew.
_LOOK, _AGAIN = 0.3, 1.0


def announce(connection: sa.Connection, process: str) -> None:
    """Let all others hear it when this transaction commits."""
    connection.execute(
        sa.text("SELECT pg_notify(:channel, :process)"),
        {"channel": _CHANNEL, "process": process},
    )


def hear(engine: sa.Engine, process: str, tell: Callable[[], None], stop: threading.Event) -> None:
    """Call ``tell`` after commits of other processes than ``process``, until ``stop``."""
    while not stop.is_set():
        try:
            _listen(engine, process, tell, stop)
        except Exception as error:  # noqa: BLE001 - without it there is still the look now and then
            _log.warning("no notices of the database: %s", type(error).__name__)
            stop.wait(_AGAIN)


def _listen(
    engine: sa.Engine, process: str, tell: Callable[[], None], stop: threading.Event
) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver: Any = connection.connection.driver_connection
        # Not one of the pool any more: it is held for as long as the program runs.
        connection.detach()
        connection.exec_driver_sql(f"LISTEN {_CHANNEL}")
        # What was committed before we listened.
        tell()
        while not stop.is_set():
            notices = list(driver.notifies(timeout=_LOOK, stop_after=1))
            if any(notice.payload != process for notice in notices):
                tell()
