# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about what leaves the house and what comes back, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core import errors
from store.database import Store
from store.erasures import Erasure
from store.outbox import OutboxRow
from store.questions import Answer, Question
from store.work import Work
from tests.store_samples import (
    GROUP,
    INCIDENT,
    NOW,
    TENANT,
    decision,
    later,
    outbox_row,
    prepare,
    stored_signal,
)

LEASE = timedelta(minutes=1)


def claimed(work: Work, at: timedelta = timedelta()) -> list[OutboxRow]:
    return work.outbox.claim(NOW + at, LEASE, 10)


def test_a_row_is_handed_out_when_it_is_due(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1", due_at=later(seconds=10))])
        assert work.outbox.next_due() == later(seconds=10)
        assert claimed(work) == []
        (row,) = claimed(work, timedelta(seconds=10))
        assert (row.id, row.state, row.attempts) == ("o1", "leased", 1)
        assert row.payload == {"text": "Dank u wel"}
        assert row.lease_until == later(seconds=70)
        assert row == work.outbox.get("o1")


def test_the_same_thing_is_put_once(store: Store) -> None:
    with store.write() as work:
        assert work.outbox.put([outbox_row(idempotency_key="k"), outbox_row()]) == 2
        assert work.outbox.put([outbox_row(idempotency_key="k"), outbox_row()]) == 1
        assert work.outbox.put([]) == 0


def test_a_payload_is_not_readable_in_the_database(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(payload={"text": "geheim-9137"})])
        raw = work.transaction.connection.exec_driver_sql("SELECT sealed FROM outbox").scalar_one()
        assert b"geheim-9137" not in bytes(raw)


def test_first_due_goes_first_and_a_limit_holds(store: Store) -> None:
    with store.write() as work:
        rows = [outbox_row(id=f"o{n}", due_at=later(seconds=-n)) for n in range(5)]
        work.outbox.put(rows)
        assert [row.id for row in work.outbox.claim(NOW, LEASE, 3)] == ["o4", "o3", "o2"]
        assert [row.id for row in work.outbox.claim(NOW, LEASE, 3)] == ["o1", "o0"]


