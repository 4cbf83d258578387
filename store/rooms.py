# SPDX-License-Identifier: EUPL-1.2
"""Evaluation rooms and the items in them; no text of a signal is copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from core.annotation import Lane, Room
from core.label import Category
from core.message import Origin
from core.signal import SignalState
from store.tables import room_datasets, room_items, rooms, signals
from store.text import open_text, seal_text, storable
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class NewItem:
    """Something to label on its way into a room: a stored signal, or a masked text."""

    id: str
    lane: Lane
    signal: str | None = None
    #: Personal data is replaced already; it is stored encrypted.
    masked: str | None = None
    said: Category | None = None
    probability: float | None = None
    model: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Item:
    """Something to label, as people of the room see it."""

    id: str
    room: str
    position: int
    #: Personal data is replaced; None once the text was erased.
    masked: str | None
    signal: str | None
    #: None for an uploaded text.
    origin: Origin | None
    #: When it was written; None for an uploaded text.
    sent_at: datetime | None
    lane: Lane
    #: What the model said when the item came in.
    said: Category | None
    probability: float | None
    model: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A signal that could be labelled: what the model said, never what was written."""

    signal: str
    said: Category
    probability: float
    #: How far the best category was ahead of the next.
    margin: float
    model: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """One version of what a room brought forth."""

    room: str
    version: int
    sha256: str
    items: int
    made_by: str
    made_at: datetime


