# SPDX-License-Identifier: EUPL-1.2
"""The straight line: from a batch of the outside world to the queue on a screen.

This is the only file that sees the whole line. It decides before it stores: what is no signal
adds to a counter and is forgotten when ``handle`` returns.

1. The gate drops what has no consent before its text is looked at.
2. What was handled before is left out (dedup key).
3. The classifier judges what is left, with the last messages of the same chat.
4. A signal leans on what its chat was speaking of, joins an open incident or opens one, and the
   routes say where it goes.
5. One transaction holds signals, incidents, outbox, audit, counters and the new cursor.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from buurtsignaal.filing import Filing
from buurtsignaal.shadow import Seen, Shadow
from buurtsignaal.tally import Tally
from buurtsignaal.threads import Following, Judged, Threads
from buurtsignaal.windows import Draft, Windows
from core.clock import Clock
from core.consent import ConsentState
from core.message import Admitted, Batch
from core.outcome import Outcome
from core.verdict import Classifier, Question, Verdict
from ingest.admission import Admission
from ingest.gate import Gate
from ingest.report_form.filed import SOURCE as REPORT_FORM
from store.consent import Group
from store.database import Store
from store.work import Work

log = logging.getLogger(__name__)

#: Sources whose chat is many people who do not hear each other: nobody's words are context.
ALONE_TOGETHER = frozenset({REPORT_FORM})


@dataclass(frozen=True, slots=True)
class _Passage:
    batch: Batch
    admission: Admission
    #: Messages that nobody handled before.
    fresh: tuple[Admitted, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    outcomes: list[Outcome]
    draft: Draft
    following: Following
    #: Groups whose consent stands.
    allowed: frozenset[str]
    #: Groups whose earlier messages must no longer serve as context.
    disturbed: frozenset[str]
    #: What a model that runs along may judge too.
    seen: tuple[Seen, ...]


class Pipeline:
    """Reads, judges and files batches; each group of batches is one transaction."""

    def __init__(
        self,
        *,
        store: Store,
        gate: Gate,
        classifier: Classifier,
        filing: Filing,
        windows: Windows,
        threads: Threads,
        clock: Clock,
        shadow: Shadow | None = None,
    ) -> None:
        self._shadow = shadow
        self._store = store
        self._gate = gate
        self._classifier = classifier
        self._filing = filing
        self._windows = windows
        self._threads = threads
        self._clock = clock
        #: Held while anything is remembered or forgotten of a chat.
        self._memory = threading.Lock()
        #: Groups that somebody had forgotten since the line began what it is doing now.
        self._forgotten: set[str] = set()

    def forget(self, group: str) -> None:
        """Forget what was said in a group; from any thread, also while the line is busy with it.

        For whoever changes a group beside the line: a page, a command, a sweep.
        """
        with self._memory:
            self._forgotten.add(group)
            self._forget(group)

    def handle(self, batches: Sequence[Batch]) -> list[Outcome]:
        """Return one outcome for each batch, after they are all stored; all of them or none."""
        with self._memory:
            self._forgotten.clear()
        line = self._store.attempt(lambda work: self._line(work, batches))
        # Only now: what a failed transaction heard was never said.
        with self._memory:
            self._remember(line)
        return line.outcomes

    def _remember(self, line: _Line) -> None:
        for group in line.disturbed:
            self._forget(group)
        allowed = line.allowed - self._forgotten
        line.draft.keep(allowed=allowed)
        line.following.keep(allowed=allowed - line.disturbed)
        if self._shadow is not None:
            self._shadow.take([seen for seen in line.seen if seen.group in allowed])

    def _forget(self, group: str) -> None:
        self._windows.forget(group)
        self._threads.forget(group)
        if self._shadow is not None:
            self._shadow.forget(group)

    def _line(self, work: Work, batches: Sequence[Batch]) -> _Line:
        draft, following = self._windows.draft(), self._threads.draft()
        passages = self._let_in(work, batches)
        allowed = _standing(passages, self._clock)
        fresh = [m for p in passages for m in p.fresh if m.group in allowed]
        questions = _questions(fresh, draft, _starts(passages))
        verdicts = self._judge(fresh, questions)
        judged = {m.dedup_key: _hear(following, m, verdicts[m.dedup_key]) for m in fresh}
        outcomes = [self._store_passage(work, passage, judged) for passage in passages]
        seen = tuple(_seen(fresh, questions, verdicts))
        disturbed = _disturbed(passages, allowed)
        return _Line(outcomes, draft, following, allowed, disturbed, seen)

    def _let_in(self, work: Work, batches: Sequence[Batch]) -> list[_Passage]:
        admissions = [self._gate.admit(work, batch) for batch in batches]
        keys = [m.dedup_key for admission in admissions for m in admission.admitted]
        new = work.seen.claim(keys, self._clock.now()) if keys else set()
        passages = []
        for batch, admission in zip(batches, admissions, strict=True):
            fresh = tuple(m for m in admission.admitted if m.dedup_key in new)
            # Two batches of one group may hold the same message; the first has it.
            new -= {m.dedup_key for m in fresh}
            passages.append(_Passage(batch, admission, fresh))
        return passages

    def _judge(
        self, messages: Sequence[Admitted], questions: Sequence[Question]
    ) -> dict[str, Verdict | None]:
        """Return verdicts by dedup key; None for a message on which the classifier broke."""
        keys = [message.dedup_key for message in messages]
        try:
            verdicts: list[Verdict | None] = list(self._classifier.judge(questions))
        except Exception as error:  # noqa: BLE001 - one message must not stop a neighbourhood
            log.error("the classifier failed on a group: %s", type(error).__name__)  # noqa: TRY400
            verdicts = [self._judge_alone(question) for question in questions]
        return dict(zip(keys, verdicts, strict=True))

    def _judge_alone(self, question: Question) -> Verdict | None:
        try:
            return self._classifier.judge([question])[0]
        except Exception as error:  # noqa: BLE001 - counted as unreadable; its text is not shown
            log.error("the classifier failed on one message: %s", type(error).__name__)  # noqa: TRY400
            return None

    def _store_passage(
        self, work: Work, passage: _Passage, judged: dict[str, Judged | None]
    ) -> Outcome:
        batch, admission = passage.batch, passage.admission
        now = self._clock.now()
        tally = Tally(batch.tenant, now)
        tally.refused(admission)
        desk = self._filing.open(work, batch.tenant, admission, tally, now)
        for message in passage.fresh:
            found = judged.get(message.dedup_key)
            if message.own is not None and message.dedup_key in judged:
                tally.read(message.group)
                desk.report(message, message.own, None if found is None else found.verdict)
                continue
            if found is None:
                tally.unread(message.group)
                continue
            tally.read(message.group)
            desk.file(message, found)
        signals = desk.close()
        desk.say(admission.replies)
        work.counters.add(tally.counts)
        if batch.cursor is not None:
            work.cursors.advance(batch.tenant, batch.source, batch.stream, batch.cursor, now)
        duplicates = len(admission.admitted) - len(passage.fresh) + admission.duplicates
        return tally.outcome(signals=signals, duplicates=duplicates)


def _hear(following: Following, message: Admitted, verdict: Verdict | None) -> Judged | None:
    return None if verdict is None else following.hear(message, verdict)


def _questions(
    messages: Sequence[Admitted], draft: Draft, starts: Mapping[str, datetime | None]
) -> list[Question]:
    """Return each message with what was said before it in its chat."""
    questions = []
    for message in messages:
        context = _context(message, draft, starts.get(message.group))
        questions.append(Question(text=message.text, context=context, origin=message.origin))
    return questions


def _context(message: Admitted, draft: Draft, since: datetime | None) -> tuple[str, ...]:
    """Return what came before in the same chat, and hear the message for the next one."""
    if message.source in ALONE_TOGETHER:
        return ()
    context = draft.before(message.group, message.sent_at, since=since)
    draft.add(message.group, message.sent_at, message.text)
    return context


def _seen(
    messages: Sequence[Admitted],
    questions: Sequence[Question],
    judged: Mapping[str, Verdict | None],
) -> Iterator[Seen]:
    for message, question in zip(messages, questions, strict=True):
        if verdict := judged.get(message.dedup_key):
            yield Seen(
                tenant=message.tenant,
                group=message.group,
                question=question,
                said=verdict.category,
                model=verdict.model,
            )


def _groups(passages: Sequence[_Passage]) -> dict[str, Group]:
    """Return every group as it stands after all batches."""
    return {id: group for p in passages for id, group in p.admission.groups.items()}


def _standing(passages: Sequence[_Passage], clock: Clock) -> frozenset[str]:
    """Return the groups whose consent stands after all batches: a later ``/stop`` counts."""
    now = clock.now()
    return frozenset(
        id
        for id, group in _groups(passages).items()
        if group.consent.at(now) is ConsentState.GRANTED
    )


def _starts(passages: Sequence[_Passage]) -> dict[str, datetime | None]:
    return {id: group.consent.valid_from for id, group in _groups(passages).items()}


def _disturbed(passages: Sequence[_Passage], allowed: frozenset[str]) -> frozenset[str]:
    """Return the groups that stopped, or in which anything was changed, erased or refused.

    Nobody keeps count of whose words stand in a window; the whole window goes.
    """
    steered = {id for p in passages if p.batch.steers for id in p.admission.groups}
    return frozenset(_groups(passages)) - allowed | steered
