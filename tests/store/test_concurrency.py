# SPDX-License-Identifier: EUPL-1.2
"""Threads that want the same thing at the same moment, on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import errors
from core.consent import ConsentKind, ConsentState
from core.signal import Act
from store.counters import CounterKey
from store.database import Store
from store.work import Work
from tests.store_samples import (
    GROUP,
    INCIDENT,
    NOW,
    TENANT,
    add,
    audit_event,
    consent_event,
    decision,
    fresh,
    incident,
    new_signal,
    outbox_row,
    prepare,
    stored_signal,
)

TIMEOUT = 60
LEASE = timedelta(minutes=1)
Result = TypeVar("Result")


def together(deeds: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run all deeds at the same moment, each in its own thread."""
    gate = threading.Barrier(len(deeds))

    def run(deed: Callable[[], Result]) -> Result:
        gate.wait(TIMEOUT)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [job.result(TIMEOUT) for job in [pool.submit(run, deed) for deed in deeds]]


# Claims


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wishes=st.lists(st.lists(st.integers(0, 12), max_size=12), min_size=2, max_size=5))
def test_every_key_is_claimed_by_exactly_one(store: Store, wishes: list[list[int]]) -> None:
    run = fresh("run")

    def claim(numbers: list[int]) -> set[str]:
        with store.write() as work:
            return work.seen.claim([f"{run} {n}" for n in numbers], NOW)

    won = together([partial(claim, numbers) for numbers in wishes])
    assert sum(map(len, won)) == len(set().union(*won))
    assert set().union(*won) == {f"{run} {n}" for numbers in wishes for n in numbers}


def test_claims_in_opposite_order_do_not_wait_for_each_other(store: Store) -> None:
    for _ in range(3):
        run = fresh("run")
        keys = [f"{run} {n:04}" for n in range(2500)]

        def claim(wanted: list[str]) -> int:
            with store.write() as work:
                return len(work.seen.claim(wanted, NOW))

        assert sum(together([partial(claim, keys), partial(claim, keys[::-1])])) == 2500


def test_a_key_whose_claim_was_rolled_back_goes_to_the_next(store: Store) -> None:
    claimed = threading.Event()

    def give_up() -> None:
        with suppress(ZeroDivisionError), store.write() as work:
            assert work.seen.claim(["a"], NOW) == {"a"}
            claimed.set()
            time.sleep(0.2)
            raise ZeroDivisionError

    def want() -> set[str]:
        claimed.wait(TIMEOUT)
        with store.write() as work:
            return work.seen.claim(["a"], NOW)

    assert together([give_up, want])[1] == {"a"}


# Decisions


def test_of_many_operators_one_decides(store: Store) -> None:
    stored = stored_signal(store)

    def decide(act: Act) -> str:
        try:
            with store.write() as work:
                work.decisions.decide(decision(stored, act))
        except errors.AlreadyDecided:
            return "too late"
        return "decided"

    outcomes = together([partial(decide, act) for act in (Act.CONFIRM, Act.REJECT) * 4])
    assert sorted(outcomes) == ["decided"] + ["too late"] * 7
    with store.read() as work:
        assert len(work.decisions.of_signal(stored.id)) == 1


def test_a_report_is_either_undone_or_sent(store: Store) -> None:
    for _ in range(10):
        stored = stored_signal(store, incident=fresh("incident"))
        made = decision(stored)
        row = outbox_row(kind="report", signal_id=stored.id, decision_id=made.id)
        with store.write() as work:
            work.decisions.decide(made)
            work.outbox.put([row])

        def undo(decision_id: str = made.id) -> bool:
            try:
                with store.write() as work:
                    work.decisions.undo(decision_id, "agnes", NOW)
            except errors.NotAllowed:
                return False
            return True

        def send() -> bool:
            with store.write() as work:
                return bool(work.outbox.claim(NOW, LEASE, 9))

        undone, sent = together([undo, send])
        assert undone != sent
        with store.write() as work:
            assert work.outbox.get(row.id).state == ("cancelled" if undone else "leased")
            work.outbox.sent(row.id, NOW)


# Consent


def test_a_withdrawal_waits_for_what_is_being_stored(store: Store) -> None:
    order: list[str] = []
    held = threading.Event()
    with store.write() as work:
        prepare(work)
        work.consent.append(GROUP, consent_event())

    def collect() -> None:
        with store.write() as work:
            assert work.consent.hold([GROUP])[GROUP].consent.state is ConsentState.GRANTED
            held.set()
            time.sleep(0.3)
            add(work, new_signal())
            order.append("stored")

    def withdraw() -> None:
        held.wait(TIMEOUT)
        with store.write() as work:
            work.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN))
        order.append("withdrawn")

    together([collect, withdraw])
    assert order == ["stored", "withdrawn"]


def test_after_a_withdrawal_nothing_more_is_stored(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        work.consent.append(GROUP, consent_event())
    stop = threading.Event()
    started = threading.Barrier(4)

    def collect() -> int:
        stored = 0
        started.wait(TIMEOUT)
        while not stop.is_set():
            with store.write() as work:
                if work.consent.hold([GROUP])[GROUP].consent.state is ConsentState.GRANTED:
                    add(work, new_signal())
                    stored += 1
        return stored

    def withdraw() -> int:
        started.wait(TIMEOUT)
        time.sleep(0.2)
        with store.write() as work:
            work.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN))
        with store.read() as work:
            count = work.incidents.get(INCIDENT).signals
        time.sleep(0.2)
        stop.set()
        return count

    *collected, at_withdrawal = together([collect, collect, collect, withdraw])
    assert sum(collected) == at_withdrawal > 0


