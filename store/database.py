# SPDX-License-Identifier: EUPL-1.2
"""Opening the store and working in it, one transaction at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar
from uuid import uuid4

import sqlalchemy as sa

from core import errors
from core.clock import Clock
from store import hearing, postgresql, sqlite
from store.failure import StoreUnavailable
from store.schema import upgrade
from store.seal import Sealer
from store.transaction import Transaction
from store.turn import Turn
from store.work import Work

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


def open_store(url: str, *, sealer: Sealer, clock: Clock, pool_size: int = 5) -> Store:
    """Open ``sqlite:///path`` or ``postgresql://…``; tables come with ``Store.migrate``."""
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise errors.ConfigurationError("the database address is no URL") from None
    if address.get_backend_name() == "sqlite":
        writer = sqlite.writing_engine(address)
        reader = sqlite.reading_engine(address, pool_size)
    elif address.get_backend_name() == "postgresql":
        writer = postgresql.writing_engine(address, pool_size)
        reader = postgresql.reading_engine(writer)
    else:
        raise errors.ConfigurationError(
            f"cannot use {address.get_backend_name()}; there are: sqlite, postgresql"
        )
    return Store(writer, reader, sealer=sealer, clock=clock)


class Store:
    """The database, for any number of threads."""

    def __init__(
        self, writer: sa.Engine, reader: sa.Engine, *, sealer: Sealer, clock: Clock
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._sealer = sealer
        self._turn = Turn() if writer.dialect.name == "sqlite" else None
        self._listeners: list[Callable[[], None]] = []
        #: Tells our own notices from those of other processes.
        self._process = uuid4().hex
        self.clock = clock

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._writer.dialect.name

    @contextmanager
    def write(self) -> Iterator[Work]:
        """One transaction: durable when the block ends, gone when it raises.

        On SQLite writers take turns. On PostgreSQL they run side by side and only line up, at
        the very end, for the numbers of events and audit lines.
        """
        with self._my_turn(), self._writer.begin() as connection:
            work = Work(Transaction(connection, self._sealer, writing=True))
            yield work
            work.flush()
            if work.events.written and self.dialect == "postgresql":
                hearing.announce(connection, self._process)
        if work.events.written:
            self._tell()

    @contextmanager
    def read(self) -> Iterator[Work]:
        """One snapshot; sees nothing of what others commit meanwhile and never waits."""
        with self._reader.connect() as connection, connection.begin():
            yield Work(Transaction(connection, self._sealer, writing=False))

    def attempt(self, deed: Callable[[Work], _Result], *, times: int = 5) -> _Result:
        """Do ``deed`` in a writing transaction; again where PostgreSQL ended a deadlock.

        Nothing of a failed attempt is left, so ``deed`` must change nothing but the store.
        """
        for left in reversed(range(times)):
            try:
                with self.write() as work:
                    return deed(work)
            except StoreUnavailable as error:
                if not (left and error.undone):
                    raise
        raise ValueError("times must be at least 1")

    def migrate(self) -> None:
        """Create all tables, or bring them to what this version needs."""
        with self._my_turn(), self._writer.begin() as connection:
            if self.dialect == "postgresql":
                postgresql.check_version(connection)
            upgrade(connection)

    def scrub(self) -> bool:
        """Get erased bytes out of the files; False when a reader was in the way.

        On PostgreSQL this is the administrator's (see ``store.postgresql``); always True.
        """
        if self.dialect != "sqlite":
            return True
        with self._my_turn():
            return sqlite.scrub(self._writer)

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each commit of this process that wrote events."""
        self._listeners.append(listener)

    def hear(self, stop: threading.Event) -> None:
        """Call the listeners after commits of other processes too, until ``stop``.

        Only PostgreSQL tells of those; on SQLite this is over at once.
        """
        if self.dialect == "postgresql":
            hearing.hear(self._writer, self._process, self._tell, stop)

    def close(self) -> None:
        """Close all connections; SQLite then folds its log into the database."""
        self._reader.dispose()
        self._writer.dispose()

    def _my_turn(self) -> AbstractContextManager[object]:
        return self._turn or nullcontext()

    def _tell(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception:  # noqa: BLE001
                # The commit stands; whoever waited for it must not be told otherwise.
                _log.exception("a listener failed after a commit")
