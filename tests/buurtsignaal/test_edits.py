# SPDX-License-Identifier: EUPL-1.2
"""Messages that change after somebody decided about them, on both databases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from buurtsignaal.bootstrap import House
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.settings import Settings
from core import errors
from core.clock import FrozenClock
from core.label import Category, Queue
from core.message import Change, Message
from core.signal import Act, Decision, SignalState
from routing.report import Report, read_report, report_of
from store.outbox import OutboxRow
from store.signalrow import SignalRow
from tests.buurtsignaal.conftest import TENANT, Chat


@pytest.fixture
def settings(settings: Settings, store_url: str) -> Settings:
    return settings.model_copy(update={"database_url": SecretStr(store_url)})


@dataclass
class Edits:
    """A group whose messages are decided about and then change."""

    house: House
    pipeline: Pipeline
    chat: Chat
    clock: FrozenClock
    revision: int = 0

    def says(self, text: str) -> Message:
        message = self.chat.says(text)
        self.pipeline.handle([self.chat.batch(message)])
        return message

    def changes(self, message: Message, text: str) -> None:
        self.revision += 1
        edit = replace(message, text=text, change=Change.EDIT, revision=str(self.revision))
        self.pipeline.handle([self.chat.batch(edit)])

    def deletes(self, message: Message) -> None:
        gone = replace(message, text="", sender="", change=Change.DELETE)
        self.pipeline.handle([self.chat.batch(gone)])

    def waiting(self) -> list[SignalRow]:
        with self.house.store.read() as work:
            return [s for q in Queue for s in work.signals.queue(TENANT, q, with_text=True)]

    def get(self, signal: SignalRow) -> SignalRow:
        with self.house.store.read() as work:
            return work.signals.get(signal.id, with_text=True)

    def decide(self, act: Act) -> SignalRow:
        """Decide about the only signal that waits."""
        [row] = self.waiting()
        with self.house.store.write() as work:
            return work.decisions.decide(
                Decision(
                    id=f"d-{row.id}"[:36],
                    signal=row.id,
                    act=act,
                    actor="agnes",
                    at=self.clock.now(),
                    seen_version=row.version,
                )
            )

    def promises(self, signal: SignalRow, *, full: bool) -> None:
        """Put a report about a decided signal into the outbox."""
        now = self.clock.now()
        report = report_of(
            self.get(signal),
            self.house.taxonomy,
            municipality="Demo",
            group="",
            decided_at=now,
            decided_by="agnes",
        )
        row = OutboxRow(
            id="o1",
            tenant=TENANT,
            kind="report",
            target="gemeente",
            signal_id=signal.id,
            group_id=signal.group_id,
            decision_id=f"d-{signal.id}"[:36],
            payload=(report if full else report.masked()).payload(),
            idempotency_key="o1",
            created_at=now,
            due_at=now,
        )
        with self.house.store.write() as work:
            work.outbox.put([row])

    def reports(self, signal: SignalRow) -> list[Report]:
        with self.house.store.read() as work:
            rows = work.outbox.of_signal(signal.id)
        return [read_report(row.payload) for row in rows if row.kind == "report"]

    def pointed_to_112(self) -> int:
        with self.house.store.write() as work:
            rows = work.outbox.claim(self.clock.now(), timedelta(seconds=5), 50)
        return sum("112" in (r.payload or {}).get("text", "") and bool(r.signal_id) for r in rows)


@pytest.fixture
def edits(house: House, pipeline: Pipeline, consented: Chat, clock: FrozenClock) -> Edits:
    return Edits(house, pipeline, consented, clock)


@pytest.mark.parametrize("act", [Act.REJECT, Act.CONFIRM])
def test_a_decided_signal_edited_into_an_emergency_waits_as_a_new_one(
    edits: Edits, act: Act
) -> None:
    message = edits.says("afval overal")
    decided = edits.decide(act)
    edits.changes(message, "geweld spoed nu")

    [new] = edits.waiting()
    assert (new.category, new.text) == (Category.GEWELD, "geweld spoed nu")
    assert new.id != decided.id
    assert edits.pointed_to_112() == 1


def test_the_decided_one_stays_decided_and_loses_its_old_words(edits: Edits) -> None:
    message = edits.says("afval van Jan")
    decided = edits.decide(Act.REJECT)
    edits.changes(message, "geweld spoed nu")

    old = edits.get(decided)
    assert (old.state, old.category) == (SignalState.DECIDED, Category.AFVAL)
    assert old.text == "geweld spoed nu"


@pytest.mark.parametrize(
    ("before", "after", "opens"),
    [
        ("afval overal", "inbraak nu", True),
        ("inbraak niet-urgent", "inbraak actueel", True),
        ("inbraak hier", "geweld hier", True),
        ("inbraak spoed", "inbraak spoed met een mes", True),
        ("inbraak hier", "inbraak hiernaast", False),
        ("afval hier", "wrakken hier", False),
        ("inbraak hier", "laat maar", False),
    ],
)
def test_only_what_got_graver_is_put_before_a_person_again(
    edits: Edits, before: str, after: str, opens: bool
) -> None:
    message = edits.says(before)
    edits.decide(Act.REJECT)
    edits.changes(message, after)

    assert len(edits.waiting()) == opens


def test_a_next_edit_changes_the_new_signal(edits: Edits) -> None:
    message = edits.says("afval overal")
    decided = edits.decide(Act.REJECT)
    edits.changes(message, "geweld spoed nu")
    edits.changes(message, "geweld spoed bij nummer 3")

    assert [s.text for s in edits.waiting()] == ["geweld spoed bij nummer 3"]
    assert edits.get(decided).text == "geweld spoed bij nummer 3"


def test_a_message_that_its_own_edit_overtook_is_no_second_signal(edits: Edits) -> None:
    message = edits.chat.says("inbraak oud")
    edits.changes(message, "inbraak nieuw")
    edits.pipeline.handle([edits.chat.batch(message)])

    assert [s.text for s in edits.waiting()] == ["inbraak nieuw"]


def test_a_deletion_erases_both(edits: Edits) -> None:
    message = edits.says("afval overal")
    decided = edits.decide(Act.REJECT)
    edits.changes(message, "geweld spoed nu")
    edits.deletes(message)

    assert edits.waiting() == []
    assert edits.get(decided).state is SignalState.ERASED


def test_a_decision_is_not_undone_when_its_message_waits_anew(edits: Edits) -> None:
    message = edits.says("afval overal")
    decided = edits.decide(Act.REJECT)
    edits.changes(message, "geweld spoed nu")

    with pytest.raises(errors.NotAllowed), edits.house.store.write() as work:
        work.decisions.undo(f"d-{decided.id}"[:36], "agnes", edits.clock.now())
    assert len(edits.waiting()) == 1


def test_an_open_signal_edited_into_an_emergency_points_to_112(edits: Edits) -> None:
    message = edits.says("inbraak op 4")
    edits.changes(message, "inbraak spoed op 4")
    edits.changes(message, "inbraak spoed op 5")

    assert edits.pointed_to_112() == 1


@pytest.mark.parametrize("full", [True, False])
def test_a_report_that_waits_leaves_with_the_new_words(edits: Edits, full: bool) -> None:
    message = edits.says("afval van Jan op de stoep")
    decided = edits.decide(Act.CONFIRM)
    edits.promises(decided, full=full)
    edits.changes(message, "afval op de stoep")

    [report] = edits.reports(decided)
    assert report.text == "afval op de stoep"
    assert report.full_text == ("afval op de stoep" if full else None)


def test_a_report_that_left_is_not_made_anew(edits: Edits) -> None:
    message = edits.says("afval van Jan op de stoep")
    decided = edits.decide(Act.CONFIRM)
    edits.promises(decided, full=True)
    with edits.house.store.write() as work:
        work.outbox.sent("o1", edits.clock.now())
    edits.changes(message, "afval op de stoep")
    with edits.house.store.read() as work:
        assert work.outbox.get("o1").payload is None
