# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about people's decisions and their undoing, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import errors
from core.label import Category, Queue
from core.signal import Act, SignalState
from store.database import Store
from store.decisions import DecisionStats
from tests.store_samples import (
    NOW,
    TENANT,
    add,
    decision,
    later,
    new_signal,
    outbox_row,
    prepare,
    stored_signal,
    verdict,
)


@pytest.mark.parametrize("act", [Act.CONFIRM, Act.REJECT])
def test_a_decision_ends_the_wait(store: Store, act: Act) -> None:
    stored = stored_signal(store)
    made = decision(stored, act, reason="dubbel")
    with store.write() as work:
        row = work.decisions.decide(made)
        assert (row.state, row.version, row.category) == (SignalState.DECIDED, 2, stored.category)
        assert row.queues == (Queue.MELDKAMER,)
        assert work.signals.queue(TENANT, Queue.MELDKAMER) == []
        known = work.decisions.of_signal(stored.id)
        assert [entry.decision for entry in known] == [made]
        assert known[0].category_before is stored.category


def test_another_category_is_a_decision_too(store: Store) -> None:
    stored = stored_signal(store, judged=verdict(subcategory="woning"))
    with store.write() as work:
        row = work.decisions.decide(decision(stored, Act.RECATEGORISE, category=Category.OVERLAST))
        assert (row.category, row.subcategory, row.state) == (
            Category.OVERLAST,
            None,
            SignalState.DECIDED,
        )