# Outbox


def test_no_two_workers_get_the_same_row(store: Store) -> None:
    rows = [outbox_row() for _ in range(120)]
    with store.write() as work:
        work.outbox.put(rows)

    def drain() -> list[str]:
        mine: list[str] = []
        while True:
            with store.write() as work:
                batch = work.outbox.claim(NOW, LEASE, 7)
            if not batch:
                return mine
            mine += [row.id for row in batch]

    taken = [id for mine in together([drain] * 4) for id in mine]
    assert sorted(taken) == sorted(row.id for row in rows)


def test_a_worker_passes_over_rows_that_another_is_taking(postgres_store: Store) -> None:
    with postgres_store.write() as work:
        work.outbox.put([outbox_row(id="o1"), outbox_row(id="o2")])
    with postgres_store.write() as first, postgres_store.write() as second:
        assert [row.id for row in first.outbox.claim(NOW, LEASE, 1)] == ["o1"]
        assert [row.id for row in second.outbox.claim(NOW, LEASE, 9)] == ["o2"]


# Numbers that follow the commits


def test_whoever_follows_the_events_misses_none(store: Store) -> None:
    writers, each = 6, 15
    done = threading.Event()

    def write(name: int) -> None:
        for n in range(each):
            with store.write() as work:
                work.events.put(TENANT, "meldkamer", "signal.new", f"{name}-{n}", NOW)
                # The longer a transaction lasts, the later its number must be.
                time.sleep(0.001 * ((name * 7 + n) % 5))

    def follow() -> list[int]:
        ids: list[int] = []
        while True:
            last_round = done.is_set()
            with store.read() as work:
                ids += [event.id for event in work.events.after(None, ids[-1] if ids else 0)]
            if last_round:
                return ids

    with ThreadPoolExecutor(1) as pool:
        followed = pool.submit(follow)
        try:
            together([partial(write, name) for name in range(writers)])
        finally:
            done.set()
        assert followed.result(TIMEOUT) == list(range(1, writers * each + 1))


def test_the_audit_chain_holds_under_many_writers(store: Store) -> None:
    def write(name: int) -> None:
        for n in range(10):
            with store.write() as work:
                tenants = ("delft", "leiden") if (name + n) % 2 else ("leiden", "delft")
                for tenant in tenants:
                    work.audit.write(audit_event(tenant, object=f"signal/{name}-{n}"))

    together([partial(write, name) for name in range(5)])
    with store.read() as work:
        for tenant in ("delft", "leiden"):
            verification = work.audit.verify(tenant)
            assert (verification.ok, verification.lines) == (True, 50)


# Shared rows


def test_counts_lose_nothing_and_nobody_waits_in_a_circle(store: Store) -> None:
    keys = [
        CounterKey(tenant=TENANT, group=f"g{n}", day="2026-11-21", kind="read") for n in range(6)
    ]

    def count(shift: int) -> None:
        for _ in range(10):
            with store.write() as work:
                for key in keys[shift:] + keys[:shift]:
                    work.counters.add({key: 1})

    together([partial(count, shift) for shift in range(5)])
    with store.read() as work:
        assert [total.n for total in work.counters.totals(TENANT, "2026-11-21")] == [5 * 10 * 6]


def test_two_workers_that_add_to_one_incident_both_count(store: Store) -> None:
    with store.write() as work:
        prepare(work)

    def join(n: int) -> None:
        with store.write() as work:
            work.incidents.save(incident(places=frozenset({f"straat {n}"})))
            add(work, new_signal())

    together([partial(join, n) for n in range(6)])
    with store.read() as work:
        known = work.incidents.get(INCIDENT)
        assert known.signals == 6
        assert known.places == {f"straat {n}" for n in range(6)}


def test_a_deadlock_ends_by_itself_and_is_tried_again(postgres_store: Store) -> None:
    with postgres_store.write() as work:
        prepare(work, "g1")
        prepare(work, "g2")
    both_locked = threading.Barrier(2, timeout=TIMEOUT)
    waited: set[str] = set()

    def lock(first: str, second: str, work: Work) -> str:
        work.consent.append(first, consent_event())
        if first not in waited:
            waited.add(first)
            both_locked.wait()
        work.consent.append(second, consent_event())
        return first

    deeds = [partial(lock, "g1", "g2"), partial(lock, "g2", "g1")]
    assert together([partial(postgres_store.attempt, deed) for deed in deeds]) == ["g1", "g2"]
    with postgres_store.read() as work:
        assert len(work.consent.ledger("g1")) == len(work.consent.ledger("g2")) == 2


def test_a_write_inside_a_write_is_an_error_instead_of_a_hang(sqlite_store: Store) -> None:
    with sqlite_store.write(), pytest.raises(RuntimeError), sqlite_store.write():
        pass
    with sqlite_store.write() as work:
        assert work.seen.claim(["a"], NOW) == {"a"}
