# SPDX-License-Identifier: EUPL-1.2
"""Promises to erase: after a withdrawal or ``/vergeetmij``, carried out by the sweep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.tables import answers, erasures, questions, signals
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure:
    """What is to go, and when at the latest."""

    id: str
    tenant: str
    group_id: str
    #: ``ingetrokken``, ``vergeetmij`` …
    why: str
    #: When it was asked. Of a member, what was received until then goes; of a whole group,
    #: everything but what was written since consent was given anew.
    asked_at: datetime
    due_at: datetime
    #: All pseudonyms of one member; None: the whole group.
    pseudonyms: tuple[str, ...] | None = None
    done_at: datetime | None = None


class Erasures:
    """Kept until they are carried out, and after that as proof."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def schedule(self, erasure: Erasure) -> None:
        """Promise an erasure; the same id twice counts once.

        Write it down where the group is held alone: it covers all that is stored by then, also
        when a clock was set back since.
        """
        names = erasure.pseudonyms
        row = {
            "id": erasure.id,
            "tenant": erasure.tenant,
            "group_id": erasure.group_id,
            "pseudonyms": None if names is None else ",".join(names),
            "why": erasure.why,
            "asked_at": max([erasure.asked_at, *self._received(erasure.group_id)]),
            "due_at": erasure.due_at,
        }
        self._tx.insert_new(erasures, [row], erasures.c.id)

    def _received(self, group_id: str) -> list[datetime]:
        """Return the moments at which the last signal and the last answer came in."""
        asked = sa.select(questions.c.id).where(questions.c.group_id == group_id)
        latest = (
            sa.select(sa.func.max(signals.c.received_at)).where(signals.c.group_id == group_id),
            sa.select(sa.func.max(answers.c.received_at)).where(answers.c.question_id.in_(asked)),
        )
        moments = [self._tx.scalar(query) for query in latest]
        return [moment for moment in moments if moment is not None]

    def due(self, now: datetime) -> list[Erasure]:
        """Return what must be carried out by now, longest due first."""
        query = sa.select(erasures).where(erasures.c.due_at <= now, erasures.c.done_at.is_(None))
        ordered = query.order_by(erasures.c.due_at, erasures.c.id)
        return [_erasure(row) for row in self._tx.rows(ordered)]

    def of_group(self, group_id: str) -> list[Erasure]:
        """Return all erasures of a group, done ones too, oldest first."""
        query = sa.select(erasures).where(erasures.c.group_id == group_id)
        ordered = query.order_by(erasures.c.asked_at, erasures.c.id)
        return [_erasure(row) for row in self._tx.rows(ordered)]

    def done(self, erasure_id: str, at: datetime) -> None:
        """Write down that it was carried out; the pseudonyms have served and go too."""
        values = {"done_at": at}
        self._tx.run(sa.update(erasures).where(erasures.c.id == erasure_id).values(**values))
        personal = (erasures.c.id == erasure_id, erasures.c.pseudonyms.is_not(None))
        self._tx.run(sa.update(erasures).where(*personal).values(pseudonyms=""))


def _erasure(row: sa.Row[Any]) -> Erasure:
    names: str | None = row.pseudonyms
    return Erasure(
        id=row.id,
        tenant=row.tenant,
        group_id=row.group_id,
        why=row.why,
        asked_at=row.asked_at,
        due_at=row.due_at,
        pseudonyms=None if names is None else tuple(name for name in names.split(",") if name),
        done_at=row.done_at,
    )
