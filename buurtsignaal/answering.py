# SPDX-License-Identifier: EUPL-1.2
"""What somebody answers to an operator's question, kept at the signal that it is about."""

from __future__ import annotations

from datetime import datetime

from buurtsignaal.notes import Notes
from core.audit import Tag
from core.identity import MakeId
from core.message import Admitted, Change
from core.verdict import Verdict, mask
from ingest.admission import Admission
from store.questions import Answer
from store.signalrow import SignalRow
from store.work import Work


class Answering:
    """Keeps the answers of one batch."""

    def __init__(
        self, work: Work, admission: Admission, notes: Notes, make_id: MakeId, now: datetime
    ) -> None:
        self._work = work
        self._admission = admission
        self._notes = notes
        self._make_id = make_id
        self._now = now

    def keep(self, message: Admitted, verdict: Verdict) -> SignalRow | None:
        """Return the signal that the message answers a question about; None: it answers none.

        An answer can be a signal of its own too ("he is hitting her now"); that is up to the
        caller. What replies to a question whose signal was erased is a message like any other.
        """
        return self._changed(message, verdict) or self._given(message, verdict)

    def _changed(self, message: Admitted, verdict: Verdict) -> SignalRow | None:
        if message.change is not Change.EDIT:
            return None
        new = self._answer(message, verdict, question="")
        known = self._work.questions.answer_of(new.message_key)
        if known is None:
            return None
        self._work.questions.revise(known, new)
        question = self._work.questions.get(known.question_id)
        signal = self._work.signals.get(question.signal_id)
        self._notes.tell(signal.queues, "signal.changed", signal.id)
        self._notes.audit(Tag.SIGNAL_CHANGED, f"signal/{signal.id}", message.source)
        return signal

    def _given(self, message: Admitted, verdict: Verdict) -> SignalRow | None:
        replied = self._admission.reply_keys.get(message.dedup_key)
        question = self._work.questions.awaiting(replied) if replied else None
        if question is None:
            return None
        signal = self._work.signals.get(question.signal_id)
        if self._work.questions.answer(self._answer(message, verdict, question=question.id)):
            self._notes.tell(signal.queues, "answer.new", signal.id)
            self._notes.audit(Tag.ANSWER_RECEIVED, f"signal/{signal.id}", message.source)
        return signal

    def _answer(self, message: Admitted, verdict: Verdict, *, question: str) -> Answer:
        return Answer(
            id=self._make_id(self._now),
            question_id=question,
            dedup_key=message.dedup_key,
            message_key=self._admission.message_keys[message.dedup_key],
            pseudonym=message.pseudonym,
            at=message.sent_at,
            received_at=message.received_at,
            text=message.text,
            masked=mask(message.text, verdict.personal).text,
        )
