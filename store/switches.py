# SPDX-License-Identifier: EUPL-1.2
"""What people switch off and on again while everything runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store.tables import switches
from store.transaction import Transaction

#: Whether the model's label, score and order are shown.
SCORES = "scores"


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """How a switch stands, and who put it there."""

    on: bool
    changed_by: str
    changed_at: datetime


class Switches:
    """A switch that nobody ever touched is on."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def get(self, tenant: str, name: str) -> Switch | None:
        """Return how the switch stands; None when nobody ever touched it."""
        where = (switches.c.tenant == tenant, switches.c.name == name)
        row = self._tx.row(sa.select(switches).where(*where))
        if row is None:
            return None
        return Switch(on=row.on, changed_by=row.changed_by, changed_at=row.changed_at)

    def is_on(self, tenant: str, name: str) -> bool:
        """Whether the switch is on."""
        known = self.get(tenant, name)
        return known is None or known.on

    def turn(self, tenant: str, name: str, to: Switch) -> bool:
        """Turn the switch; False when it stood that way already."""
        self._tx.must_write()
        first = {"tenant": tenant, "name": name, "on": True, **_values(to)}
        self._tx.insert_new(switches, [first], switches.c.name)
        changed = sa.update(switches).where(
            switches.c.tenant == tenant, switches.c.name == name, switches.c.on != to.on
        )
        return self._tx.run(changed.values(on=to.on, **_values(to))).rowcount == 1


def _values(to: Switch) -> dict[str, object]:
    return {"changed_by": to.changed_by, "changed_at": to.changed_at}
