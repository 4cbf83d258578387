# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL as Buurtsignaal wants it: durable at commit, in UTC, with errors that tell nothing.

Erased bytes leave the files of PostgreSQL only with its own housekeeping: the administrator runs
``VACUUM FULL`` on ``signals``, ``outbox`` and ``answers`` (or lets autovacuum overwrite them in
time) and limits how long archived WAL is kept. ``log_error_verbosity = terse`` on the server
keeps values out of its log.
"""

from __future__ import annotations

import sqlalchemy as sa

from core import errors
from store.failure import speak_plainly

_OLDEST = (15,)
_OPTIONS = (
    "-c timezone=UTC -c synchronous_commit=on -c lock_timeout=10s"
    # A worker that hangs in a transaction must not hold up a withdrawal.
    " -c idle_in_transaction_session_timeout=60s"
)


def writing_engine(url: sa.URL, pool_size: int) -> sa.Engine:
    """Return the engine for transactions that write."""
    engine = sa.create_engine(
        _with_options(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
    )
    speak_plainly(engine)
    return engine


def reading_engine(engine: sa.Engine) -> sa.Engine:
    """Return the same pool for transactions that see one snapshot and cannot write."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def check_version(connection: sa.Connection) -> None:
    """Refuse a server that is too old."""
    version = connection.dialect.server_version_info or ()
    if version < _OLDEST:
        raise errors.ConfigurationError("PostgreSQL 15 or later is needed")


def _with_options(url: sa.URL) -> sa.URL:
    given = url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    url = url.set(drivername="postgresql+psycopg")
    # What the administrator set comes last and wins.
    return url.update_query_dict({"options": f"{_OPTIONS} {options}".strip()})
