# SPDX-License-Identifier: EUPL-1.2
"""What people answered in evaluation rooms; nobody is offered what they answered already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from core.annotation import LABELLERS, Answer, AnswerKind
from core.label import Category, Urgency
from core.signal import SignalState
from store.rooms import Item, Rooms, items_with_text
from store.tables import room_answers, room_items, signals
from store.transaction import Transaction, Values

_LABEL, _RULING = AnswerKind.LABEL.value, AnswerKind.RULING.value


class Labels:
    """Two people label an item apart from each other; a third rules where they differ."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction
        self._rooms = Rooms(transaction)

    def next(self, room_id: str, by: str, *, after: int = 0) -> Item | None:
        """Return the first item beyond ``after`` that wants a label of this person, or None."""
        wanting = (_labels() < LABELLERS, ~_answered(by))
        return self._first(room_id, after, *wanting)

    def disputed(self, room_id: str, by: str, *, after: int = 0) -> Item | None:
        """Return the first item on which two others differ and nobody ruled, or None."""
        differing = _labels(sa.distinct(room_answers.c.category)) > 1
        unruled = ~sa.exists().where(*_standing(), room_answers.c.kind == _RULING)
        return self._first(room_id, after, differing, unruled, ~_answered(by))

    def give(self, answer: Answer) -> None:
        """Keep an answer; ``AlreadyDecided`` when it is no longer wanted of this person."""
        answer.check()
        self._hold(answer.item)
        standing = self.of(answer.item)
        labels = [a for a in standing if a.kind is AnswerKind.LABEL]
        if any(a.by == answer.by or a.kind is AnswerKind.RULING for a in standing):
            raise errors.AlreadyDecided("Dit bericht heeft al een antwoord.")
        if answer.kind is AnswerKind.LABEL and len(labels) >= LABELLERS:
            raise errors.AlreadyDecided("Twee anderen hebben dit bericht al gelabeld.")
        if answer.kind is AnswerKind.RULING and len({a.category for a in labels}) < LABELLERS:
            raise errors.BadInput("Een oordeel is er alleen als twee labels verschillen.")
        self._tx.insert(room_answers, [_row(answer)])

    def undo(
        self, room_id: str, by: str, at: datetime, kind: AnswerKind = AnswerKind.LABEL
    ) -> Answer | None:
        """Take this person's last answer of a kind back and return it; None without one.

        ``AlreadyDecided`` once a third ruled about the item.
        """
        mine = (room_items.c.room_id == room_id, room_answers.c.by == by)
        query = (
            sa.select(room_answers)
            .join(room_items, room_items.c.id == room_answers.c.item_id)
            .where(*mine, room_answers.c.undone_at.is_(None), room_answers.c.kind == kind.value)
            .order_by(room_answers.c.at.desc(), room_answers.c.id.desc())
        )
        row = self._tx.row(query.limit(1))
        if row is None:
            return None
        last = _answer(row)
        self._hold(last.item)
        if any(a.kind is AnswerKind.RULING and a.by != by for a in self.of(last.item)):
            raise errors.AlreadyDecided("Over dit bericht is al een oordeel gegeven.")
        self._tx.run(
            sa.update(room_answers).where(room_answers.c.id == last.id).values(undone_at=at)
        )
        return last

    def of(self, item_id: str) -> tuple[Answer, ...]:
        """Return the standing answers to one item, oldest first."""
        where = (room_answers.c.item_id == item_id, room_answers.c.undone_at.is_(None))
        query = sa.select(room_answers).where(*where)
        return tuple(_answer(row) for row in self._tx.rows(query.order_by(*_OLDEST)))

    def of_room(self, room_id: str) -> Mapping[str, tuple[Answer, ...]]:
        """Return the standing answers by item, in the order of the items, each oldest first."""
        query = (
            sa.select(room_answers)
            .join(room_items, room_items.c.id == room_answers.c.item_id)
            .where(room_items.c.room_id == room_id, room_answers.c.undone_at.is_(None))
            .order_by(room_items.c.position, *_OLDEST)
        )
        found: dict[str, tuple[Answer, ...]] = {}
        for row in self._tx.rows(query):
            found[row.item_id] = (*found.get(row.item_id, ()), _answer(row))
        return found

    def _first(self, room_id: str, after: int, *where: sa.ColumnElement[bool]) -> Item | None:
        here = (room_items.c.room_id == room_id, room_items.c.position > after)
        there = sa.or_(
            room_items.c.sealed.is_not(None), signals.c.state != SignalState.ERASED.value
        )
        query = items_with_text().where(*here, there, *where).order_by(room_items.c.position)
        try:
            return self._rooms.one(query.limit(1))
        except errors.NotFound:
            return None

    def _hold(self, item_id: str) -> None:
        """Let two who answer the same item take turns."""
        query = sa.select(room_items.c.id).where(room_items.c.id == item_id)
        if self._tx.row(query.with_for_update()) is None:
            raise errors.NotFound("no such item")


_OLDEST = (room_answers.c.at, room_answers.c.id)


def take_back(tx: Transaction, signal_id: str, at: datetime) -> None:
    """Undo the answers about a signal whose text changed."""
    items = sa.select(room_items.c.id).where(room_items.c.signal_id == signal_id)
    standing = (room_answers.c.item_id.in_(items), room_answers.c.undone_at.is_(None))
    tx.run(sa.update(room_answers).where(*standing).values(undone_at=at))


def _standing() -> tuple[sa.ColumnElement[bool], ...]:
    return (room_answers.c.item_id == room_items.c.id, room_answers.c.undone_at.is_(None))


def _answered(by: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(*_standing(), room_answers.c.by == by)


def _labels(what: Any = room_answers.c.id) -> sa.ColumnElement[int]:
    """Count the standing labels of an item, or what is different among them."""
    where = (*_standing(), room_answers.c.kind == _LABEL)
    query = sa.select(sa.func.count(what)).where(*where).correlate(room_items)
    return query.scalar_subquery()


def _row(answer: Answer) -> Values:
    return {
        "id": answer.id,
        "item_id": answer.item,
        "kind": answer.kind.value,
        "by": answer.by,
        "at": answer.at,
        "category": answer.category.value,
        "urgency": answer.urgency and answer.urgency.value,
    }


def _answer(row: sa.Row[Any]) -> Answer:
    return Answer(
        id=row.id,
        item=row.item_id,
        kind=AnswerKind(row.kind),
        by=row.by,
        at=row.at,
        category=Category(row.category),
        urgency=Urgency(row.urgency) if row.urgency else None,
    )
