# SPDX-License-Identifier: EUPL-1.2
"""Lists of signals as pages filter, search and export them; reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.label import Category, Queue, Urgency
from core.message import Origin
from core.selection import Search, Selection, Standing, words_of
from core.signal import SignalState
from core.verdict import PersonalKind, Place
from store.signalrow import text_context
from store.tables import groups, queue_items, signals
from store.text import open_text
from store.transaction import Transaction

#: Words in names that say nothing about a person.
_PARTICLES = frozenset({"van", "der", "den", "het", "ten", "ter", "een", "aan", "uit", "voor"})
#: Shorter parts of a name (initials, ``de``) are words of every language.
_SHORTEST_NAME = 3
#: Ids that one statement may name.
_PORTION = 500


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Item:
    """A signal on a list; personal data is replaced in its text."""

    id: str
    incident_id: str
    received_at: datetime
    sent_at: datetime
    category: Category
    subcategory: str | None
    urgency: Urgency
    probability: float
    origin: Origin
    source: str
    #: Name and neighbourhood of the group.
    group: str
    area: str
    #: None after erasure.
    masked: str | None
    places: tuple[Place, ...]
    state: SignalState
    #: Goes up by one with every change; a decision names the version it saw.
    version: int
    #: ``name/version`` of the model.
    model: str


class Overview:
    """What one queue of one municipality holds."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def ids(
        self, tenant: str, queue: Queue, wanted: Selection, *, by_age: bool = False
    ) -> list[str]:
        """Return the ids of all that is wanted: most urgent first, then newest first.

        ``by_age`` puts the oldest first, without any judgement of the model.
        """
        columns = [signals.c.id, *([signals.c.masked] if wanted.words else [])]
        query = _chosen(sa.select(*columns), tenant, queue, wanted)
        urgent = (queue_items.c.rank, signals.c.received_at.desc(), signals.c.id)
        oldest = (signals.c.received_at, signals.c.id)
        rows = self._tx.rows(query.order_by(*(oldest if by_age else urgent)))
        if not wanted.words:
            return [row.id for row in rows]
        search = Search(wanted.words)
        return [row.id for row in rows if row.masked and search.finds(row.masked)]

    def undecided(self, ids: Sequence[str]) -> set[str]:
        """Return which of these signals still wait for a decision."""
        found: set[str] = set()
        for start in range(0, len(ids), _PORTION):
            query = sa.select(signals.c.id).where(
                signals.c.id.in_(ids[start : start + _PORTION]),
                signals.c.state == SignalState.OPEN.value,
            )
            found |= {row.id for row in self._tx.rows(query)}
        return found

    def items(self, ids: Sequence[str]) -> list[Item]:
        """Return these signals, in this order."""
        found: dict[str, Item] = {}
        for start in range(0, len(ids), _PORTION):
            query = _ITEMS.where(signals.c.id.in_(ids[start : start + _PORTION]))
            found |= {row.id: _item(row) for row in self._tx.rows(query)}
        return [found[id] for id in ids if id in found]

    def names(self, tenant: str, queue: Queue, words: Sequence[str]) -> bool:
        """Whether one of the words is part of a person's name in any text of this queue.

        Opens the texts in which the classifier marked a person, and keeps nothing of them.
        """
        wanted = {w for w in words if len(w) >= _SHORTEST_NAME and w not in _PARTICLES}
        return bool(wanted) and any(word in wanted for word in self._name_words(tenant, queue))

    def _name_words(self, tenant: str, queue: Queue) -> Iterator[str]:
        query = _chosen(
            sa.select(signals.c.id, signals.c.sealed, signals.c.personal),
            tenant,
            queue,
            Selection(standing=Standing.ALL),
        )
        marked = sa.cast(signals.c.personal, sa.Text).contains(f'"{PersonalKind.NAME.value}"')
        for row in self._tx.rows(query.where(marked, signals.c.sealed.is_not(None))):
            text = open_text(self._tx.sealer, row.sealed, text_context(row.id))
            for span in row.personal:
                if span["kind"] == PersonalKind.NAME.value:
                    yield from words_of(text[span["start"] : span["end"]])


def _chosen(query: sa.Select[Any], tenant: str, queue: Queue, wanted: Selection) -> sa.Select[Any]:
    item = queue_items.c
    query = query.join(queue_items, item.signal_id == signals.c.id).where(
        item.tenant == tenant, item.queue == queue.value
    )
    query = query.where(*_STANDING[wanted.standing])
    if wanted.areas:
        query = query.join(groups, groups.c.id == signals.c.group_id)
        query = query.where(groups.c.area.in_(sorted(wanted.areas)))
    for column, values in (
        (signals.c.category, wanted.categories),
        (signals.c.urgency, wanted.urgencies),
        (signals.c.origin, wanted.origins),
    ):
        if values:
            query = query.where(column.in_(sorted(value.value for value in values)))
    if wanted.since is not None:
        query = query.where(signals.c.received_at >= wanted.since)
    return query


_KEPT = signals.c.state != SignalState.ERASED.value
_STANDING: Mapping[Standing, tuple[sa.ColumnElement[bool], ...]] = {
    Standing.OPEN: (queue_items.c.state == "open",),
    Standing.DECIDED: (queue_items.c.state == "done", _KEPT),
    Standing.ALL: (queue_items.c.state != "moved", _KEPT),
}
_ITEMS = sa.select(signals, groups.c.name.label("group_name"), groups.c.area).join(
    groups, groups.c.id == signals.c.group_id
)


def _item(row: sa.Row[Any]) -> Item:
    return Item(
        id=row.id,
        incident_id=row.incident_id,
        received_at=row.received_at,
        sent_at=row.sent_at,
        category=Category(row.category),
        subcategory=row.subcategory,
        urgency=Urgency(row.urgency),
        probability=row.probability,
        origin=Origin(row.origin),
        source=row.source,
        group=row.group_name,
        area=row.area,
        masked=row.masked,
        places=tuple(Place(**span) for span in row.places),
        state=SignalState(row.state),
        version=row.version,
        model=row.model,
    )
