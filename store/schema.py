# SPDX-License-Identifier: EUPL-1.2
"""Bringing a database to the tables of this version, with Alembic and without its ini file."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from core import errors

_FOLDER = Path(__file__).parent / "migrations"

#: Any number of our own: processes that start together migrate one after the other.
_LOCK = 0x6275757274


def head_revision() -> str | None:
    """Return the revision that this version needs."""
    return ScriptDirectory(str(_FOLDER)).get_current_head()


def upgrade(connection: sa.Connection) -> None:
    """Run all migrations that this database lacks, inside the open transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    found = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions()}
    if unknown := sorted(set(found) - known):
        raise errors.ConfigurationError(
            f"this database was made by a later version (revision {', '.join(unknown)});"
            " upgrade Buurtsignaal"
        )
    command.upgrade(_config(connection), "head")


def _config(connection: sa.Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
