# SPDX-License-Identifier: EUPL-1.2
"""The groups of one batch and what their members chose, as they stand while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.message import Batch, Message, Moved
from ingest.limits import is_id
from ingest.pseudonym import Keys
from store.consent import Choice, Group
from store.work import Work


class Rooms:
    """Reads each group once, holds its consent, and follows what the batch itself changes."""

    def __init__(self, work: Work, keys: Keys, batch: Batch) -> None:
        self._work = work
        self._keys = keys
        self._tenant = batch.tenant
        self._senders = {(i.source, i.sender) for i in batch.items if isinstance(i, Message)}
        self._choices: dict[str, dict[str, Choice]] = {}
        self._groups: dict[tuple[str, str], Group] = {}
        self._hold(_chats(batch))

    def find(self, source: str, chat: str) -> Group | None:
        """Return the group that is this chat now, or None."""
        return self._groups.get((source, chat))

    def ensure(self, source: str, chat: str, *, name: str = "", id: str, at: datetime) -> Group:
        """Return this chat's group, made now when there was none."""
        known = self.find(source, chat)
        if known:
            return known
        group = self._work.consent.ensure(self._tenant, source, chat, name=name, id=id, at=at)
        return self.put(group)

    def put(self, group: Group) -> Group:
        """Go on with ``group`` as it is after a change."""
        self._groups[group.source, group.chat] = group
        return group

    def move(self, source: str, old_chat: str, new_chat: str) -> Group | None:
        """Give a group its new chat; None when the old one is unknown (any more)."""
        group = self._work.consent.move(self._tenant, source, old_chat, new_chat)
        if group is None:
            return None
        self._groups.pop((source, old_chat), None)
        return self.put(group)

    def choice(self, group: Group, sender: str) -> Choice | None:
        """Return what this member chose last, or None."""
        if group.id not in self._choices:
            names = [name for source, name in self._senders if source == group.source]
            members = [self._member(group, name) for name in names]
            self._choices[group.id] = self._work.consent.choices(group.id, members)
        return self._choices[group.id].get(self._member(group, sender))

    def choose(self, group: Group, sender: str, choice: Choice, at: datetime) -> None:
        """Write down a member's choice; it holds for the rest of the batch too."""
        member = self._member(group, sender)
        self._work.consent.choose(group.id, member, choice, at)
        if group.id in self._choices:
            self._choices[group.id][member] = choice

    def by_id(self) -> Mapping[str, Group]:
        """Return all known groups of the batch, as they are now."""
        return {group.id: group for group in self._groups.values()}

    def _member(self, group: Group, sender: str) -> str:
        return self._keys.member(self._tenant, group.source, group.id, sender)

    def _hold(self, chats: list[tuple[str, str]]) -> None:
        found = [self._work.consent.find(self._tenant, source, chat) for source, chat in chats]
        # Found is not held: consent counts as it is from the moment that nobody can change it.
        held = self._work.consent.hold([group.id for group in found if group])
        for group in held.values():
            self.put(group)


def _chats(batch: Batch) -> list[tuple[str, str]]:
    pairs = {(item.source, item.chat): None for item in batch.items if is_id(item.chat)}
    for item in batch.items:
        if isinstance(item, Moved) and is_id(item.new_chat):
            pairs[item.source, item.new_chat] = None
    return list(pairs)
