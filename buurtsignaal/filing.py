# SPDX-License-Identifier: EUPL-1.2
"""Where judged messages go: to an incident and a queue, to a question, or nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from buurtsignaal import voice
from buurtsignaal.board import Board
from buurtsignaal.tally import Tally
from core.audit import AuditEvent, Tag
from core.clues import Clues, clues_of
from core.identity import MakeId
from core.label import Taxonomy, Urgency
from core.message import Admitted, Change
from core.signal import NewSignal, SignalState
from core.tenant import Tenant
from core.verdict import Verdict, mask
from ingest.admission import Admission, Reply
from ingest.texts import Texts
from routing.report import Report, report_of
from routing.tree import Facts, Tree
from store.consent import Group
from store.outbox import OutboxRow
from store.questions import Answer
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
        #: Signals that wait for being stored together.
        self._new: list[NewSignal] = []
        #: Ids of those that leave without an operator (municipal categories only).
        self._automatic: set[str] = set()
        self._stored: list[str] = []

    def file(self, message: Admitted, verdict: Verdict) -> None:
        """File one judged message; ``geen`` that closes or answers nothing leaves no trace."""
        if self._answers_question(message, verdict):
            return
        known = self._known(message)
        if known is not None:
            self._revise(known, message, verdict)
        elif verdict.is_signal:
            self._open(message, verdict)
        if verdict.closes:
            self._close_incident(message, verdict)

    def close(self) -> tuple[str, ...]:
        """Store the signals that wait, in one go; return the ids of all that were filed."""
        if self._new:
            self._board.save()
            keys = {s.id: self._admission.message_keys[s.message.dedup_key] for s in self._new}
            self._work.signals.add(self._new, keys)
            for signal in self._new:
                self._announce(signal)
            self._stored += [signal.id for signal in self._new]
            self._new = []
        return tuple(self._stored)

    def say(self, replies: Sequence[Reply]) -> None:
        """Put what the bot says into the outbox; a chat without a voice hears nothing."""
        rows = [self._answer(reply) for reply in replies if self._can_speak(reply.source)]
        self._work.outbox.put(rows)

    def _answer(self, reply: Reply) -> OutboxRow:
        group = replace(self._admission.groups[reply.group], chat=reply.chat)
        return voice.reply(
            group,
            reply.text,
            id=self._filing.make_id(self._now),
            key=reply.idempotency_key,
            at=self._now,
            reply_to=reply.reply_to,
        )

    # -- signals ------------------------------------------------------------------------------

    def _open(self, message: Admitted, verdict: Verdict) -> None:
        clues = self._clues(message, verdict)
        incident = self._board.place(clues, lambda: self._filing.make_id(self._now))
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

    def _announce(self, signal: NewSignal) -> None:
        for queue in signal.queues:
            self._work.events.put(
                self._tenant.slug, queue.value, "signal.new", signal.id, self._now
            )
        self._audit(Tag.SIGNAL_COLLECTED, f"signal/{signal.id}", signal.message.source)
        if signal.id in self._automatic:
            self._forward(signal)
        if signal.verdict.urgency is Urgency.SPOED:
            self._point_to_112(signal)

    def _forward(self, signal: NewSignal) -> None:
        """Send a signal whose category the tenant made automatic; the database checks it too."""
        group = self._group(signal.message.group)
        report = report_of(
            self._work.signals.get(signal.id, with_text=True),
            self._filing.taxonomy,
            municipality=self._tenant.name,
            group=group.name if group else "",
            decided_at=self._now,
        )
        rows = [
            OutboxRow(
                id=self._filing.make_id(self._now),
                tenant=self._tenant.slug,
                kind="report",
                target=target,
                signal_id=signal.id,
                group_id=signal.message.group,
                automatic=True,
                payload=self._cleared(report, target).payload(),
                idempotency_key=voice.once_key(self._filing.salt, "report", signal.id, target),
                created_at=self._now,
                due_at=self._now,
            )
            for target in signal.targets
        ]
        self._work.outbox.put(rows)
        self._tally.forwarded(signal.message.group, signal.verdict.category)

    def _cleared(self, report: Report, target: str) -> Report:
        return report if self._tenant.targets[target].full_text else report.masked()

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
        for queue in {*known.queues, *routed.queues}:
            self._work.events.put(
                self._tenant.slug, queue.value, "signal.changed", known.id, self._now
            )
        self._audit(Tag.SIGNAL_CHANGED, f"signal/{known.id}", message.source)

    def _known(self, message: Admitted) -> SignalRow | None:
        """Return the stored signal that this message edits."""
        if message.change is not Change.EDIT:
            return None
        # The message itself may wait in this very batch.
        self.close()
        row = self._work.signals.by_message(self._admission.message_keys[message.dedup_key])
        return row if row is not None and row.state is not SignalState.ERASED else None

    # -- incidents ----------------------------------------------------------------------------

    def _close_incident(self, message: Admitted, verdict: Verdict) -> None:
        self.close()
        incident = self._board.closed_by(self._clues(message, verdict))
        if incident is None:
            return
        self._work.incidents.close(incident, SAID_OVER, self._now)
        self._audit(Tag.INCIDENT_CLOSED, f"incident/{incident}", message.source)
        for row in self._work.signals.of_incident(incident):
            for queue in row.queues:
                self._work.events.put(
                    self._tenant.slug, queue.value, "signal.changed", row.id, self._now
                )

    def _clues(self, message: Admitted, verdict: Verdict) -> Clues:
        answered = self._admission.reply_keys.get(message.dedup_key)
        row = self._work.signals.by_message(answered) if answered else None
        incident = row.incident_id if row else None
        return clues_of(message, verdict, self._filing.salt, answers=incident)

    # -- questions ----------------------------------------------------------------------------

    def _answers_question(self, message: Admitted, verdict: Verdict) -> bool:
        """Keep what somebody answers to an operator's question, at that question's signal."""
        answered = self._admission.reply_keys.get(message.dedup_key)
        question = self._work.questions.by_message(answered) if answered else None
        if question is None:
            return False
        answer = Answer(
            id=self._filing.make_id(self._now),
            question_id=question.id,
            dedup_key=message.dedup_key,
            pseudonym=message.pseudonym,
            at=message.sent_at,
            text=message.text,
            masked=mask(message.text, verdict.personal).text,
        )
        if self._work.questions.answer(answer):
            signal = self._work.signals.get(question.signal_id)
            for queue in signal.queues:
                self._work.events.put(
                    self._tenant.slug, queue.value, "answer.new", signal.id, self._now
                )
            self._audit(Tag.ANSWER_RECEIVED, f"signal/{signal.id}", message.source)
        return True

    # -- words to the group -------------------------------------------------------------------

    def _point_to_112(self, signal: NewSignal) -> None:
        """Say "Bel 112" at once, once for each incident and group."""
        group = self._group(signal.message.group)
        if group is None or not self._can_speak(group.source):
            return
        key = voice.once_key(self._filing.salt, "112", signal.incident, group.id)
        text = self._filing.texts[self._tenant.slug].say("gevaar", self._tenant)
        row = voice.reply(
            group,
            text,
            id=self._filing.make_id(self._now),
            key=key,
            at=self._now,
            reply_to=signal.message.external_id,
            signal=signal.id,
        )
        self._work.outbox.put([row])

    def _can_speak(self, source: str) -> bool:
        return source in self._filing.speaking

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

    def _audit(self, tag: Tag, thing: str, origin: str) -> None:
        self._work.audit.write(
            AuditEvent(
                tag=tag,
                tenant=self._tenant.slug,
                actor="system",
                object=thing,
                at=self._now,
                origin=origin,
            )
        )


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
