# SPDX-License-Identifier: EUPL-1.2
"""SQLite is set up for durability and privacy, on every connection."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from core import errors
from core.clock import FrozenClock
from store.database import Store, open_store
from store.failure import StoreUnavailable
from store.seal import Sealer
from store.work import Work
from tests.store_samples import NOW, outbox_row


def pragma(work: Work, name: str) -> object:
    return work.transaction.connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_a_commit_is_on_disk_and_what_is_deleted_is_wiped(sqlite_store: Store) -> None:
    with sqlite_store.write() as work:
        assert pragma(work, "journal_mode") == "wal"
        assert pragma(work, "synchronous") == 2
        assert pragma(work, "secure_delete") == 1
        assert pragma(work, "foreign_keys") == 1
        assert pragma(work, "recursive_triggers") == 1
    with sqlite_store.read() as work:
        assert pragma(work, "query_only") == 1
        assert pragma(work, "temp_store") == 2
        assert pragma(work, "foreign_keys") == 1


def test_a_writing_transaction_has_the_lock_from_its_start(
    sqlite_store: Store, tmp_path: Path
) -> None:
    with sqlite_store.write():
        other = sqlite3.connect(tmp_path / "buurtsignaal.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_row_without_its_parent_is_refused(sqlite_store: Store) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"), sqlite_store.write() as work:
        work.outbox.put([outbox_row(signal_id="nowhere")])


def test_the_files_are_for_their_owner_alone(sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite_store.write() as work:
        work.seen.claim(["a"], NOW)
    files = list(tmp_path.iterdir())
    assert {file.suffix for file in files} == {".db", ".db-wal", ".db-shm"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_closing_folds_the_log_into_the_database(sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite_store.write() as work:
        work.seen.claim(["a"], NOW)
    sqlite_store.close()
    assert [file.name for file in tmp_path.iterdir()] == ["buurtsignaal.db"]


def test_folders_are_made_where_needed(tmp_path: Path, sealer: Sealer, clock: FrozenClock) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a/b/c.db", sealer=sealer, clock=clock)
    store.migrate()
    store.close()
    assert stat.S_IMODE((tmp_path / "a/b/c.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) == 0o700


def test_another_process_that_keeps_writing_is_an_outage_in_the_end(
    sqlite_store: Store, tmp_path: Path
) -> None:
    with sqlite_store.write() as work:
        # The usual patience, cut short for this test.
        work.transaction.connection.exec_driver_sql("PRAGMA busy_timeout=20")
    other = sqlite3.connect(tmp_path / "buurtsignaal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"), sqlite_store.write():
        pass
    other.execute("COMMIT")
    other.close()
    with sqlite_store.write() as work:
        assert work.seen.claim(["a"], NOW) == {"a"}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file.db?mode=ro",
        "sqlite:////proc/nowhere/file.db",
        "mysql://user:geheim@host/db",
        "geheim",
    ],
)
def test_an_address_that_cannot_work_is_refused(
    url: str, sealer: Sealer, clock: FrozenClock
) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        open_store(url, sealer=sealer, clock=clock)
    assert "geheim" not in str(caught.value)
