# SPDX-License-Identifier: EUPL-1.2
"""What people do in an evaluation room; each deed is one transaction with its audit line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from random import Random

from classify.handed import hand_over, read_messages
from core import errors
from core.annotation import Answer, AnswerKind, Lane, Room
from core.audit import AuditEvent, Tag
from core.drawing import draw
from core.identity import MakeId, new_id
from core.label import Category, Urgency
from dashboard.access import Role
from dashboard.auth import Visitor
from dashboard.services import Services
from dashboard.spoken import say
from store.accounts import Account
from store.rooms import Item, NewItem
from store.work import Work

#: Most items that come in at once, days that a draw looks back, and days that a room lasts.
MOST, BACK, LONGEST = 2_000, 365, 180


class EvaluationRoom:
    """Opened by the administrator; only its people see an item, and only until its day."""

    def __init__(self, services: Services, make_id: MakeId = new_id) -> None:
        self._services = services
        self._make_id = make_id

    def open(
        self,
        who: Visitor,
        *,
        name: str,
        purpose: str,
        legal_basis: str,
        people: Collection[str],
        days: int,
    ) -> Room:
        """Open a room for researchers of this municipality."""
        now = self._services.clock.now()
        if not 1 <= days <= LONGEST:
            raise errors.BadInput(say("Een kamer duurt 1 tot %(longest)s dagen.", longest=LONGEST))
        with self._services.store.write() as work:
            known = {account.username for account in researchers(work, who.tenant.slug)}
            if not known.issuperset(people):
                raise errors.BadInput(say("Kies alleen onderzoekers van uw eigen gemeente."))
            room = Room(
                id=self._make_id(now),
                tenant=who.tenant.slug,
                name=name,
                purpose=purpose,
                legal_basis=legal_basis,
                people=tuple(sorted(people)),
                opened_by=who.username,
                opened_at=now,
                ends_at=now + timedelta(days=days),
            )
            work.rooms.open(room)
            self._audit(work, who, Tag.ROOM_OPENED, room.id, now, people=len(room.people))
        return room

    def close(self, who: Visitor, room_id: str) -> None:
        """Close a room for good; uploaded texts go at once."""
        now = self._services.clock.now()
        with self._services.store.write() as work:
            room = work.rooms.get(who.tenant.slug, room_id)
            work.rooms.close(room.id, now)
            self._audit(work, who, Tag.ROOM_CLOSED, room.id, now)
        self._services.store.scrub()

    def room(self, work: Work, who: Visitor, room_id: str) -> Room:
        """Return an open room that this person works in; ``NotFound`` for anybody else."""
        room = work.rooms.get(who.tenant.slug, room_id)
        if who.username not in room.people:
            raise errors.NotFound("no such room")
        if not room.is_open(self._services.clock.now()):
            raise errors.NotAllowed(say("Deze kamer is gesloten. De berichten ziet u niet meer."))
        return room

    def fill(self, who: Visitor, room_id: str, lane: Lane, wanted: int) -> int:
        """Draw stored signals into the room; return how many came."""
        now = self._services.clock.now()
        _check_number(wanted)
        with self._services.store.write() as work:
            room = self.room(work, who, room_id)
            found = work.rooms.candidates(room.tenant, room.id, now - timedelta(days=BACK))
            drawn = draw(found, lane, wanted, Random(f"{room.id}/{len(found)}"))  # noqa: S311
            new = [
                NewItem(
                    id=self._make_id(now),
                    lane=lane,
                    signal=candidate.signal,
                    said=candidate.said,
                    probability=candidate.probability,
                    model=candidate.model,
                )
                for candidate in drawn
            ]
            work.rooms.add(room.id, new)
            self._audit(work, who, Tag.ROOM_FILLED, room.id, now, lane=lane.value, items=len(new))
        return len(new)

    def upload(self, who: Visitor, room_id: str, data: bytes, lane: Lane, wanted: int) -> int:
        """Take messages from a file that the researcher may use; return how many came.

        Personal data is replaced before anything is stored; the file itself is not kept.
        """
        now = self._services.clock.now()
        _check_number(wanted)
        with self._services.store.read() as work:
            self.room(work, who, room_id)
        models = self._services.research.models
        if models is None:
            raise errors.BadInput(say("Er is geen model. Daarom kan er nu geen bestand bij."))
        handed = hand_over(read_messages(data), models.load(models.active()))
        drawn = draw(handed, lane, wanted, Random(f"{room_id}/{len(handed)}"))  # noqa: S311
        with self._services.store.write() as work:
            room = self.room(work, who, room_id)
            new = [
                NewItem(
                    id=self._make_id(now),
                    lane=lane,
                    masked=one.masked,
                    said=one.said,
                    probability=one.probability,
                    model=one.model,
                )
                for one in drawn
            ]
            work.rooms.add(room.id, new)
            self._audit(
                work,
                who,
                Tag.ROOM_FILLED,
                room.id,
                now,
                lane=lane.value,
                items=len(new),
                uploaded=len(handed),
            )
        return len(new)

    def next(
        self, who: Visitor, room_id: str, *, after: int = 0, ruling: bool = False
    ) -> Item | None:
        """Return the next item for this person, and write down that it was shown."""
        with self._services.store.write() as work:
            room = self.room(work, who, room_id)
            return self._show(work, who, room, after, ruling=ruling)

    def answer(
        self,
        who: Visitor,
        room_id: str,
        item_id: str,
        category: Category,
        urgency: Urgency | None,
        *,
        ruling: bool = False,
        after: int = 0,
    ) -> Item | None:
        """Keep this person's answer and return the next item."""
        now = self._services.clock.now()
        kind = AnswerKind.RULING if ruling else AnswerKind.LABEL
        tag = Tag.ITEM_RULED if ruling else Tag.ITEM_LABELLED

        def deed(work: Work) -> Item | None:
            room = self.room(work, who, room_id)
            item = work.rooms.item(room.id, item_id)
            if item.masked is None:
                raise errors.AlreadyDecided(say("De tekst van dit bericht is intussen gewist."))
            work.labels.give(
                Answer(
                    id=self._make_id(now),
                    item=item.id,
                    kind=kind,
                    by=who.username,
                    at=now,
                    category=category,
                    urgency=None if category is Category.GEEN else urgency,
                )
            )
            self._audit(work, who, tag, room.id, now, item=item.id)
            return self._show(work, who, room, after, ruling=ruling)

        return self._services.store.attempt(deed)

    def undo(self, who: Visitor, room_id: str, *, ruling: bool = False) -> Item | None:
        """Take this person's last answer back and return its item; None without an answer."""
        now = self._services.clock.now()
        kind = AnswerKind.RULING if ruling else AnswerKind.LABEL

        def deed(work: Work) -> Item | None:
            room = self.room(work, who, room_id)
            undone = work.labels.undo(room.id, who.username, now, kind)
            if undone is None:
                return None
            self._audit(work, who, Tag.LABEL_UNDONE, room.id, now, item=undone.item)
            item = work.rooms.item(room.id, undone.item)
            return item if item.masked is not None else None

        return self._services.store.attempt(deed)

    def looked_at(self, who: Visitor, room: Room, items: Sequence[Item]) -> None:
        """Write down, before the answer leaves, which items are shown."""
        if not items:
            return
        now = self._services.clock.now()
        ids = ",".join(item.id for item in items)
        with self._services.store.write() as work:
            shown = len(items)
            self._audit(work, who, Tag.ITEM_CONSULTED, room.id, now, count=shown, items=ids)

    def _show(
        self, work: Work, who: Visitor, room: Room, after: int, *, ruling: bool
    ) -> Item | None:
        find = work.labels.disputed if ruling else work.labels.next
        item = find(room.id, who.username, after=after) or find(room.id, who.username)
        if item is not None:
            now = self._services.clock.now()
            self._audit(work, who, Tag.ITEM_CONSULTED, room.id, now, count=1, items=item.id)
        return item

    def _audit(
        self, work: Work, who: Visitor, tag: Tag, room: str, at: datetime, **detail: str | int
    ) -> None:
        event = AuditEvent(
            tag=tag,
            tenant=who.tenant.slug,
            actor=who.username,
            object=f"room/{room}",
            at=at,
            origin="web",
            detail=detail,
        )
        work.audit.write(event)


def researchers(work: Work, tenant: str) -> list[Account]:
    """Return the accounts that can work in a room."""
    accounts = work.accounts.list(tenant)
    return [a for a in accounts if a.role == Role.ONDERZOEK.value and not a.disabled]


def _check_number(wanted: int) -> None:
    if not 1 <= wanted <= MOST:
        raise errors.BadInput(say("Kies 1 tot %(most)s berichten.", most=MOST))
