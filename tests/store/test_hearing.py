# SPDX-License-Identifier: EUPL-1.2
"""On PostgreSQL a process hears of the commits of another at once, and again after a cut."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.clock import FrozenClock
from store.database import Store, open_store
from store.seal import Sealer
from tests.store_fixtures import PostgresServer

#: Seconds that a busy machine gets.
_PATIENCE = 20.0


@contextmanager
def hearing(store: Store) -> Iterator[threading.Semaphore]:
    """Listen while the block runs; give what counts the news."""
    news, stop = threading.Semaphore(0), threading.Event()
    store.on_commit(news.release)
    ear = threading.Thread(target=store.hear, args=(stop,))
    ear.start()
    try:
        # The first time says that it listens.
        assert news.acquire(timeout=_PATIENCE)
        yield news
    finally:
        stop.set()
        ear.join(_PATIENCE)
        assert not ear.is_alive()


def put(store: Store) -> None:
    with store.write() as work:
        work.events.put("delft", "meldkamer", "signal.new", "s1", store.clock.now())


def test_a_commit_of_another_process_is_heard(
    postgres_store: Store, postgresql_store_url: str, sealer: Sealer, clock: FrozenClock
) -> None:
    other = open_store(postgresql_store_url, sealer=sealer, clock=clock)
    try:
        with hearing(postgres_store) as news:
            put(other)
            assert news.acquire(timeout=_PATIENCE)
    finally:
        other.close()


def test_our_own_commit_is_told_once(postgres_store: Store) -> None:
    with hearing(postgres_store) as news:
        put(postgres_store)
        assert news.acquire(timeout=_PATIENCE)
        assert not news.acquire(timeout=0.5)


def test_what_is_undone_is_not_told(
    postgres_store: Store, postgresql_store_url: str, sealer: Sealer, clock: FrozenClock
) -> None:
    other = open_store(postgresql_store_url, sealer=sealer, clock=clock)
    try:
        with hearing(postgres_store) as news:
            with contextlib.suppress(KeyError), other.write() as work:
                work.events.put("delft", "meldkamer", "signal.new", "s1", clock.now())
                raise KeyError
            assert not news.acquire(timeout=0.5)
    finally:
        other.close()


def test_after_a_cut_it_listens_again_and_tells_that_it_may_have_missed_something(
    postgres_store: Store, postgres: PostgresServer
) -> None:
    with hearing(postgres_store) as news:
        postgres.administer(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
        )
        assert news.acquire(timeout=_PATIENCE)


def test_sqlite_has_nobody_else_to_hear(sqlite_store: Store) -> None:
    sqlite_store.hear(threading.Event())
