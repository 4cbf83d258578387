# SPDX-License-Identifier: EUPL-1.2
"""The groups of one batch and what their members chose, as they stand while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.choice import Choice, Wish
from core.message import Batch, Change, Command, Item, Message, Moved
from core.order import Order
from ingest.limits import is_id
from ingest.pseudonym import Keys
from store.consent import Group
from store.work import Work


class Rooms:
    """Reads each group once, holds its consent, and follows what the batch itself changes."""

    def __init__(self, work: Work, keys: Keys, batch: Batch) -> None:
        self._work = work
        self._keys = keys
        self._tenant = batch.tenant
        self._senders = {
            (i.source, i.sender) for i in batch.items if isinstance(i, Message | Command)
        }
        self._wishes: dict[str, dict[str, Wish]] = {}
        self._groups: dict[tuple[str, str], Group] = {}
        self._orders: dict[str, Order | None] = {}
        #: Those too that lost their chat in this batch.
        self._met: dict[str, Group] = {}
        self._hold(_chats(batch), alone=any(_changes(item) for item in batch.items))

    def find(self, source: str, chat: str) -> Group | None:
        """Return the group that is this chat now, or None."""
        return self._groups.get((source, chat))

    def ensure(self, source: str, chat: str, *, name: str = "", id: str, at: datetime) -> Group:
        """Return this chat's group, made now when there was none."""
        known = self.find(source, chat)
        if known:
            return known
        group = self._work.consent.ensure(self._tenant, source, chat, name=name, id=id, at=at)
        # Somebody else may have made it just now, and be storing what was said there.
        return self.put(self._work.consent.hold_alone([group.id])[group.id])

    def put(self, group: Group) -> Group:
        """Go on with ``group`` as it is after a change."""
        self._groups[group.source, group.chat] = group
        self._met[group.id] = group
        return group

    def move(self, source: str, old_chat: str, new_chat: str) -> Group | None:
        """Give a group its new chat; None when the old one is unknown (any more)."""
        group = self._work.consent.move(self._tenant, source, old_chat, new_chat)
        if group is None:
            return None
        self._groups.pop((source, old_chat), None)
        self._wishes.pop(group.id, None)
        return self.put(group)

    def wish(self, group: Group, sender: str) -> Wish:
        """Return where this member stands, here and in the groups that became this one."""
        if group.id not in self._wishes:
            self._wishes[group.id] = self._wishes_in(group)
        return self._wishes[group.id].get(self._member(group, group.id, sender), Wish())

    def ordered(self, group: Group, *, sent_at: datetime, now: datetime) -> bool:
        """Whether a monitoring order lets us read what was written in public at ``sent_at``.

        The chat of a public feed is the order it is read for. The group is held already, so
        an order that somebody stops meanwhile is stopped before this or after the commit.
        """
        if group.chat not in self._orders:
            self._orders[group.chat] = self._work.orders.find(self._tenant, group.chat)
        order = self._orders[group.chat]
        return order is not None and order.allows(group.source, sent_at=sent_at, now=now)

    def choose(self, group: Group, sender: str, choice: Choice, at: datetime) -> None:
        """Write down a member's choice; it holds for the rest of the batch too."""
        self._work.consent.choose(group.id, self._member(group, group.id, sender), choice, at)
        self._wishes.pop(group.id, None)

    def by_id(self) -> Mapping[str, Group]:
        """Return all known groups of the batch, as they are now."""
        return dict(self._met)

    def _wishes_in(self, group: Group) -> dict[str, Wish]:
        ids = [group.id, *self._work.consent.predecessors(group.id)]
        names = [name for source, name in self._senders if source == group.source]
        members = {
            self._member(group, id, name): self._member(group, group.id, name)
            for name in names
            for id in ids
        }
        return self._work.consent.wishes(ids, members)

    def _member(self, group: Group, group_id: str, sender: str) -> str:
        """Return a member's name in ``group``, or in one that became it."""
        return self._keys.member(self._tenant, group.source, group_id, sender)

    def _hold(self, chats: list[tuple[str, str]], *, alone: bool) -> None:
        found = [self._work.consent.find(self._tenant, source, chat) for source, chat in chats]
        hold = self._work.consent.hold_alone if alone else self._work.consent.hold
        # Found is not held: consent counts as it is from the moment that nobody can change it.
        for group in hold([group.id for group in found if group]).values():
            self.put(group)


def _changes(item: Item) -> bool:
    """Whether an item needs to see all that was stored before: all but a new message do."""
    return not isinstance(item, Message) or item.change is not Change.NEW


def _chats(batch: Batch) -> list[tuple[str, str]]:
    pairs = {(item.source, item.chat): None for item in batch.items if is_id(item.chat)}
    for item in batch.items:
        if isinstance(item, Moved) and is_id(item.new_chat):
            pairs[item.source, item.new_chat] = None
    return list(pairs)
