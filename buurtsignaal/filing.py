# SPDX-License-Identifier: EUPL-1.2
"""Where judged messages go: to an incident and a queue, to a question, or nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from buurtsignaal.answering import Answering
from buurtsignaal.board import Board
from buurtsignaal.forwarding import Forwarding
from buurtsignaal.notes import Notes
from buurtsignaal.reported import heard
from buurtsignaal.speech import Speech
from buurtsignaal.tally import Tally
from buurtsignaal.threads import Judged
from core.audit import Tag
from core.clues import Clues, clues_of
from core.identity import MakeId
from core.label import POLICE_CATEGORIES, Taxonomy, Urgency
from core.message import Admitted, Change
from core.ownreport import OwnReport
from core.signal import NewSignal, SignalState
from core.tenant import Tenant
from core.verdict import Verdict
from ingest.admission import Admission, Reply
from ingest.texts import Texts
from routing.tree import Facts, Tree
from store.consent import Group
from store.reports import NewReport
from store.signalrow import SignalRow
from store.work import Work

#: Why the pipeline closes an incident: the group itself says that it is over.
SAID_OVER = "groep-zegt-klaar"


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """What filing needs for all tenants; ``open`` gives a desk for one batch."""

    tenants: Mapping[str, Tenant]
    trees: Mapping[str, Tree]
    #: The bot's texts in each municipality's own wording.
    texts: Mapping[str, Texts]
    taxonomy: Taxonomy
    make_id: MakeId
    #: Salt for word hashes and keys of replies; from the pseudonym secret.
    salt: bytes
    #: Sources whose groups can be spoken to.
    speaking: frozenset[str]

    def open(
        self, work: Work, tenant: str, admission: Admission, tally: Tally, now: datetime
    ) -> Desk:
        """Return a desk that files the messages of one batch in one transaction."""
        return Desk(self, work, self.tenants[tenant], admission, tally, now)


class Desk:
    """Files the messages of one batch, in order."""

    def __init__(
        self,
        filing: Filing,
        work: Work,
        tenant: Tenant,
        admission: Admission,
        tally: Tally,
        now: datetime,
    ) -> None:
        self._filing = filing
        self._work = work
        self._tenant = tenant
        self._admission = admission
        self._tally = tally
        self._now = now
        self._board = Board(work, tenant.slug, now)
        self._notes = Notes(work, tenant.slug, now)
        self._answering = Answering(work, admission, self._notes, filing.make_id, now)
        self._speech = Speech(
            work=work,
            tenant=tenant,
            texts=filing.texts[tenant.slug],
            admission=admission,
            speaking=filing.speaking,
            salt=filing.salt,
            make_id=filing.make_id,
            now=now,
        )
        self._forwarding = Forwarding(
            work=work,
            tenant=tenant,
            taxonomy=filing.taxonomy,
            salt=filing.salt,
            make_id=filing.make_id,
            now=now,
        )
        #: Signals that wait for being stored together.
        self._new: list[NewSignal] = []
        #: What came along with those that were made on a form.
        self._reports: list[NewReport] = []
        #: Ids of those that leave without an operator (municipal categories only).
        self._automatic: set[str] = set()
        self._stored: list[str] = []

    def file(self, message: Admitted, judged: Judged) -> None:
        """File one judged message; ``geen`` that closes or answers nothing leaves no trace."""
        verdict = judged.verdict
        asked = self._answering.keep(message, verdict)
        known = self._known(message)
        if known is not None:
            self._edit(known, message, verdict)
        elif verdict.is_signal and not self._waits(message):
            # An answer can be an emergency too, and the one who asked may be gone by now.
            self._open(message, judged, about=asked)
        if verdict.closes and asked is None:
            self._close_incident(message, verdict)

    def report(self, message: Admitted, own: OwnReport, verdict: Verdict | None) -> None:
        """File what somebody reported on purpose: a person sees it, also when it says ``geen``."""
        if self._waits(message):
            return
        signal_id = self._open(message, Judged(heard(own, verdict)))
        self._reports.append(
            NewReport(
                id=signal_id,
                tenant=self._tenant.slug,
                own=own,
                judged=verdict.category if verdict else None,
                certainty=verdict.probability if verdict else 0.0,
            )
        )

    def close(self) -> tuple[str, ...]:
        """Store the signals that wait, in one go; return the ids of all that were filed."""
        if self._new:
            self._board.save()
            keys = {signal.id: self._key(signal.message) for signal in self._new}
            self._work.signals.add(self._new, keys)
            self._work.reports.add(self._reports)
            self._reports = []
            for signal in self._new:
                self._announce(signal)
            self._stored += [signal.id for signal in self._new]
            self._new = []
        return tuple(self._stored)

    def say(self, replies: Sequence[Reply]) -> None:
        """Put what the bot says into the outbox; a chat without a voice hears nothing."""
        self._speech.say(replies)

    # -- signals ------------------------------------------------------------------------------

    def _open(self, message: Admitted, judged: Judged, about: SignalRow | None = None) -> str:
        """Open a signal and return its id; ``about`` is the one that it goes on about."""
        verdict = judged.verdict
        clues = judged.point(self._clues(message, verdict, about))
        incident = self._board.place(clues, lambda: self._filing.make_id(self._now))
        judged.joined(incident)
        routed = self._filing.trees[self._tenant.slug].route(self._facts(message, verdict))
        signal_id = self._filing.make_id(self._now)
        if routed.automatic:
            self._automatic.add(signal_id)
        self._new.append(
            NewSignal(
                id=signal_id,
                message=message,
                verdict=verdict,
                incident=incident,
                queues=routed.queues,
                route=routed.path,
                targets=routed.targets,
            )
        )
        self._tally.flagged(message.group, verdict.category)
        return signal_id

    def _announce(self, signal: NewSignal) -> None:
        self._notes.tell(signal.queues, "signal.new", signal.id)
        self._notes.audit(Tag.SIGNAL_COLLECTED, f"signal/{signal.id}", signal.message.source)
        if signal.id in self._automatic:
            group = self._group(signal.message.group)
            self._forwarding.forward(signal, group.name if group else "")
            self._tally.forwarded(signal.message.group, signal.verdict.category)
        if signal.verdict.urgency is Urgency.SPOED:
            self._speech.point_to_112(signal.message, signal.id, signal.incident)

    def _edit(self, known: SignalRow, message: Admitted, verdict: Verdict) -> None:
        """Replace the words wherever they are; put before a person what nobody decided about."""
        others = [id for id in self._work.signals.of_message(self._key(message)) if id != known.id]
        if known.state is SignalState.DECIDED and _graver(known, message, verdict):
            # Nobody looks at what was decided any more, so this waits as a signal of its own.
            self._reword([*others, known.id], message, verdict)
            self._open(message, Judged(verdict), about=known)
        else:
            self._reword(others, message, verdict)
            self._revise(known, message, verdict)

    def _reword(self, ids: Sequence[str], message: Admitted, verdict: Verdict) -> None:
        """Give decided signals the new words; they stay what they were decided to be."""
        for row in map(self._work.signals.get, ids):
            self._revise(row, message, _still(row, verdict))

    def _revise(self, known: SignalRow, message: Admitted, verdict: Verdict) -> None:
        """An edit never takes a signal away by itself: a person decides about it."""
        kept = verdict if verdict.is_signal else _still(known, verdict)
        routed = self._filing.trees[self._tenant.slug].route(self._facts(message, kept))
        revised = NewSignal(
            id=known.id,
            message=message,
            verdict=kept,
            incident=known.incident_id,
            queues=routed.queues,
            route=routed.path,
            targets=routed.targets,
        )
        self._work.signals.revise(known.id, revised)
        # What waits for a receiver must not bring them words that were taken back.
        self._forwarding.reword(known.id)
        queues = dict.fromkeys([*known.queues, *routed.queues])
        self._notes.tell(queues, "signal.changed", known.id)
        self._notes.audit(Tag.SIGNAL_CHANGED, f"signal/{known.id}", message.source)
        if known.state is SignalState.OPEN and kept.urgency is Urgency.SPOED:
            self._speech.point_to_112(message, known.id, known.incident_id)

    def _known(self, message: Admitted) -> SignalRow | None:
        """Return the stored signal that this message edits."""
        if message.change is not Change.EDIT:
            return None
        # The message itself may wait in this very batch.
        self.close()
        ids = self._work.signals.of_message(self._key(message))
        rows = [self._work.signals.get(id, with_text=True) for id in ids]
        # What still waits comes before what was decided, and of that the latest.
        return max(rows, key=lambda row: (row.state is SignalState.OPEN, row.id), default=None)

    def _waits(self, message: Admitted) -> bool:
        """Whether there is a signal of this message: an edit of it can overtake it."""
        key = self._key(message)
        arriving = any(self._key(signal.message) == key for signal in self._new)
        return arriving or bool(self._work.signals.of_message(key))

    def _key(self, message: Admitted) -> str:
        return self._admission.message_keys[message.dedup_key]

    # -- incidents ----------------------------------------------------------------------------

    def _close_incident(self, message: Admitted, verdict: Verdict) -> None:
        self.close()
        incident = self._board.closed_by(self._clues(message, verdict))
        if incident is None:
            return
        self._work.incidents.close(incident, SAID_OVER, self._now)
        self._notes.audit(Tag.INCIDENT_CLOSED, f"incident/{incident}", message.source)
        for row in self._work.signals.of_incident(incident):
            self._notes.tell(row.queues, "signal.changed", row.id)

    def _clues(self, message: Admitted, verdict: Verdict, about: SignalRow | None = None) -> Clues:
        answered = self._admission.reply_keys.get(message.dedup_key)
        row = about or (self._work.signals.by_message(answered) if answered else None)
        incident = row.incident_id if row else None
        return clues_of(message, verdict, self._filing.salt, answers=incident)

    # -- what others need to know -------------------------------------------------------------

    def _group(self, id: str) -> Group | None:
        return self._admission.groups.get(id)

    def _facts(self, message: Admitted, verdict: Verdict) -> Facts:
        group = self._group(message.group)
        return Facts(
            category=verdict.category,
            subcategory=verdict.subcategory,
            urgency=verdict.urgency or Urgency.NIET_URGENT,
            probability=verdict.probability,
            area=group.area if group else "",
            source=message.source,
            origin=message.origin,
            at=message.sent_at,
            first_hand=verdict.first_hand,
            review=verdict.review,
        )


def _graver(known: SignalRow, message: Admitted, verdict: Verdict) -> bool:
    """Whether an edit says something that the decision cannot have been about."""
    if not verdict.is_signal or message.text == known.text:
        return False
    urgency = verdict.urgency or Urgency.NIET_URGENT
    other_crime = verdict.category in POLICE_CATEGORIES and verdict.category is not known.category
    return urgency is Urgency.SPOED or urgency.rank < known.urgency.rank or other_crime


def _still(known: SignalRow, verdict: Verdict) -> Verdict:
    """The text changed into something the model sees no signal in: a person looks at it."""
    return replace(
        verdict,
        category=known.category,
        subcategory=known.subcategory,
        urgency=known.urgency,
        probability=verdict.probabilities.get(known.category, 0.0),
        first_hand=known.first_hand,
        review=True,
    )
