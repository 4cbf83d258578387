# SPDX-License-Identifier: EUPL-1.2
"""The one way in: no consent, no reading.

The order is the rule. Whatever can be known without looking at the text comes first; the text is
only looked at once group and writer allow it. Nothing here logs or keeps a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from core import errors
from core.clock import Clock, require_zone
from core.identity import MakeId, new_id
from core.message import Admitted, Batch, Change, Message, Origin
from core.tenant import Tenant
from ingest.admission import Admission, Reason
from ingest.deeds import Deeds
from ingest.flight import Flight, Passenger
from ingest.limits import SKEWED, fits, is_dated, is_id, surely_by
from ingest.marker import asks_privacy
from ingest.pseudonym import Keys, period
from ingest.rooms import Rooms
from ingest.texts import Texts
from ingest.trail import Trail
from store.consent import Group
from store.text import storable
from store.work import Work

#: Dedup keys are kept this long (``store.retention.Rules.seen``); the repeat of an older message
#: would not be recognised.
OLDEST = timedelta(days=400)

#: Edits of which we may not read the new words: then we do not keep the old ones either.
_EMPTIED = frozenset({Reason.PRIVATE, Reason.EMPTY, Reason.OPTED_OUT, Reason.NOT_OPTED_IN})


class Gate:
    """Lets through what may be read, and nothing else."""

    def __init__(
        self,
        keys: Keys,
        clock: Clock,
        *,
        tenants: Mapping[str, Tenant],
        texts: Texts,
        make_id: MakeId = new_id,
        oldest: timedelta = OLDEST,
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._tenants = tenants
        # Worded for all at once, so that a municipality's odd text shows at start.
        self._texts = {slug: texts.of(tenant) for slug, tenant in tenants.items()}
        self._make_id = make_id
        self._oldest = oldest

    def admit(self, work: Work, batch: Batch) -> Admission:
        """Take all items in order; change consent as they say and drop what may not be read.

        Needs a writing transaction as soon as the batch holds more than new messages.
        """
        tenant = self._tenants.get(batch.tenant)
        if tenant is None:
            raise errors.NotFound(f"there is no municipality '{batch.tenant}'")
        rooms, flight = Rooms(work, self._keys, batch), Flight()
        # Not before the groups are held: what others stored of them came in earlier than this.
        now = self._clock.now()
        trail = Trail(work, self._keys, tenant.slug, now)
        deeds = Deeds(
            work=work,
            keys=self._keys,
            tenant=tenant,
            texts=self._texts[batch.tenant],
            rooms=rooms,
            flight=flight,
            trail=trail,
            now=now,
            make_id=self._make_id,
        )
        entry = _Entry(
            keys=self._keys,
            tenant=tenant.slug,
            rooms=rooms,
            flight=flight,
            trail=trail,
            now=now,
            oldest=now - self._oldest,
        )
        for item in batch.items:
            if not isinstance(item, Message):
                deeds.do(item)
            elif gone := entry.take(item):
                deeds.forget(gone, item.source, item.chat, item.external_id)
        return flight.land(rooms.by_id())


class _Entry:
    """The checks of one batch, with what they look at."""

    def __init__(
        self,
        *,
        keys: Keys,
        tenant: str,
        rooms: Rooms,
        flight: Flight,
        trail: Trail,
        now: datetime,
        oldest: datetime,
    ) -> None:
        self._keys = keys
        self._tenant = tenant
        self._rooms = rooms
        self._flight = flight
        self._trail = trail
        self._now = now
        self._oldest = oldest

    def take(self, message: Message) -> Group | None:
        """Admit or drop a message; return its group when it must be forgotten altogether."""
        group = self._group(message)
        if group is None:
            return None
        if message.change is Change.DELETE:
            return group
        reason = self._refusal(message, group) or _unreadable(message.text)
        if reason is None:
            if message.change is Change.EDIT:
                self._trail.overtake(message, self._flight)
            self._flight.board(self._passenger(message, group))
            return None
        self._flight.drop(group.id, reason)
        return group if message.change is Change.EDIT and reason in _EMPTIED else None

    def _group(self, message: Message) -> Group | None:
        if not (is_id(message.chat) and is_id(message.external_id)):
            self._flight.drop("", Reason.MALFORMED)
            return None
        group = self._rooms.find(message.source, message.chat)
        if group is None:
            self._flight.drop("", Reason.NO_CONSENT)
        return group

    def _refusal(self, message: Message, group: Group) -> Reason | None:
        """Say why the message may not be looked at; the text plays no part."""
        if not is_dated(message.sent_at, self._now, ahead=SKEWED):
            return Reason.DATE
        if message.sent_at < self._oldest:
            return Reason.TOO_OLD
        written = surely_by(message.sent_at, self._now)
        if not self._allowed(message, group, written):
            return Reason.NO_CONSENT
        wish = self._rooms.wish(group, message.sender)
        if wish.refuses(written):
            return Reason.OPTED_OUT
        if group.mode == "only-yes" and not wish.agrees(written):
            return Reason.NOT_OPTED_IN
        private = message.keep_private or self._trail.buried(message)
        return Reason.PRIVATE if private else None

    def _allowed(self, message: Message, group: Group, written: datetime) -> bool:
        """Whether the group's consent lets us read it and, of the public, an order too.

        Nobody can consent for the public: a feed without an order is a group without a yes.
        """
        if not group.consent.allows(sent_at=written, now=self._now):
            return False
        public = message.origin is Origin.PUBLIC
        return not public or self._rooms.ordered(group, sent_at=written, now=self._now)

    def _passenger(self, message: Message, group: Group) -> Passenger:
        tenant, source, chat = self._tenant, message.source, message.chat
        answered = message.reply_to if message.reply_to and is_id(message.reply_to) else None
        return Passenger(
            message=self._admitted(message, group, answered),
            message_key=self._keys.message_key(tenant, source, chat, message.external_id),
            reply_key=answered and self._keys.message_key(tenant, source, chat, answered),
        )

    def _admitted(self, message: Message, group: Group, answered: str | None) -> Admitted:
        tenant, source = self._tenant, message.source
        written = period(message.sent_at)
        return Admitted(
            tenant=tenant,
            group=group.id,
            source=source,
            external_id=message.external_id,
            pseudonym=self._keys.pseudonym(tenant, written, source, message.sender),
            dedup_key=self._keys.dedup(
                tenant, source, message.chat, message.external_id, message.revision
            ),
            # A sender's clock may run ahead; nothing was written after it came in.
            sent_at=min(require_zone(message.sent_at), self._now),
            received_at=self._now,
            # From here on all floors count the same characters.
            text=storable(message.text),
            origin=message.origin,
            change=message.change,
            reply_to=answered,
            own=message.own,
        )


def _unreadable(text: str) -> Reason | None:
    """Say why a text that may be looked at is not read after all."""
    if not fits(text):
        return Reason.TOO_LARGE
    if asks_privacy(text):
        return Reason.PRIVATE
    return None if text.strip() else Reason.EMPTY
