# SPDX-License-Identifier: EUPL-1.2
"""Known police actions, for as long as they last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.action import Action, ActionKind
from store.tables import actions
from store.transaction import Transaction


class Actions:
    """What the police asks everybody to look out for."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def save(self, found: Sequence[Action]) -> None:
        """Store new actions and bring known ones up to date."""
        rows = [_values(action) for action in found]
        if not rows:
            return
        insert = self._tx.upsert(actions)
        changing = ("kind", "link", "published_at", "ends_at", "words", "links")
        statement = insert.on_conflict_do_update(
            index_elements=["id", "tenant"],
            set_={name: insert.excluded[name] for name in changing},
        )
        self._tx.connection.execute(statement, rows)

    def current(self, tenant: str, now: datetime) -> list[Action]:
        """Return the actions that are not over, latest first."""
        query = sa.select(actions).where(actions.c.tenant == tenant, actions.c.ends_at > now)
        ordered = query.order_by(actions.c.published_at.desc(), actions.c.id)
        return [_action(row) for row in self._tx.rows(ordered)]

    def find(self, tenant: str, action_id: str) -> Action | None:
        """Return one action, or None when it is over and gone."""
        query = sa.select(actions).where(actions.c.tenant == tenant, actions.c.id == action_id)
        row = self._tx.row(query)
        return _action(row) if row else None

    def prune(self, now: datetime) -> None:
        """Forget what is over."""
        self._tx.run(sa.delete(actions).where(actions.c.ends_at <= now))


def _values(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "tenant": action.tenant,
        "kind": action.kind.value,
        "link": action.link,
        "published_at": action.published_at,
        "ends_at": action.ends_at,
        "words": sorted(action.words),
        "links": sorted(action.links),
    }


def _action(row: sa.Row[Any]) -> Action:
    return Action(
        id=row.id,
        tenant=row.tenant,
        kind=ActionKind(row.kind),
        link=row.link,
        published_at=row.published_at,
        ends_at=row.ends_at,
        words=frozenset(row.words),
        links=frozenset(row.links),
    )
