# SPDX-License-Identifier: EUPL-1.2
"""SQLite as Buurtsignaal wants it: durable at commit, one writer, readers that never wait."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core import errors
from store.failure import speak_plainly

#: Seconds to wait for another process that is writing.
_PATIENCE = 10.0
_PAUSE = 0.02

_BOTH = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    # Intermediate results may hold texts; they must not reach a file in /tmp.
    "PRAGMA temp_store=MEMORY",
    f"PRAGMA busy_timeout={int(_PATIENCE * 1000)}",
)
_WRITER = (
    "PRAGMA synchronous=FULL",
    # A REPLACE must meet the triggers that guard the ledgers.
    "PRAGMA recursive_triggers=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA journal_size_limit=67108864",
)
_READER = ("PRAGMA query_only=ON", "PRAGMA cache_size=-16384")


def writing_engine(url: sa.URL) -> sa.Engine:
    """Return the engine whose one connection writes."""
    _prepare(url)
    engine = _engine(url, pool_size=1, pragmas=_BOTH + _WRITER)
    sa.event.listen(engine, "connect", _keep_a_log)
    sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def reading_engine(url: sa.URL, pool_size: int) -> sa.Engine:
    """Return the engine whose connections cannot write."""
    engine = _engine(url, pool_size=pool_size, pragmas=_BOTH + _READER)
    sa.event.listen(engine, "begin", _begin)
    return engine


def scrub(engine: sa.Engine) -> bool:
    """Move the whole write-ahead log into the database and cut it to nothing.

    What was deleted is overwritten with zeros in the database (``secure_delete``); only the
    log still has it. False when a reader kept the log busy; then it must be tried again.
    """
    connection = engine.raw_connection()
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = cursor.fetchone()
            return row is not None and row[0] == 0
    finally:
        connection.close()


def _prepare(url: sa.URL) -> None:
    """Make the file, readable for its owner alone; the log files take over its rights."""
    if not url.database or url.database == ":memory:" or url.query:
        raise errors.ConfigurationError("SQLite needs a plain file: sqlite:///path/to/file.db")
    if sqlite3.sqlite_version_info < (3, 35):
        raise errors.ConfigurationError("SQLite 3.35 or later is needed")
    path = Path(url.database)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise errors.ConfigurationError(f"cannot open {path}: {error.strerror}") from error


def _engine(url: sa.URL, *, pool_size: int, pragmas: tuple[str, ...]) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        # An error may be logged; the values in it may be a citizen's words.
        hide_parameters=True,
        connect_args={
            "timeout": _PATIENCE,
            "check_same_thread": False,
            # The driver must not begin transactions by itself; the listeners below do.
            "isolation_level": None,
        },
    )

    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        for pragma in pragmas:
            connection.execute(pragma).close()

    sa.event.listen(engine, "connect", prepare)
    speak_plainly(engine)
    return engine


def _keep_a_log(connection: sqlite3.Connection, _: Any) -> None:
    """Switch the file to a write-ahead log, once and for good.

    SQLite does not wait by itself when two processes do this to a new file at one moment.
    """
    for _attempt in range(int(_PATIENCE / _PAUSE)):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(_PAUSE)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL").close()


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
