# SPDX-License-Identifier: EUPL-1.2
"""Which messages have been handled; keyed hashes only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from store.tables import seen
from store.transaction import Transaction


class SeenKeys:
    """Makes a repeat harmless: a key can be claimed once."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def claim(self, keys: Sequence[str], at: datetime) -> set[str]:
        """Claim ``keys`` and return those that nobody had claimed.

        On PostgreSQL this waits for another transaction that is claiming one of them, and
        gets the key after all when that one rolls back.
        """
        # One order for everybody, so that two claims never wait for each other.
        rows = [{"dedup_key": key, "at": at} for key in sorted(set(keys))]
        return self._tx.insert_new(seen, rows, seen.c.dedup_key)

    def holds(self, key: str) -> bool:
        """Whether somebody has claimed ``key``."""
        return self._tx.row(sa.select(seen.c.at).where(seen.c.dedup_key == key)) is not None

    def prune(self, before: datetime) -> int:
        """Forget keys claimed before that moment; return how many."""
        return self._tx.run(sa.delete(seen).where(seen.c.at < before)).rowcount
