# SPDX-License-Identifier: EUPL-1.2
"""Deciding, undoing, joining, asking and resending, through the pages and into the store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from core.clock import FrozenClock
from core.label import Category, Queue
from core.signal import SignalState
from routing.report import read_report
from store.outbox import OutboxRow
from store.signalrow import SignalRow
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]


def letters(world: World, signal: SignalRow) -> dict[str, OutboxRow]:
    """Return what waits to leave, by receiver; of each what leaves first."""
    with world.store.read() as work:
        rows = work.outbox.of_signal(signal.id)
    rows.sort(key=lambda row: (row.state == "cancelled", row.due_at), reverse=True)
    return {row.target: row for row in rows}


def now_is(world: World, signal: SignalRow) -> SignalRow:
    with world.store.read() as work:
        return work.signals.get(signal.id)


def test_confirming_sends_the_report_and_tells_the_group_after_the_undo_window(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    signal = world.signal()
    assert operator.decide(signal).status_code == 200
    sent = letters(world, signal)
    assert set(sent) == {"politie-mail", "group"}
    assert {row.due_at for row in sent.values()} == {clock.now() + timedelta(seconds=10)}
    assert {row.decision_id for row in sent.values()} != {None}
    assert now_is(world, signal).state is SignalState.DECIDED
    assert operator.get("/meldkamer").text.count('data-staat="open"') == 0


def test_a_report_names_the_person_who_decided(world: World, operator: Visitor) -> None:
    signal = world.signal()
    operator.decide(signal)
    report = read_report(letters(world, signal)["politie-mail"].payload)
    assert (report.decided_by, report.category) == ("agnes", Category.INBRAAK)
    assert report.full_text == "Er wordt nu ingebroken bij Jan op de Parallelweg 14"


def test_a_receiver_without_the_right_gets_no_personal_data(
    world: World, signed_in: SignedIn
) -> None:
    signal = world.signal("Jan dumpt afval op de Parallelweg 14", category=Category.AFVAL)
    signed_in("handhaving").decide(signal)
    payload = letters(world, signal)["gemeente-webhook"].payload
    assert "Jan" not in str(payload)
    assert read_report(payload).text == "[naam] dumpt afval op de Parallelweg 14"


def test_the_group_hears_back_in_answer_to_its_own_message(world: World, operator: Visitor) -> None:
    signal = world.signal()
    operator.decide(signal)
    reply = letters(world, signal)["group"].payload
    assert reply is not None
    assert reply["text"].endswith("doorgestuurd naar: de politie.")
    assert reply["reply_to"].startswith("m")


def test_a_rejected_signal_sends_nothing_to_anybody(world: World, operator: Visitor) -> None:
    signal = world.signal()
    assert operator.decide(signal, "geen-signaal").status_code == 200
    assert letters(world, signal) == {}


def test_a_group_that_withdrew_hears_nothing_more(world: World, operator: Visitor) -> None:
    group = world.group(granted=False)
    signal = world.signal(group=group)
    operator.decide(signal)
    assert set(letters(world, signal)) == {"politie-mail"}


def test_another_category_of_the_same_queue_goes_to_the_receivers_of_that_category(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    operator.decide(signal, "andere-categorie", categorie="geweld")
    report = read_report(letters(world, signal)["politie-mail"].payload)
    assert report.category is Category.GEWELD
    assert now_is(world, signal).category is Category.GEWELD


def test_another_category_of_the_other_queue_waits_there_for_a_decision(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    operator.decide(signal, "andere-categorie", categorie="afval")
    row = now_is(world, signal)
    assert (row.state, row.queues) == (SignalState.OPEN, (Queue.HANDHAVING,))
    assert letters(world, signal) == {}


def test_a_category_is_needed_to_choose_another_one(world: World, operator: Visitor) -> None:
    signal = world.signal()
    assert operator.decide(signal, "andere-categorie").status_code == 400
    assert operator.decide(signal, "andere-categorie", categorie="geen").status_code == 400
    assert operator.decide(signal, "weggooien").status_code == 400
    assert now_is(world, signal).state is SignalState.OPEN


def test_the_other_receiver_finds_it_in_its_queue(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    signal = world.signal()
    operator.decide(signal, "andere-ontvanger")
    assert signal.id not in operator.get("/meldkamer").text
    assert signal.id in signed_in("handhaving").get("/handhaving").text


def test_the_second_of_two_operators_is_told_who_was_first(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    signal, second = world.signal(), signed_in("meldkamer", "Bert")
    assert operator.decide(signal).status_code == 200
    late = second.decide(signal, "geen-signaal")
    assert late.status_code == 409
    assert late.json()["detail"] == "Al afgehandeld door Agnes."


def test_of_many_who_decide_at_once_exactly_one_wins(world: World, signed_in: SignedIn) -> None:
    signal = world.signal()
    people = [signed_in("meldkamer", f"persoon{n}") for n in range(4)]
    gate, codes = threading.Barrier(4), []

    def decide(person: Visitor) -> None:
        gate.wait()
        codes.append(person.decide(signal).status_code)

    threads = [threading.Thread(target=decide, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409, 409, 409]
    assert len(letters(world, signal)) == 2


def test_undo_brings_the_signal_back_and_keeps_everything_inside(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    signal = world.signal()
    decision = operator.decide(signal).json()["decision"]
    clock.advance(timedelta(seconds=9))
    assert operator.send(f"/besluit/{decision}/ongedaan").status_code == 200
    assert now_is(world, signal).state is SignalState.OPEN
    assert {row.state for row in letters(world, signal).values()} == {"cancelled"}
    assert operator.decide(now_is(world, signal)).status_code == 200


def test_undo_is_refused_when_the_time_is_over(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    decision = operator.decide(world.signal()).json()["decision"]
    clock.advance(timedelta(seconds=10))
    late = operator.send(f"/besluit/{decision}/ongedaan")
    assert (late.status_code, late.json()["detail"]) == (
        409,
        "De tijd om dit ongedaan te maken is voorbij.",
    )


def test_undo_loses_against_a_worker_that_took_the_report(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    signal = world.signal()
    decision = operator.decide(signal).json()["decision"]
    with world.store.write() as work:
        due = clock.now() + timedelta(seconds=10)
        assert len(work.outbox.claim(due, timedelta(seconds=30), 10)) == 2
    assert operator.send(f"/besluit/{decision}/ongedaan").status_code == 409
    assert {row.state for row in letters(world, signal).values()} == {"leased"}
    assert now_is(world, signal).state is SignalState.DECIDED


def _delivered(world: World, at: datetime) -> None:
    with world.store.write() as work:
        for row in work.outbox.claim(at, timedelta(seconds=30), 10):
            work.outbox.sent(row.id, at)


def test_what_left_can_be_retracted_by_a_colleague_and_receivers_hear_so_once(
    world: World, operator: Visitor, signed_in: SignedIn, clock: FrozenClock
) -> None:
    signal = world.signal()
    decision = operator.decide(signal).json()["decision"]
    clock.advance(timedelta(minutes=20))
    _delivered(world, clock.now())
    colleague = signed_in("meldkamer", "Bert")
    assert "Trek de melding in" in colleague.get(f"/incident/{signal.incident_id}").text
    assert colleague.send(f"/besluit/{decision}/intrekken").status_code == 200
    assert colleague.send(f"/besluit/{decision}/intrekken").status_code == 409
    with world.store.read() as work:
        retractions = [r for r in work.outbox.of_signal(signal.id) if r.kind == "retract"]
        assert {r.kind for r in work.outbox.of_signal(signal.id) if r.state == "sent"} >= {"report"}
        assert work.audit.verify(SLUG).ok
    assert [row.payload and row.payload["text"] for row in retractions] == [""]
    assert now_is(world, signal).state is SignalState.OPEN
    assert world.audited("account:decision:retract") == 1
    assert _decided(world) == {"inbraak": 0}
    # It can be decided anew, reported anew, and retracted anew.
    again = colleague.decide(now_is(world, signal)).json()["decision"]
    clock.advance(timedelta(minutes=20))
    _delivered(world, clock.now())
    assert colleague.send(f"/besluit/{again}/intrekken").status_code == 200


def test_what_is_being_handed_over_cannot_be_retracted_yet(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    signal = world.signal()
    decision = operator.decide(signal).json()["decision"]
    clock.advance(timedelta(minutes=1))
    assert operator.send(f"/besluit/{decision}/intrekken").status_code == 409
    with world.store.write() as work:
        assert work.outbox.claim(clock.now(), timedelta(seconds=30), 10)
    assert operator.send(f"/besluit/{decision}/intrekken").status_code == 409
    assert now_is(world, signal).state is SignalState.DECIDED


def test_nobody_of_another_queue_can_retract(
    world: World, operator: Visitor, signed_in: SignedIn, clock: FrozenClock
) -> None:
    decision = operator.decide(world.signal()).json()["decision"]
    clock.advance(timedelta(minutes=20))
    _delivered(world, clock.now())
    assert signed_in("handhaving", "Els").send(f"/besluit/{decision}/intrekken").status_code == 404


def test_only_who_decided_can_undo(world: World, operator: Visitor, signed_in: SignedIn) -> None:
    decision = operator.decide(world.signal()).json()["decision"]
    other = signed_in("meldkamer", "Bert")
    assert other.send(f"/besluit/{decision}/ongedaan").status_code == 403


def test_decisions_are_counted_and_an_undo_takes_the_count_back(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    decision = operator.decide(signal).json()["decision"]
    assert _decided(world) == {"inbraak": 1}
    operator.send(f"/besluit/{decision}/ongedaan")
    assert _decided(world) == {"inbraak": 0}


def test_every_deed_is_in_the_audit_log(world: World, operator: Visitor) -> None:
    signal = world.signal()
    decision = operator.decide(signal).json()["decision"]
    operator.send(f"/besluit/{decision}/ongedaan")
    assert world.audited("account:signal:decide") == 1
    assert world.audited("account:decision:undo") == 1
    with world.store.read() as work:
        assert work.audit.verify(SLUG).ok


def test_without_scripts_a_decision_leads_back_and_can_be_undone(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    fields = {"besluit": "bevestigd", "versie": str(signal.version)}
    back = operator.post(f"/signaal/{signal.id}/besluit", **fields).headers["location"]
    page = operator.get(back).text
    assert "Uw besluit is opgeslagen" in page
    decision = back.partition("besluit=")[2]
    assert f"/besluit/{decision}/ongedaan" in page
    operator.post(f"/besluit/{decision}/ongedaan")
    assert signal.id in operator.get("/meldkamer").text


def test_a_dead_letter_can_be_sent_again_once(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    signal = world.signal()
    operator.decide(signal)
    clock.advance(timedelta(seconds=10))
    with world.store.write() as work:
        for row in work.outbox.claim(clock.now(), timedelta(seconds=30), 10):
            work.outbox.dead(row.id, "TargetRefused: 410", clock.now())
    page = operator.get("/afleveringen").text
    assert "TargetRefused: 410" in page
    assert "ingebroken" not in page
    dead = letters(world, signal)["politie-mail"]
    assert operator.post(f"/afleveringen/{dead.id}/opnieuw").status_code == 303
    assert letters(world, signal)["politie-mail"].state == "pending"
    assert operator.post(f"/afleveringen/{dead.id}/opnieuw").status_code == 409
    assert world.audited("account:report:resend") == 1


def test_an_operator_resends_letters_of_the_own_queue_only(
    world: World, signed_in: Callable[..., Visitor]
) -> None:
    signal = world.signal()
    inspector, admin = signed_in("handhaving", "Hans"), signed_in("beheer", "Bea")
    signed_in("meldkamer", "Agnes").decide(signal)
    with world.store.write() as work:
        soon = world.clock.now() + timedelta(seconds=10)
        for row in work.outbox.claim(soon, timedelta(seconds=30), 10):
            work.outbox.dead(row.id, "TargetRefused: 410", soon)
    dead = letters(world, signal)["politie-mail"]
    assert inspector.post(f"/afleveringen/{dead.id}/opnieuw").status_code == 404
    assert letters(world, signal)["politie-mail"].state == "dead"
    assert admin.post(f"/afleveringen/{dead.id}/opnieuw").status_code == 303


def _decided(world: World) -> dict[str, int]:
    with world.store.read() as work:
        totals = work.counters.totals(SLUG, "2026-01-01")
    return {total.what: total.n for total in totals if total.kind == "decided"}