def test_another_category_can_send_a_signal_to_another_queue(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        made = decision(stored, Act.RECATEGORISE, category=Category.AFVAL, queue=Queue.HANDHAVING)
        row = work.decisions.decide(made)
        assert (row.category, row.state) == (Category.AFVAL, SignalState.OPEN)
        assert row.queues == (Queue.HANDHAVING,)


def test_a_rerouted_signal_waits_in_the_other_queue_only(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        row = work.decisions.decide(decision(stored, Act.REROUTE, queue=Queue.HANDHAVING))
        assert (row.state, row.queues) == (SignalState.OPEN, (Queue.HANDHAVING,))
        assert work.signals.queue(TENANT, Queue.MELDKAMER) == []
        back = work.decisions.decide(decision(row, Act.REROUTE, queue=Queue.MELDKAMER))
        assert back.queues == (Queue.MELDKAMER,)
        assert [r.id for r in work.signals.queue(TENANT, Queue.MELDKAMER)] == [stored.id]


def test_an_edit_does_not_undo_a_rerouting(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.decisions.decide(decision(stored, Act.REROUTE, queue=Queue.HANDHAVING))
        row = work.signals.revise(stored.id, new_signal(queues=[Queue.MELDKAMER]))
        assert row.queues == (Queue.HANDHAVING,)


def test_whoever_decides_second_is_told(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.decisions.decide(decision(stored, Act.REJECT))
    with pytest.raises(errors.AlreadyDecided), store.write() as work:
        work.decisions.decide(decision(stored))


def test_a_decision_about_an_older_version_is_refused(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.signals.revise(stored.id, new_signal(text="Nu anders"))
        with pytest.raises(errors.AlreadyDecided, match="changed"):
            work.decisions.decide(decision(stored))


@pytest.mark.parametrize(
    ("act", "more"),
    [
        (Act.RECATEGORISE, {}),
        (Act.RECATEGORISE, {"category": Category.GEEN}),
        (Act.REROUTE, {}),
        (Act.CONFIRM, {"category": Category.AFVAL}),
        (Act.REJECT, {"queue": Queue.HANDHAVING}),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    store: Store, act: Act, more: dict[str, Category | Queue]
) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        with pytest.raises(errors.BadInput):
            work.decisions.decide(decision(stored, act, **more))
        with pytest.raises(errors.NotFound):
            work.decisions.decide(replace(decision(stored), signal="nowhere"))


@pytest.mark.parametrize(
    ("act", "more"),
    [
        (Act.CONFIRM, {}),
        (Act.REJECT, {}),
        (Act.RECATEGORISE, {"category": Category.AFVAL}),
        (Act.RECATEGORISE, {"category": Category.AFVAL, "queue": Queue.HANDHAVING}),
        (Act.REROUTE, {"queue": Queue.HANDHAVING}),
        (Act.REROUTE, {"queue": Queue.MELDKAMER}),
    ],
)
@pytest.mark.parametrize("queues", [[Queue.MELDKAMER], [Queue.MELDKAMER, Queue.HANDHAVING]])
def test_undo_puts_everything_back(
    store: Store, act: Act, more: dict[str, Category | Queue], queues: list[Queue]
) -> None:
    stored = stored_signal(store, queues=queues, judged=verdict(subcategory="woning"))
    made = decision(stored, act, **more)
    with store.write() as work:
        before = [[r.id for r in work.signals.queue(TENANT, queue)] for queue in Queue]
        work.decisions.decide(made)
        row = outbox_row(
            id="o1",
            kind="report",
            signal_id=stored.id,
            decision_id=made.id,
            due_at=later(seconds=10),
        )
        work.outbox.put([row])
    with store.write() as work:
        undone = work.decisions.undo(made.id, "bert", later(seconds=5))
        assert undone == replace(stored, version=undone.version)
        assert undone.version > stored.version
        assert [[r.id for r in work.signals.queue(TENANT, q)] for q in Queue] == before
        assert work.outbox.get("o1").state == "cancelled"
        known = work.decisions.get(made.id)
        assert (known.undone_at, known.undone_by) == (later(seconds=5), "bert")
        assert work.outbox.claim(later(days=1), later(seconds=9) - NOW, 9) == []
        work.decisions.decide(decision(undone, Act.REJECT))


def test_undo_works_once_and_for_the_last_decision_only(store: Store) -> None:
    stored = stored_signal(store)
    first = decision(stored, Act.REROUTE, queue=Queue.HANDHAVING)
    with store.write() as work:
        rerouted = work.decisions.decide(first)
        second = decision(rerouted)
        work.decisions.decide(second)
        with pytest.raises(errors.NotAllowed):
            work.decisions.undo(first.id, "agnes", NOW)
        work.decisions.undo(second.id, "agnes", NOW)
        with pytest.raises(errors.NotAllowed):
            work.decisions.undo(second.id, "agnes", NOW)
        work.decisions.undo(first.id, "agnes", NOW)
        assert work.signals.get(stored.id).queues == (Queue.MELDKAMER,)
        with pytest.raises(errors.NotFound):
            work.decisions.undo("nowhere", "agnes", NOW)


def test_an_edit_in_between_survives_undo(store: Store) -> None:
    stored = stored_signal(store)
    made = decision(stored)
    with store.write() as work:
        work.decisions.decide(made)
        work.signals.revise(stored.id, new_signal(judged=verdict(Category.GEWELD)))
        undone = work.decisions.undo(made.id, "agnes", NOW)
        assert (undone.state, undone.category) == (SignalState.OPEN, Category.GEWELD)
        assert len(work.signals.queue(TENANT, Queue.MELDKAMER)) == 1


def test_figures_tell_how_people_judged_each_category(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        acts = [Act.CONFIRM, Act.CONFIRM, Act.REJECT, Act.RECATEGORISE, Act.REROUTE, Act.CONFIRM]
        for n, act in enumerate(acts):
            add(work, new_signal(id=f"s{n}"))
            category = Category.AFVAL if act is Act.RECATEGORISE else None
            queue = Queue.HANDHAVING if act is Act.REROUTE else None
            made = decision(work.signals.get(f"s{n}"), act, category=category, queue=queue)
            work.decisions.decide(made)
        work.decisions.undo(made.id, "agnes", NOW)
        assert work.decisions.stats(TENANT, NOW) == [
            DecisionStats(category=Category.INBRAAK, confirmed=2, rejected=1, recategorised=1)
        ]
        assert work.decisions.stats(TENANT, later(seconds=1)) == []
        assert work.decisions.stats("leiden", NOW) == []
