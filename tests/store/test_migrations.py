# SPDX-License-Identifier: EUPL-1.2
"""Migrations make what the tables say, once, also when everybody starts together."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from core import errors
from core.clock import FrozenClock
from store.database import Store, open_store
from store.seal import Sealer
from store.tables import metadata
from tests.store.test_concurrency import together
from tests.store_fixtures import PostgresServer


def test_migrations_and_tables_agree(store: Store) -> None:
    with store.read() as work:
        context = MigrationContext.configure(
            work.transaction.connection, opts={"compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def test_constraints_that_alembic_does_not_compare_are_there(store: Store) -> None:
    with store.read() as work:
        inspector = sa.inspect(work.transaction.connection)
        for table in metadata.sorted_tables:
            found = {check["name"] for check in inspector.get_check_constraints(table.name)}
            wanted = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint)}
            assert found == wanted
            foreign = {
                (*key["constrained_columns"], key["referred_table"])
                for key in inspector.get_foreign_keys(table.name)
            }
            assert foreign == {
                (key.parent.name, key.column.table.name) for key in table.foreign_keys
            }


def test_migrating_again_changes_nothing(store: Store) -> None:
    with store.write() as work:
        work.cursors.advance("delft", "telegram", "bot", "1", store.clock.now())
    store.migrate()
    with store.read() as work:
        assert work.cursors.get("delft", "telegram", "bot") == "1"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return url
    server: PostgresServer = request.getfixturevalue("postgres")
    server.administer("DROP DATABASE IF EXISTS empty_one WITH (FORCE)")
    server.administer("CREATE DATABASE empty_one TEMPLATE template0")
    return server.url("empty_one")


def test_processes_that_start_together_migrate_once(
    empty_url: str, sealer: Sealer, clock: FrozenClock
) -> None:
    stores = [open_store(empty_url, sealer=sealer, clock=clock) for _ in range(4)]
    together([partial(store.migrate) for store in stores])
    with stores[0].read() as work:
        assert work.events.last_id() == 0
    for store in stores:
        store.close()


def test_a_database_of_a_later_version_is_refused(store: Store) -> None:
    with store.write() as work:
        work.transaction.run(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(errors.ConfigurationError, match="9999"):
        store.migrate()
