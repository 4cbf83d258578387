# SPDX-License-Identifier: EUPL-1.2
"""What was done with signals besides deciding; only ever added to."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from core.step import Step, StepKind
from store.tables import steps
from store.transaction import Transaction


class Steps:
    """The history of signals, as far as decisions and letters do not tell it."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, made: Sequence[Step]) -> None:
        """Write steps down."""
        self._tx.must_write()
        names = Step.__slots__
        self._tx.insert(steps, [{n: getattr(step, n) for n in names} for step in made])

    def of_signal(self, signal_id: str) -> list[Step]:
        """Return a signal's steps, oldest first."""
        query = sa.select(steps).where(steps.c.signal_id == signal_id)
        rows = self._tx.rows(query.order_by(steps.c.at, steps.c.id))
        return [Step(**(row._asdict() | {"kind": StepKind(row.kind)})) for row in rows]
