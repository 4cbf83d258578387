# SPDX-License-Identifier: EUPL-1.2
"""What every aggregate gets: the connection of one transaction, and how to write on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core import errors
from store.seal import Sealer

Values = Mapping[str, Any]


class Transaction:
    """One transaction on either database."""

    def __init__(self, connection: sa.Connection, sealer: Sealer, *, writing: bool) -> None:
        self.connection = connection
        self.sealer = sealer
        self.writing = writing

    def run(self, statement: sa.Executable) -> sa.CursorResult[Any]:
        """Execute one statement."""
        return self.connection.execute(statement)

    def rows(self, statement: sa.Executable) -> Sequence[sa.Row[Any]]:
        """Return all rows of a query."""
        return self.connection.execute(statement).all()

    def row(self, statement: sa.Executable) -> sa.Row[Any] | None:
        """Return the first row of a query, or None."""
        return self.connection.execute(statement).first()

    def scalar(self, statement: sa.Executable) -> Any:
        """Return the first column of the first row, or None."""
        return self.connection.execute(statement).scalar()

    def insert(self, table: sa.Table, rows: Sequence[Values]) -> None:
        """Insert all rows in one go."""
        if rows:
            self.connection.execute(sa.insert(table), list(rows))

    def insert_new(self, table: sa.Table, rows: Sequence[Values], key: sa.Column[Any]) -> set[Any]:
        """Insert the rows whose ``key`` is not there yet; return those keys."""
        if not rows:
            return set()
        statement = self.upsert(table).on_conflict_do_nothing().returning(key)
        return set(self.connection.execute(statement, list(rows)).scalars())

    def upsert(self, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
        """Return an insert that knows ``ON CONFLICT``, for this database."""
        return _upsert(self.connection.dialect.name, table)

    def must_write(self) -> None:
        """Refuse what would be lost, because a reading transaction keeps nothing."""
        if not self.writing:
            raise errors.NotAllowed("this is a reading transaction; use store.write()")


@cache
def _upsert(dialect: str, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """Made once: its ``excluded`` copies all columns, and every commit needs some."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
