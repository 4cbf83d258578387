# SPDX-License-Identifier: EUPL-1.2
"""Carries out what a batch says besides messages: commands, joining, leaving, moving."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.admin import Signup, Verdict, code_hash
from core.audit import AuditEvent, Result, Tag
from core.clock import AMSTERDAM
from core.consent import ConsentEvent, ConsentKind, ConsentState
from core.identity import MakeId
from core.message import Command, Counted, Joined, Moved, Opened, Removed, Role
from core.signal import SignalState
from core.tenant import Tenant
from ingest.admission import Reason, Reply
from ingest.commands import (
    ABOUT_ONESELF,
    Answered,
    Asking,
    CommandOutcome,
    Erase,
    Kept,
    answer,
    called,
)
from ingest.flight import Flight
from ingest.limits import SKEWED, is_id, when_said
from ingest.pseudonym import Keys, period, periods
from ingest.rooms import Rooms
from ingest.texts import Texts, worded
from ingest.trail import Trail
from store.consent import Group
from store.counters import CounterKey
from store.erasures import Erasure
from store.signalrow import SignalRow
from store.work import Work

Deed = Command | Counted | Joined | Removed | Moved | Opened

#: Kind of the counter of what was written in public, and only counted.
PUBLIC = "public"

#: Who acts when the source itself says that the bot was added, removed or moved.
_PLATFORM = "platform"


class Deeds:
    """Changes consent, choices and erasures in the transaction of the batch, each deed once."""

    def __init__(
        self,
        *,
        work: Work,
        keys: Keys,
        tenant: Tenant,
        texts: Texts,
        rooms: Rooms,
        flight: Flight,
        trail: Trail,
        now: datetime,
        make_id: MakeId,
    ) -> None:
        self._work = work
        self._keys = keys
        self._tenant = tenant
        self._texts = texts
        self._rooms = rooms
        self._flight = flight
        self._trail = trail
        self._now = now
        self._make_id = make_id

    def do(self, deed: Deed) -> None:
        """Carry out one deed; a repeat changes nothing and says nothing."""
        if not (is_id(deed.chat) and is_id(deed.external_id)):
            return
        key = self._keys.dedup(
            self._tenant.slug, deed.source, deed.chat, deed.external_id, _name(deed)
        )
        if not self._work.seen.claim([key], self._now):
            return
        match deed:
            case Command():
                self._command(deed, key)
            case Joined():
                self._joined(deed, key)
            case Counted():
                self._counted(deed)
            case Removed():
                self._removed(deed)
            case Moved():
                self._moved(deed)
            case Opened():
                self._opened(deed)

    def forget(self, group: Group, source: str, chat: str, external_id: str) -> None:
        """Refuse a message for ever and erase all signals and the answer made of it."""
        slug = self._tenant.slug
        key = self._keys.message_key(slug, source, chat, external_id)
        self._flight.take_back(lambda p: p.message_key == key, Reason.PRIVATE)
        self._trail.bury(source, chat, external_id)
        for signal_id in self._work.signals.of_message(key):
            self._work.signals.erase([signal_id], self._now)
            self._audit(Tag.DATA_ERASED, _PLATFORM, f"signal/{signal_id}", source)
            self._changed(group)
        self._forget_answer(key, source)

    def _forget_answer(self, message_key: str, source: str) -> None:
        about = self._work.questions.erase_message(message_key)
        if about is None:
            return
        self._audit(Tag.DATA_ERASED, _PLATFORM, f"signal/{about}", source)
        for queue in self._work.signals.get(about).queues:
            self._work.events.put(
                self._tenant.slug, queue.value, "signal.changed", about, self._now
            )

    def _command(self, command: Command, key: str) -> None:
        group = self._rooms.ensure(
            command.source, command.chat, id=self._make_id(self._now), at=self._now
        )
        at = when_said(command.at, self._now)
        asking = Asking(
            group=group,
            tenant=self._tenant,
            now=self._now,
            at=at,
            actor=self._pseudonym(command, at),
            text_version=self._texts.version,
            answered=self._answered(command),
            wish=self._rooms.wish(group, command.sender),
            signup=self._signup(command),
            kept=self._kept(command, group),
        )
        outcome = answer(command, asking)
        if outcome is not None:
            self._carry_out(command, group, asking, outcome)
            self._reply(group, command.chat, outcome, key, command.external_id)

    def _carry_out(
        self, command: Command, group: Group, asking: Asking, outcome: CommandOutcome
    ) -> None:
        if outcome.consent is not None:
            self._append(group, outcome.consent)
        if outcome.choice is not None:
            self._rooms.choose(group, command.sender, outcome.choice, asking.at)
        if outcome.choice == "nee":
            mine = self._pseudonyms(group, command.sender)
            self._flight.take_back(
                lambda p: p.message.group == group.id and p.message.pseudonym in mine,
                Reason.OPTED_OUT,
            )
        if outcome.tag is not None:
            self._audit(
                outcome.tag, asking.actor, f"group/{group.id}", command.source, outcome.result
            )
        if outcome.link is not None:
            self._link(group, outcome.link)
        if outcome.score is not None:
            month = period(self._now)
            member = self._keys.pseudonym(self._tenant.slug, month, command.source, command.sender)
            self._work.ratings.give(self._tenant.slug, group.id, month, member, outcome.score)
        if outcome.signal is not None:
            self._erase_signal(command, group, outcome.signal)
        self._erase(command, group, outcome.erase)

    def _kept(self, command: Command, group: Group) -> tuple[Kept, ...]:
        if called(command) not in ABOUT_ONESELF:
            return ()
        mine = self._pseudonyms(group, command.sender)
        rows = self._work.signals.of_writer(group.id, mine)
        return tuple(self._told(row) for row in rows)

    def _told(self, row: SignalRow) -> Kept:
        terms = self._tenant.retention
        term = terms.undecided if row.state is SignalState.OPEN else terms.decided
        letters = self._work.outbox.of_signal(row.id)
        sent = {each.target for each in letters if (each.kind, each.state) == ("report", "sent")}
        return Kept(
            signal=row.id,
            received_at=row.received_at,
            until=row.received_at + term,
            sent_to=tuple(sorted(sent)),
        )

    def _erase_signal(self, command: Command, group: Group, signal_id: str) -> None:
        # Not only what is there: the message itself stays out, in whatever version it comes.
        said = self._work.signals.external_id(signal_id)
        self.forget(group, command.source, command.chat, said)
        if self._work.signals.erase([signal_id], self._now):
            # It was written before the group moved to this chat.
            self._audit(Tag.DATA_ERASED, _PLATFORM, f"signal/{signal_id}", command.source)

    def _signup(self, command: Command) -> Signup | None:
        if called(command) != "koppel":
            return None
        code = code_hash(self._tenant.slug, command.argument)
        return self._work.signups.by_code(self._tenant.slug, code)

    def _link(self, group: Group, signup: Signup) -> None:
        """Who governs the group said the code, so whoever signed it up is its admin."""
        self._work.signups.link(signup.id, group.id)
        self._work.admins.confirm(signup.admin_id, self._now)
        if signup.verdict is Verdict.APPROVED:
            self._work.admins.place(signup.admin_id, group.id)
            self._work.consent.set_profile(group.id, name=signup.name, area=signup.area)
        self._changed(group)

    def _erase(self, command: Command, group: Group, what: Erase) -> None:
        if what is Erase.GROUP:
            self._erase_group(group, "ingetrokken")
        elif what is Erase.MEMBER:
            mine = self._pseudonyms(group, command.sender)
            self._work.ratings.forget(group.id, mine)
            self._schedule(group, "vergeetmij", mine)
        elif what is Erase.MESSAGE and command.reply_to is not None:
            self.forget(group, command.source, command.chat, command.reply_to)

    def _joined(self, joined: Joined, key: str) -> None:
        group = self._rooms.ensure(
            joined.source,
            joined.chat,
            name=joined.name,
            id=self._make_id(self._now),
            at=self._now,
        )
        if group.consent.at(self._now) is not ConsentState.GRANTED:
            self._append(group, self._by_platform(ConsentKind.REQUESTED, joined.at))
            self._audit(Tag.CONSENT_REQUESTED, _PLATFORM, f"group/{group.id}", joined.source)
            self._reply(group, joined.chat, CommandOutcome(reply=("welkom",)), key, None)

    def _opened(self, opened: Opened) -> None:
        """Write down that a form is open, and with which words; whoever sends it in says yes."""
        group = self._rooms.ensure(
            opened.source, opened.chat, name=opened.name, id=self._make_id(self._now), at=self._now
        )
        if group.consent.state is ConsentState.WITHDRAWN:
            # Somebody closed it on purpose; new words do not open it again.
            return
        event = replace(
            self._by_platform(ConsentKind.OWN, opened.at),
            text_version=opened.text_version,
            purpose=self._tenant.purpose[:200],
            legal_basis=self._tenant.legal_basis[:200],
            valid_from=group.consent.valid_from or when_said(opened.at, self._now),
        )
        self._append(group, event)
        self._audit(Tag.CONSENT_GRANTED, _PLATFORM, f"group/{group.id}", opened.source)

    def _counted(self, counted: Counted) -> None:
        """Add to the counts of the day, as far as an order allows to look at all."""
        group = self._rooms.find(counted.source, counted.chat)
        if group is None or not self._rooms.ordered(group, sent_at=counted.at, now=self._now):
            return
        key = CounterKey(
            tenant=self._tenant.slug,
            group=group.id,
            day=counted.at.astimezone(AMSTERDAM).date().isoformat(),
            kind=PUBLIC,
        )
        self._work.counters.add({key: counted.n})

    def _removed(self, removed: Removed) -> None:
        group = self._rooms.find(removed.source, removed.chat)
        if group is None or group.consent.state is ConsentState.WITHDRAWN:
            return
        self._withdraw(group, removed.at, "verwijderd")

    def _withdraw(self, group: Group, at: datetime, why: str) -> None:
        self._append(group, self._by_platform(ConsentKind.WITHDRAWN, at))
        self._audit(Tag.CONSENT_WITHDRAWN, _PLATFORM, f"group/{group.id}", group.source)
        self._erase_group(group, why)

    def _moved(self, moved: Moved) -> None:
        if not is_id(moved.new_chat):
            return
        before = self._rooms.find(moved.source, moved.chat)
        group = self._rooms.move(moved.source, moved.chat, moved.new_chat)
        if before is None or group is None:
            return
        self._audit(Tag.GROUP_MOVED, _PLATFORM, f"group/{group.id}", moved.source)
        self._changed(group)
        if before.id != group.id and before.consent.state is ConsentState.GRANTED:
            # Nobody can say /stop any more in a chat that is gone, so it is said here.
            orphan = self._rooms.put(self._work.consent.group(before.id))
            self._withdraw(orphan, moved.at, "verhuisd")

    def _append(self, group: Group, event: ConsentEvent) -> None:
        consent = self._work.consent.append(group.id, event)
        self._rooms.put(replace(group, consent=consent))
        self._changed(group)
        if event.kind is ConsentKind.WITHDRAWN:
            # What came before it in this batch has not been read yet, and now never will be.
            self._flight.take_back(lambda p: p.message.group == group.id, Reason.NO_CONSENT)

    def _erase_group(self, group: Group, why: str) -> None:
        self._work.outbox.cancel_for_group(group.id)
        self._schedule(group, why, None)

    def _schedule(self, group: Group, why: str, pseudonyms: tuple[str, ...] | None) -> None:
        self._work.erasures.schedule(
            Erasure(
                id=self._make_id(self._now),
                tenant=self._tenant.slug,
                group_id=group.id,
                pseudonyms=pseudonyms,
                why=why,
                asked_at=self._now,
                due_at=self._now,
            )
        )

    def _by_platform(self, kind: ConsentKind, at: datetime) -> ConsentEvent:
        return ConsentEvent(
            kind=kind,
            at=when_said(at, self._now),
            actor=_PLATFORM,
            role=Role.PLATFORM,
            text_version=self._texts.version,
        )

    def _answered(self, command: Command) -> Answered:
        if command.reply_to is None or not is_id(command.reply_to):
            return Answered.NOTHING
        key = self._keys.message_key(
            self._tenant.slug, command.source, command.chat, command.reply_to
        )
        signal = self._work.signals.by_message(key)
        # An erased signal has no writer any more; an unread message is still in this batch.
        said = self._work.questions.answer_of(key)
        writer = (
            (signal and signal.pseudonym) or (said and said.pseudonym) or self._flight.writer(key)
        )
        if writer is None:
            return Answered.UNKNOWN
        group = self._rooms.find(command.source, command.chat)
        mine = self._pseudonyms(group, command.sender) if group else ()
        return Answered.OWN if writer in mine else Answered.OTHERS

    def _pseudonyms(self, group: Group, sender: str) -> tuple[str, ...]:
        """Return every name this member can have had here, since consent was first given."""
        starts = [e.valid_from for e in self._work.consent.ledger(group.id) if e.valid_from]
        since = min([group.created_at, *starts])
        return tuple(
            self._keys.pseudonym(self._tenant.slug, each, group.source, sender)
            for each in periods(since, self._now + SKEWED)
        )

    def _pseudonym(self, command: Command, at: datetime) -> str:
        return self._keys.pseudonym(self._tenant.slug, period(at), command.source, command.sender)

    def _reply(
        self, group: Group, chat: str, outcome: CommandOutcome, key: str, reply_to: str | None
    ) -> None:
        keys = [worded(k, group.source) for k in outcome.reply]
        texts = [self._texts.say(k, self._tenant, **outcome.fields) for k in keys]
        self._flight.say(
            Reply(
                group=group.id,
                source=group.source,
                chat=chat,
                text="\n\n".join(texts),
                idempotency_key=key,
                reply_to=reply_to,
            )
        )

    def _audit(
        self, tag: Tag, actor: str, thing: str, origin: str, result: Result = Result.DONE
    ) -> None:
        self._work.audit.write(
            AuditEvent(
                tag=tag,
                tenant=self._tenant.slug,
                actor=actor,
                object=thing,
                at=self._now,
                result=result,
                origin=origin,
            )
        )

    def _changed(self, group: Group) -> None:
        self._work.events.put(self._tenant.slug, "groep", "group.changed", group.id, self._now)


def _name(deed: Deed) -> str:
    """Return what tells deeds of one message apart: ``/status`` may be edited into ``/stop``."""
    kind = f"#{type(deed).__name__.lower()}"
    return f"{kind} {called(deed)}" if isinstance(deed, Command) else kind