class Rooms:
    """Opened for a purpose and until a day; afterwards uploaded texts are erased."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def open(self, room: Room) -> None:
        """Store a new room."""
        room.check()
        self._tx.insert(rooms, [asdict(room) | {"people": list(room.people)}])

    def get(self, tenant: str, room_id: str) -> Room:
        """Return the room; raise ``NotFound``."""
        where = (rooms.c.tenant == tenant, rooms.c.id == room_id)
        row = self._tx.row(sa.select(rooms).where(*where))
        if row is None:
            raise errors.NotFound("no such room")
        return _room(row)

    def list(self, tenant: str) -> Sequence[Room]:
        """Return a tenant's rooms, newest first."""
        query = sa.select(rooms).where(rooms.c.tenant == tenant)
        ordered = query.order_by(rooms.c.opened_at.desc(), rooms.c.id.desc())
        return [_room(row) for row in self._tx.rows(ordered)]

    def close(self, room_id: str, at: datetime) -> None:
        """Close a room before its day, and erase the texts that were uploaded to it."""
        where = (rooms.c.id == room_id, rooms.c.closed_at.is_(None))
        self._tx.run(sa.update(rooms).where(*where).values(closed_at=at))
        self._erase(room_items.c.room_id == room_id)

    def expire(self, now: datetime) -> int:
        """Erase the uploaded texts of every room whose day has come; return how many."""
        over = sa.select(rooms.c.id).where(rooms.c.ends_at <= now)
        return self._erase(room_items.c.room_id.in_(over))

    def candidates(self, tenant: str, room_id: str, since: datetime) -> Sequence[Candidate]:
        """Return the signals whose text is there and that are not in the room yet."""
        inside = sa.select(room_items.c.signal_id).where(
            room_items.c.room_id == room_id, room_items.c.signal_id.is_not(None)
        )
        column = signals.c
        query = sa.select(
            column.id, column.category, column.probability, column.probabilities, column.model
        ).where(
            column.tenant == tenant,
            column.received_at >= since,
            column.state != SignalState.ERASED.value,
            column.id.not_in(inside),
        )
        return [_candidate(row) for row in self._tx.rows(query.order_by(column.id))]

    def add(self, room_id: str, new: Sequence[NewItem]) -> None:
        """Put items at the end of the room, in this order."""
        self._tx.row(sa.select(rooms.c.id).where(rooms.c.id == room_id).with_for_update())
        last = sa.select(sa.func.max(room_items.c.position)).where(room_items.c.room_id == room_id)
        first = (self._tx.scalar(last) or 0) + 1
        self._tx.insert(
            room_items,
            [self._row(room_id, item, place) for place, item in enumerate(new, start=first)],
        )

    def items(self, room_id: str) -> Sequence[Item]:
        """Return all items in order, with the texts that are still there."""
        query = items_with_text().where(room_items.c.room_id == room_id)
        ordered = query.order_by(room_items.c.position)
        return [self._item(row) for row in self._tx.rows(ordered)]

    def item(self, room_id: str, item_id: str) -> Item:
        """Return one item of this room; raise ``NotFound``."""
        where = (room_items.c.room_id == room_id, room_items.c.id == item_id)
        return self.one(items_with_text().where(*where))

    def one(self, query: sa.Select[Any]) -> Item:
        """Return the first item of a query; raise ``NotFound``."""
        row = self._tx.row(query)
        if row is None:
            raise errors.NotFound("no such item")
        return self._item(row)

    def datasets(self, room_id: str) -> Sequence[Dataset]:
        """Return the versions of the room's data set, newest first."""
        query = sa.select(room_datasets).where(room_datasets.c.room_id == room_id)
        rows = self._tx.rows(query.order_by(room_datasets.c.version.desc()))
        return [_dataset(row) for row in rows]

    def record(self, room_id: str, sha256: str, items: int, by: str, at: datetime) -> Dataset:
        """Return the version with this content; a new one when it was never made before."""
        self._tx.row(sa.select(rooms.c.id).where(rooms.c.id == room_id).with_for_update())
        known = self.datasets(room_id)
        for dataset in known:
            if dataset.sha256 == sha256:
                return dataset
        version = known[0].version + 1 if known else 1
        row = {"room_id": room_id, "version": version, "sha256": sha256, "items": items}
        self._tx.insert(room_datasets, [row | {"made_by": by, "made_at": at}])
        return self.datasets(room_id)[0]

    def _erase(self, where: sa.ColumnElement[bool]) -> int:
        there = (where, room_items.c.sealed.is_not(None))
        return self._tx.run(sa.update(room_items).where(*there).values(sealed=None)).rowcount

    def _row(self, room_id: str, item: NewItem, position: int) -> dict[str, Any]:
        masked = item.masked
        return {
            "id": item.id,
            "room_id": room_id,
            "position": position,
            "signal_id": item.signal,
            "sealed": masked
            and seal_text(self._tx.sealer, storable(masked), item_context(item.id)),
            "lane": item.lane.value,
            "said": item.said and item.said.value,
            "probability": item.probability,
            "model": item.model,
        }

    def _item(self, row: sa.Row[Any]) -> Item:
        text = row.masked
        if row.sealed is not None:
            text = open_text(self._tx.sealer, row.sealed, item_context(row.id))
        return Item(
            id=row.id,
            room=row.room_id,
            position=row.position,
            masked=text,
            signal=row.signal_id,
            origin=Origin(row.origin) if row.origin else None,
            sent_at=row.sent_at,
            lane=Lane(row.lane),
            said=Category(row.said) if row.said else None,
            probability=row.probability,
            model=row.model,
        )


def item_context(item_id: str) -> str:
    """Return what an uploaded text is sealed for."""
    return f"room-item/{item_id}"


def items_with_text() -> sa.Select[Any]:
    """Return the query that ``Rooms.one`` reads: items beside the signals that they are about."""
    return sa.select(room_items, signals.c.masked, signals.c.origin, signals.c.sent_at).outerjoin(
        signals, signals.c.id == room_items.c.signal_id
    )


def _room(row: sa.Row[Any]) -> Room:
    return Room(**{**row._asdict(), "people": tuple(row.people)})


def _dataset(row: sa.Row[Any]) -> Dataset:
    values = row._asdict()
    return Dataset(room=values.pop("room_id"), **values)


def _candidate(row: sa.Row[Any]) -> Candidate:
    best, *rest = sorted(row.probabilities.values(), reverse=True) or [row.probability]
    return Candidate(
        signal=row.id,
        said=Category(row.category),
        probability=row.probability,
        margin=best - (rest[0] if rest else 0.0),
        model=row.model,
    )