def test_the_row_of_a_worker_that_died_is_handed_out_again(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1")])
        assert len(claimed(work)) == 1
        assert claimed(work, LEASE - timedelta(seconds=1)) == []
        (again,) = claimed(work, LEASE)
        assert (again.id, again.attempts) == ("o1", 2)


def test_what_was_sent_is_done_with(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1")])
        claimed(work)
        work.outbox.sent("o1", later(seconds=1), "ref-5")
        row = work.outbox.get("o1")
        assert (row.state, row.sent_at, row.receipt) == ("sent", later(seconds=1), "ref-5")
        assert row.payload is None
        assert claimed(work, timedelta(days=1)) == []
        assert work.outbox.next_due() is None
        work.outbox.retry("o1", NOW, "too late")
        work.outbox.dead("o1", "too late", NOW)
        assert work.outbox.get("o1").state == "sent"


def test_a_failed_row_comes_back_at_its_new_moment(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1")])
        claimed(work)
        work.outbox.retry("o1", later(minutes=5), "TargetUnavailable: " + "x" * 900)
        row = work.outbox.get("o1")
        assert (row.state, row.due_at, len(row.last_error or "")) == (
            "pending",
            later(minutes=5),
            300,
        )
        assert claimed(work, timedelta(minutes=4)) == []
        assert claimed(work, timedelta(minutes=5))[0].attempts == 2


def test_a_dead_letter_waits_for_a_person(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1")])
        claimed(work)
        work.outbox.dead("o1", "TargetRefused: 404", NOW)
        assert [row.id for row in work.outbox.dead_letters(TENANT)] == ["o1"]
        assert work.outbox.dead_letters("leiden") == []
        assert claimed(work, timedelta(days=9)) == []
        work.outbox.resend("o1", later(hours=1))
        assert work.outbox.dead_letters(TENANT) == []
        assert claimed(work, timedelta(hours=1))[0].attempts == 1


def test_rows_are_counted_by_state(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(), outbox_row(), outbox_row(due_at=later(hours=1))])
        claimed(work)
        assert work.outbox.counts(TENANT) == {"leased": 2, "pending": 1}
        assert work.outbox.counts("leiden") == {}


def test_only_a_dead_letter_can_be_resent(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1")])
        with pytest.raises(errors.NotAllowed):
            work.outbox.resend("o1", NOW)
        with pytest.raises(errors.NotFound):
            work.outbox.resend("nowhere", NOW)


def test_no_report_leaves_without_a_persons_decision(store: Store) -> None:
    stored = stored_signal(store)
    with pytest.raises(Exception, match="human_first"), store.write() as work:
        work.outbox.put([outbox_row(kind="report", signal_id=stored.id)])
    made = decision(stored)
    with store.write() as work:
        work.decisions.decide(made)
        allowed = [
            outbox_row(kind="report", signal_id=stored.id, decision_id=made.id),
            outbox_row(
                kind="report",
                signal_id=stored.id,
                automatic=True,
                payload={"category": "afval"},
            ),
            outbox_row(kind="reply"),
        ]
        assert work.outbox.put(allowed) == 3
        assert len(work.outbox.of_signal(stored.id)) == 2


@pytest.mark.parametrize("payload", [{"category": "inbraak"}, {"category": "geen"}, {}])
def test_the_database_itself_refuses_an_automatic_report_that_is_not_municipal(
    store: Store, payload: dict[str, str]
) -> None:
    stored = stored_signal(store)
    with pytest.raises(Exception, match="human_first"), store.write() as work:
        work.outbox.put(
            [outbox_row(kind="report", signal_id=stored.id, automatic=True, payload=payload)]
        )


def test_a_row_that_was_not_tried_has_as_many_tries_left(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1")])
        claimed(work)
        work.outbox.postpone("o1", later(minutes=5))
        row = work.outbox.get("o1")
        assert (row.state, row.attempts, row.due_at) == ("pending", 0, later(minutes=5))
        assert row.lease_until is None
        assert row.last_error is None
        assert claimed(work, timedelta(minutes=5))[0].attempts == 1


def test_a_decision_whose_report_was_taken_cannot_be_undone(store: Store) -> None:
    stored = stored_signal(store)
    made = decision(stored)
    with store.write() as work:
        work.decisions.decide(made)
        rows = [
            outbox_row(id=f"o{n}", kind="report", signal_id=stored.id, decision_id=made.id)
            for n in range(2)
        ]
        work.outbox.put(rows)
        work.outbox.claim(NOW, LEASE, 1)
    for change in ("leased", "tried", "dead", "resent"):
        with store.write() as work:
            if change == "tried":
                work.outbox.retry("o0", NOW, "timeout")
            if change == "dead":
                work.outbox.claim(NOW, LEASE, 1)
                work.outbox.dead("o0", "timeout", NOW)
            if change == "resent":
                work.outbox.resend("o0", NOW)
            with pytest.raises(errors.NotAllowed):
                work.decisions.undo(made.id, "agnes", NOW)
            assert work.outbox.get("o1").state == "pending"


def test_a_withdrawal_stops_what_waits_for_a_group_except_retractions(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.outbox.put(
            [
                outbox_row(id="reply", group_id=GROUP),
                outbox_row(id="retract", kind="retract", group_id=GROUP, signal_id=stored.id),
                outbox_row(id="other"),
            ]
        )
        assert work.outbox.cancel_for_group(GROUP) == 1
        assert [row.id for row in claimed(work)] == ["other", "retract"]
        work.signals.erase([stored.id], NOW)
        assert work.outbox.get("retract").state == "leased"


def test_a_delivery_that_crossed_an_erasure_is_still_written_down(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1", signal_id=stored.id)])
        claimed(work)
        work.signals.erase([stored.id], NOW)
        assert claimed(work, timedelta(days=1)) == []
        work.outbox.sent("o1", NOW)
        assert work.outbox.get("o1").state == "sent"


def test_old_dead_letters_lose_their_text(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1")])
        claimed(work)
        work.outbox.dead("o1", "TargetRefused", NOW)
        assert work.outbox.empty_dead(TENANT, NOW) == 0
        assert work.outbox.empty_dead(TENANT, later(days=1)) == 1
        assert work.outbox.get("o1").payload is None
        with pytest.raises(errors.NotAllowed):
            work.outbox.resend("o1", NOW)


# Questions


def question(signal_id: str) -> Question:
    return Question(
        id="q1",
        tenant=TENANT,
        signal_id=signal_id,
        group_id=GROUP,
        asked_by="agnes",
        asked_at=NOW,
        to="reporter",
        text="Bent u nog ter plaatse?",
    )


def answer(**changed: str) -> Answer:
    given = {"id": "a1", "dedup_key": "d1", "message_key": "m1", "pseudonym": "melder-1"} | changed
    return Answer(
        question_id="q1",
        # The sender's clock runs ahead of ours.
        at=later(minutes=5),
        received_at=NOW,
        text="Ja, bij Jan",
        masked="Ja, bij [naam]",
        **given,
    )


def test_an_answer_lands_at_the_question_and_its_incident(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.questions.ask(question(stored.id))
        assert work.questions.by_message("bot-1") is None
        work.questions.sent("q1", "bot-1")
        assert work.questions.answer(answer())
        assert not work.questions.answer(answer(id="a2"))
    with store.read() as work:
        found = work.questions.by_message("bot-1")
        assert found is not None
        assert (found.id, found.text) == ("q1", "Bent u nog ter plaatse?")
        (asked,) = work.questions.of_incident(INCIDENT)
        assert [(a.masked, a.text) for a in asked.answers] == [("Ja, bij [naam]", None)]
        (asked,) = work.questions.of_incident(INCIDENT, with_text=True)
        assert [a.text for a in asked.answers] == ["Ja, bij Jan"]
        assert work.questions.of_incident("another") == []


def test_erasing_a_signal_erases_what_was_said_about_it(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.questions.ask(question(stored.id))
        work.questions.answer(answer())
        work.signals.erase([stored.id], NOW)
        asked = work.questions.get("q1", with_text=True)
        assert asked.text == ""
        assert [(a.text, a.masked, a.pseudonym) for a in asked.answers] == [(None, None, "")]
        with pytest.raises(errors.NotFound):
            work.questions.get("nowhere")


def test_a_members_answers_can_be_erased_alone(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.questions.ask(question(stored.id))
        work.questions.answer(answer())
        work.questions.answer(
            answer(id="a2", dedup_key="d2", message_key="m2", pseudonym="melder-2")
        )
        assert work.questions.erase_answers(GROUP, ["melder-2"], NOW) == 1
        assert work.questions.erase_answers(GROUP, None, later(days=-1)) == 0
        assert [a.masked for a in work.questions.get("q1").answers] == ["Ja, bij [naam]", None]


def test_an_edit_replaces_an_answer_and_a_deletion_erases_it(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.questions.ask(question(stored.id))
        work.questions.answer(answer())
        # The same message under another revision is no second answer.
        assert not work.questions.answer(answer(id="a2", dedup_key="d2"))
        known = work.questions.answer_of("m1")
        assert known is not None
        work.questions.revise(known, replace(answer(dedup_key="d2"), text="Nee", masked="Nee"))
        assert [a.text for a in work.questions.get("q1", with_text=True).answers] == ["Nee"]
        assert work.questions.erase_message("m1") == stored.id
        assert work.questions.answer_of("m1") is None
        assert work.questions.erase_message("m1") is None
        (left,) = work.questions.get("q1", with_text=True).answers
        assert (left.text, left.masked, left.pseudonym) == (None, None, "")


def test_a_question_about_an_erased_signal_awaits_nothing(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.questions.ask(question(stored.id))
        work.questions.sent("q1", "bot-1")
        assert work.questions.awaiting("elsewhere") is None
        found = work.questions.awaiting("bot-1")
        assert found is not None
        assert found.id == "q1"
        work.signals.erase([stored.id], NOW)
        assert work.questions.awaiting("bot-1") is None


# Erasures


def test_a_promised_erasure_is_due_until_it_is_done(store: Store) -> None:
    promise = Erasure(
        id="e1",
        tenant=TENANT,
        group_id=GROUP,
        why="vergeetmij",
        asked_at=NOW,
        due_at=later(hours=1),
        pseudonyms=("melder-1", "melder-2"),
    )
    with store.write() as work:
        prepare(work)
        work.erasures.schedule(promise)
        work.erasures.schedule(promise)
        assert work.erasures.due(NOW) == []
        assert work.erasures.due(later(hours=1)) == [promise]
        work.erasures.done("e1", later(hours=2))
        assert work.erasures.due(later(days=1)) == []
        (kept,) = work.erasures.of_group(GROUP)
        assert (kept.done_at, kept.pseudonyms) == (later(hours=2), ())


def untold(work: Work, *, days: float = 90, undecided: float = 14) -> list[tuple[str, str]]:
    """Return what receivers have not been told, a day after it was received."""
    now = later(days=1)
    return work.outbox.unretracted(
        TENANT, decided=now - timedelta(days=days), undecided=now - timedelta(days=undecided)
    )


def test_a_receiver_has_to_be_told_of_what_was_erased_before_its_term(store: Store) -> None:
    signal = stored_signal(store)
    made = decision(signal)
    with store.write() as work:
        work.decisions.decide(made)
        about = {"signal_id": signal.id, "decision_id": made.id}
        work.outbox.put([outbox_row(id="o1", kind="report", target="politie", **about)])
        work.outbox.put([outbox_row(id="o2", kind="report", target="gemeente", **about)])
        work.outbox.put([outbox_row(id="o3", **about)])
        work.outbox.sent("o1", NOW)
        work.outbox.sent("o3", NOW)
        assert untold(work) == []
        work.signals.erase([signal.id], NOW)
        # What had not left was cancelled, and an answer to the group is no report.
        assert untold(work) == [(signal.id, "politie")]
        assert untold(work, days=0.5) == []
        work.outbox.put([outbox_row(kind="retract", target="politie", **about)])
        assert untold(work) == []


def test_what_left_by_itself_has_the_term_of_what_nobody_decided(store: Store) -> None:
    signal = stored_signal(store)
    with store.write() as work:
        row = outbox_row(
            id="o1",
            kind="report",
            target="gemeente",
            signal_id=signal.id,
            automatic=True,
            payload={"category": "afval"},
        )
        work.outbox.put([row])
        work.outbox.sent("o1", NOW)
        work.signals.erase([signal.id], NOW)
        assert untold(work) == [(signal.id, "gemeente")]
        assert untold(work, undecided=0.5) == []
