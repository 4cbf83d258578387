# SPDX-License-Identifier: EUPL-1.2
"""From a sync to items, room by room: gaps filled, locks opened, edits checked."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from core.message import Change, Command, Item, Message
from ingest.matrix.account import Account
from ingest.matrix.api import Api, Refused, Trouble
from ingest.matrix.history import arrives, departs, gap, since_arrival
from ingest.matrix.rooms import arrival, content_of, departure, predecessor, present
from ingest.matrix.steady import Steady
from ingest.matrix.sync import in_order, joined, part, timeline
from ingest.matrix.translate import Edit, Event, Skipped, edited, translate
from ingest.matrix.vault import Vault

log = logging.getLogger(__name__)

#: Most events that wait for their key; keys may come a little later than what they open.
_WAITING = 1_000
#: Most edits that are remembered, to know whose words an erased edit held.
_EDITS = 10_000


class Listening:
    """What one run needs to understand rooms."""

    def __init__(
        self,
        *,
        api: Api,
        vault: Vault,
        steady: Steady,
        account: Account,
        tally: Counter[str],
        unreadable: Callable[[str, str], None],
        follow: Callable[[str, str], None],
    ) -> None:
        self.api = api
        self.user = account.address.user
        self._vault = vault
        self._steady = steady
        self._name = account.address.name
        self._tally = tally
        self._unreadable = unreadable
        self._follow = follow
        self._waiting: OrderedDict[str, tuple[str, Event]] = OrderedDict()
        self._edits: OrderedDict[str, str] = OrderedDict()
        #: Rooms of which was said that they cannot be read.
        self._told: set[str] = set()

    async def items(self, sync: Mapping[str, Any], since: str | None) -> AsyncIterator[Item]:
        """Yield what a sync says, each room in order."""
        await self._keys(sync)
        for room, event in self._unlocked():
            for item in await self._heard(event, room) if _is_message(event) else ():
                yield item
        for room in part(sync, "leave"):
            for item in self._left(sync, room):
                yield item
        for room, news in joined(sync).items():
            if since is None:
                for item in await self._found(news, room):
                    yield item
            for event in await self._events(news, room, since):
                for item in await self._heard(event, room):
                    yield item

    async def state(self, room: str) -> list[Event]:
        """Return all state of a room as it is now; ``Refused`` when we are not in it."""
        return await self._steady.get(partial(self._state, room), "state")

    async def _state(self, room: str) -> list[Event]:
        answer = await self.api.ask("rooms", room, "state")
        if not isinstance(answer, list):
            raise Trouble("state has another shape")
        return [event for event in answer if isinstance(event, Mapping)]

    # Keys

    async def _keys(self, sync: Mapping[str, Any]) -> None:
        try:
            await self._vault.receive(sync)
            await self._vault.exchange()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - keys must not hold up the open rooms
            self._tally["failures"] += 1
            log.warning("matrix: keys were not exchanged (%s)", type(error).__name__)

    def _unlocked(self) -> list[tuple[str, Event]]:
        opened = []
        for event_id, (room, event) in list(self._waiting.items()):
            inside = self._vault.unlock(event, room)
            if inside is not None:
                del self._waiting[event_id]
                self._tally["unlocked-later"] += 1
                opened.append((room, inside))
        return opened

    # Rooms

    def _left(self, sync: Mapping[str, Any], room: str) -> list[Item]:
        self._told.discard(room)
        events = timeline(part(sync, "leave")[room])
        found = [event for event in events if departs(event, self.user)]
        try:
            return [departure(found[-1] if found else None, room, sync["next_batch"])]
        except (KeyError, TypeError, ValueError):
            return [departure(None, room, sync["next_batch"])]

    async def _found(self, news: Mapping[str, Any], room: str) -> list[Item]:
        """Return that we were in a room already, when we look around for the first time."""
        state = news.get("state")
        events = state.get("events") if isinstance(state, Mapping) else None
        own = [e for e in events or () if isinstance(e, Mapping) and arrives(e, self.user)]
        try:
            return [present(own[-1], room, await self.state(room))] if own else []
        except (Refused, KeyError, TypeError, ValueError):
            return []

    async def _events(
        self, news: Mapping[str, Any], room: str, since: str | None
    ) -> Sequence[Event]:
        events = timeline(news)
        found = news.get("timeline")
        told = found if isinstance(found, Mapping) else {}
        start = told.get("prev_batch")
        whole = not told.get("limited") or any(arrives(e, self.user) for e in events)
        if since is not None and not whole and isinstance(start, str):
            events = in_order([*await self._gap(room, start, since), *events])
        return since_arrival(events, self.user)

    async def _gap(self, room: str, start: str, since: str) -> list[Event]:
        async def page(query: Mapping[str, str | int]) -> Mapping[str, Any]:
            ask = partial(self.api.ask, "rooms", room, "messages", query=query)
            answer = await self._steady.get(ask, "messages")
            return answer if isinstance(answer, Mapping) else {}

        try:
            return await gap(page, start, since, self.user)
        except Refused as no:
            self._tally["gaps"] += 1
            log.warning("matrix: what was said in a gap cannot be fetched (%s)", no.status)
            return []

    # Events

    async def _heard(self, event: Event, room: str) -> list[Item]:
        try:
            found = await self._understood(event, room)
        except (Refused, LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as no:
            log.warning("matrix: an event could not be read: %s", type(no).__name__)
            found = Skipped.MALFORMED
        if isinstance(found, Skipped):
            self._tally[found.value] += 1
            return []
        return found

    async def _understood(self, event: Event, room: str) -> list[Item] | Skipped:
        kind = event["type"]
        if arrives(event, self.user):
            return await self._arrived(event, room)
        if kind == "m.room.encryption":
            self._warn(room, str(event["event_id"]))
            return []
        if kind == "m.room.tombstone":
            self._replaced(event)
            return []
        if kind == "m.room.encrypted":
            inside = self._opened(event, room)
            if inside is None:
                return Skipped.LOCKED
            # A lock proves nothing: what servers check, such as who may erase, they check outside.
            return await self._said(inside, room) if _is_message(inside) else Skipped.OTHER
        return await self._said(event, room)

    async def _said(self, event: Event, room: str) -> list[Item] | Skipped:
        found = translate(event, room, self.user, self._name)
        item = await self._edited(found, room) if isinstance(found, Edit) else found
        if isinstance(item, Skipped):
            return item
        if isinstance(item, Message) and item.change is Change.DELETE:
            return self._erased(item)
        return [item]

    async def _edited(self, edit: Edit, room: str) -> Message | Command | Skipped:
        """Ask whose words are changed: servers pass on edits by anybody."""
        ask = partial(self.api.ask, "rooms", room, "event", edit.target)
        try:
            original = await self._steady.get(ask, "event")
        except Refused:
            return Skipped.NOT_THEIRS
        self._edits[str(edit.event["event_id"])] = edit.target
        if len(self._edits) > _EDITS:
            self._edits.popitem(last=False)
        return edited(edit, original, room, self._name)

    def _erased(self, item: Message) -> list[Item]:
        changed = self._edits.get(item.external_id)
        # Of an erased edit the words must go; they are kept under the message they changed.
        also = [] if changed is None else [_of(item, changed)]
        self._waiting.pop(item.external_id, None)
        return [item, *also]

    def _opened(self, event: Event, room: str) -> Event | None:
        inside = self._vault.unlock(event, room)
        if inside is None and self._vault.is_open and event["sender"] != self.user:
            self._waiting[str(event["event_id"])] = (room, event)
            if len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)
        return inside

    async def _arrived(self, event: Event, room: str) -> list[Item]:
        try:
            state = await self.state(room)
        except Refused:
            # Put out again already; the server tells so next.
            return []
        if content_of(state, "m.room.encryption"):
            self._warn(room, str(event["event_id"]))
        return arrival(event, room, state, await self._before(room, state))

    async def _before(self, room: str, state: Sequence[Event]) -> str | None:
        """Return the room that this one replaces; both must say so, or anybody could take over."""
        old = predecessor(state)
        if old is None:
            return None
        ask = partial(self.api.ask, "rooms", old, "state", "m.room.tombstone", "")
        try:
            tombstone = await self._steady.get(ask, "state")
        except Refused:
            return None
        return old if tombstone.get("replacement_room") == room else None

    def _replaced(self, event: Event) -> None:
        room = event["content"].get("replacement_room")
        if isinstance(room, str) and room:
            self._follow(room, str(event["sender"]).partition(":")[2])

    def _warn(self, room: str, event_id: str) -> None:
        # Coming in and the change itself both tell of it.
        if not self._vault.is_open and room not in self._told:
            self._told.add(room)
            self._unreadable(room, event_id)


def _is_message(event: Event) -> bool:
    return event.get("type") == "m.room.message"


def _of(item: Message, external_id: str) -> Message:
    return Message(
        source=item.source,
        chat=item.chat,
        external_id=external_id,
        sender=item.sender,
        sent_at=item.sent_at,
        text="",
        change=Change.DELETE,
        revision=item.revision,
    )
