# SPDX-License-Identifier: EUPL-1.2
"""Who looks at what waits: the same on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from core import errors
from core.label import Queue, Urgency
from core.signal import Act, Reason, View
from core.step import Step, StepKind
from store.database import Store
from store.looks import Look
from store.signalrow import SignalRow
from store.switches import SCORES, Switch
from tests.store_samples import (
    NOW,
    TENANT,
    add,
    decision,
    fresh,
    later,
    new_signal,
    prepare,
    stored_signal,
    verdict,
)

MELDKAMER = Queue.MELDKAMER
LONG_AGO = later(hours=-3)


def urgent(store: Store, *, at: datetime = NOW, sent: datetime | None = None) -> SignalRow:
    return stored_signal(store, received_at=at, sent_at=sent or at)


def shown(store: Store, at: datetime) -> list[str]:
    with store.read() as work:
        return [row.id for row in work.signals.queue(TENANT, MELDKAMER, at=at)]


# -- picking up, escalating ------------------------------------------------------------------


def test_whoever_picks_up_first_has_it_and_it_still_waits(store: Store) -> None:
    signal = urgent(store)
    with store.write() as work:
        assert work.attention.acknowledge(signal.id, MELDKAMER, "agnes", NOW)
        assert not work.attention.acknowledge(signal.id, MELDKAMER, "bert", later(seconds=1))
        known = work.attention.of(MELDKAMER, [signal.id])[signal.id]
        assert (known.acknowledged_by, known.acknowledged_at) == ("agnes", NOW)
    assert shown(store, NOW) == [signal.id]


def test_of_many_who_pick_up_at_once_exactly_one_has_it(store: Store) -> None:
    signal = urgent(store)
    gate, won = threading.Barrier(4), []

    def pick_up(name: str) -> None:
        gate.wait()
        with store.write() as work:
            won.append(work.attention.acknowledge(signal.id, MELDKAMER, name, NOW))

    threads = [threading.Thread(target=pick_up, args=(f"p{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]


def test_only_what_is_urgent_unseen_and_recent_is_overdue(store: Store) -> None:
    waits = urgent(store)
    taken, decided, calm = (
        urgent(store),
        urgent(store),
        stored_signal(store, judged=verdict(urgency=Urgency.ACTUEEL)),
    )
    history = urgent(store, sent=later(hours=-20))
    new = urgent(store, at=later(seconds=100))
    with store.write() as work:
        work.attention.acknowledge(taken.id, MELDKAMER, "agnes", NOW)
        work.decisions.decide(decision(decided))
        found = work.attention.overdue(TENANT, later(seconds=60), LONG_AGO)
        assert [item.signal_id for item in found] == [waits.id]
        assert work.attention.overdue("leiden", later(seconds=60), LONG_AGO) == []
        everything = work.attention.overdue(TENANT, later(days=1), later(days=-9))
    assert {item.signal_id for item in everything} == {waits.id, history.id, new.id}
    assert calm.id not in {item.signal_id for item in everything}


def test_what_is_escalated_comes_first_until_somebody_picks_it_up(store: Store) -> None:
    first, second = urgent(store), urgent(store, at=later(seconds=5))
    with store.write() as work:
        assert work.attention.escalate(second.id, MELDKAMER, "bert", later(minutes=2))
        assert not work.attention.escalate(second.id, MELDKAMER, "carla", later(minutes=3))
        assert [i.signal_id for i in work.attention.urgent(TENANT)] == [second.id, first.id]
    assert shown(store, NOW) == [second.id, first.id]
    with store.write() as work:
        work.attention.acknowledge(second.id, MELDKAMER, "bert", later(minutes=3))
    assert shown(store, NOW) == [first.id, second.id]


def test_what_was_picked_up_is_not_escalated(store: Store) -> None:
    signal = urgent(store)
    with store.write() as work:
        work.attention.acknowledge(signal.id, MELDKAMER, "agnes", NOW)
        assert not work.attention.escalate(signal.id, MELDKAMER, "bert", later(minutes=2))


def test_the_other_queue_has_not_seen_what_is_sent_there(store: Store) -> None:
    signal = urgent(store)
    with store.write() as work:
        work.attention.acknowledge(signal.id, MELDKAMER, "agnes", NOW)
        row = work.decisions.decide(
            decision(signal, Act.REROUTE, queue=Queue.HANDHAVING, at=later(minutes=5))
        )
        work.attention.acknowledge(signal.id, Queue.HANDHAVING, "hans", later(minutes=6))
        back = decision(row, Act.REROUTE, queue=MELDKAMER, at=later(minutes=9))
        work.decisions.decide(back)
        known = work.attention.of(MELDKAMER, [signal.id])[signal.id]
        assert (known.acknowledged_by, known.opened_at) == (None, later(minutes=9))


def test_an_edit_that_makes_it_urgent_starts_the_wait_anew(store: Store) -> None:
    calm = stored_signal(store, judged=verdict(urgency=Urgency.ACTUEEL))
    with store.write() as work:
        work.attention.acknowledge(calm.id, MELDKAMER, "agnes", NOW)
        work.signals.revise(calm.id, new_signal(received_at=later(minutes=30)))
        known = work.attention.of(MELDKAMER, [calm.id])[calm.id]
        assert (known.acknowledged_by, known.opened_at) == (None, later(minutes=30))


def test_an_edit_does_not_hide_what_was_escalated(store: Store) -> None:
    first, second = urgent(store), urgent(store, at=later(seconds=5))
    with store.write() as work:
        work.attention.escalate(second.id, MELDKAMER, "", later(minutes=2))
        work.signals.revise(second.id, new_signal(judged=verdict(urgency=Urgency.NIET_URGENT)))
    assert shown(store, NOW) == [second.id, first.id]


# -- putting off ------------------------------------------------------------------------------


def test_what_is_put_off_is_out_of_the_queue_until_then(store: Store) -> None:
    signal, other = urgent(store), urgent(store, at=later(seconds=1))
    with store.write() as work:
        assert work.attention.snooze(signal.id, MELDKAMER, "agnes", later(minutes=15))
        assert [r.id for r in work.signals.snoozed(TENANT, MELDKAMER, NOW)] == [signal.id]
        assert work.signals.counts(TENANT, NOW)[MELDKAMER] == 1
        assert work.signals.counts(TENANT)[MELDKAMER] == 2
        assert work.attention.rested(TENANT, later(minutes=14)) == []
        [rested] = work.attention.rested(TENANT, later(minutes=15))
        assert (rested.signal_id, rested.snoozed_by) == (signal.id, "agnes")
    assert shown(store, later(minutes=14)) == [other.id]
    # Nobody needs to wake it: its time is enough.
    assert shown(store, later(minutes=15)) == [signal.id, other.id]


def test_what_is_woken_is_back_at_once_and_only_once(store: Store) -> None:
    signal = urgent(store)
    with store.write() as work:
        work.attention.snooze(signal.id, MELDKAMER, "agnes", later(minutes=15))
        assert work.attention.wake(signal.id, MELDKAMER)
        assert not work.attention.wake(signal.id, MELDKAMER)
    assert shown(store, NOW) == [signal.id]


def test_what_was_decided_cannot_be_put_off(store: Store) -> None:
    signal = urgent(store)
    with store.write() as work:
        work.decisions.decide(decision(signal))
        assert not work.attention.snooze(signal.id, MELDKAMER, "agnes", later(minutes=15))


# -- without scores, floods -------------------------------------------------------------------


def test_by_age_the_model_has_no_say_in_the_order_and_pages_go_on(store: Store) -> None:
    wanted = []
    with store.write() as work:
        prepare(work)
        for n, urgency in enumerate([*Urgency][::-1] * 2):
            made = new_signal(judged=verdict(urgency=urgency), received_at=later(minutes=n))
            add(work, made)
            wanted.append(made.id)
    with store.read() as work:
        first = work.signals.queue(TENANT, MELDKAMER, limit=4, by_age=True)
        rest = work.signals.queue(TENANT, MELDKAMER, limit=4, by_age=True, after=first[-1].id)
    assert [row.id for row in (*first, *rest)] == wanted


def test_arrivals_are_counted_per_queue_without_history(store: Store) -> None:
    for minutes in (-20, -5, -1):
        urgent(store, at=later(minutes=minutes))
    urgent(store, sent=later(days=-1))
    stored_signal(store, queues=[Queue.HANDHAVING])
    with store.read() as work:
        found = work.attention.arrivals(TENANT, later(minutes=-10), LONG_AGO)
        assert found == {MELDKAMER: 2, Queue.HANDHAVING: 1}


# -- switches, presence, history ----------------------------------------------------------------


def test_a_switch_is_on_until_somebody_turns_it_and_turning_twice_is_one_deed(
    store: Store,
) -> None:
    off = Switch(on=False, changed_by="tess", changed_at=NOW)
    with store.write() as work:
        assert work.switches.is_on(TENANT, SCORES)
        assert work.switches.turn(TENANT, SCORES, off)
        assert not work.switches.turn(
            TENANT, SCORES, Switch(on=False, changed_by="bo", changed_at=later(hours=1))
        )
        assert work.switches.get(TENANT, SCORES) == off
        assert work.switches.is_on("leiden", SCORES)
        assert work.switches.turn(TENANT, SCORES, Switch(on=True, changed_by="bo", changed_at=NOW))
        assert work.switches.is_on(TENANT, SCORES)


def test_turning_a_switch_to_where_it_stands_is_no_deed(store: Store) -> None:
    with store.write() as work:
        on = Switch(on=True, changed_by="tess", changed_at=NOW)
        assert not work.switches.turn(TENANT, SCORES, on)


def look(session: str, signal: str | None = None, **changed: datetime) -> Look:
    at = changed.get("at", NOW)
    actor = session.partition("-")[0]
    return Look(
        session=session, tenant=TENANT, queue=MELDKAMER, actor=actor, signal_id=signal, at=at
    )


def test_presence_is_one_row_per_screen_and_is_forgotten(store: Store) -> None:
    with store.write() as work:
        assert work.looks.put(look("agnes-1", "s1")) is None
        assert work.looks.put(look("agnes-1", "s2", at=later(seconds=5))) == "s1"
        work.looks.put(look("bert-1", at=later(minutes=-10)))
        here = work.looks.present(TENANT, MELDKAMER, later(minutes=-1))
        assert here == [look("agnes-1", "s2", at=later(seconds=5))]
        assert work.looks.present(TENANT, Queue.HANDHAVING, later(hours=-1)) == []
        assert work.looks.prune(later(minutes=-5)) == 1
        assert len(work.looks.present(TENANT, MELDKAMER, later(hours=-1))) == 1


def test_steps_are_kept_in_order_and_survive_the_text(store: Store) -> None:
    signal = urgent(store)

    def step(kind: StepKind, at: datetime, **more: object) -> Step:
        given = {"id": fresh("step"), "tenant": TENANT, "signal_id": signal.id, "actor": "agnes"}
        return Step(**{**given, "kind": kind, "at": at, **more})  # type: ignore[arg-type]

    snoozed = step(StepKind.SNOOZED, later(minutes=2), until=later(minutes=17))
    taken = step(StepKind.ACKNOWLEDGED, NOW)
    with store.write() as work:
        work.steps.add([snoozed, taken])
        work.signals.erase([signal.id], later(days=90))
        assert work.steps.of_signal(signal.id) == [taken, snoozed]


# -- what people saw and why they refused -------------------------------------------------------


def test_judgements_are_counted_by_what_stood_on_the_card(store: Store) -> None:
    acts = [
        (View.BLIND, Act.CONFIRM),
        (View.BLIND, Act.REJECT),
        (View.FULL, Act.CONFIRM),
        (View.FULL, Act.CONFIRM),
        (View.OFF, Act.REJECT),
    ]
    with store.write() as work:
        prepare(work)
        for view, act in acts:
            made = new_signal()
            add(work, made)
            work.decisions.decide(decision(work.signals.get(made.id), act, shown=view))
        undone = decision(work.signals.get(_one_more(work)), Act.REJECT, shown=View.BLIND)
        work.decisions.decide(undone)
        work.decisions.undo(undone.id, "agnes", NOW)
        found = work.decisions.samples(TENANT, NOW)
    blind, full = found[View.BLIND], found[View.FULL]
    assert (blind.judged, blind.agreed, blind.rejected) == (2, 1, 1)
    assert (full.judged, full.agreed) == (2, 2)
    assert found[View.OFF].judged == 1


def _one_more(work: object) -> str:
    made = new_signal()
    add(work, made)  # type: ignore[arg-type]
    return made.id


def test_a_rejection_can_be_explained_and_nothing_else(store: Store) -> None:
    rejected, confirmed = urgent(store), urgent(store)
    no, yes = decision(rejected, Act.REJECT), decision(confirmed)
    with store.write() as work:
        work.decisions.decide(no)
        work.decisions.decide(yes)
        work.decisions.explain(no.id, Reason.JOKE)
        assert work.decisions.get(no.id).decision.reason == "grap"
        assert work.decisions.reasons(TENANT, NOW) == {Reason.JOKE: 1}
        with pytest.raises(errors.NotAllowed):
            work.decisions.explain(yes.id, Reason.JOKE)
        work.decisions.undo(no.id, "agnes", NOW)
        with pytest.raises(errors.NotAllowed):
            work.decisions.explain(no.id, Reason.PAST)
        assert work.decisions.reasons(TENANT, NOW) == {}
