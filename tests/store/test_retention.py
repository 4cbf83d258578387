# SPDX-License-Identifier: EUPL-1.2
"""Forgetting: in time, no more than needed, and down to the bytes of the file."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.audit import Tag
from core.consent import ConsentKind
from core.label import Category, Queue
from core.signal import Act, NewSignal, SignalState
from core.tenant import Retention
from store.database import Store
from store.erasures import Erasure
from store.retention import Counts, Rules, sweep
from tests.store_samples import (
    GROUP,
    NOW,
    TENANT,
    add,
    consent_event,
    decision,
    later,
    new_signal,
    outbox_row,
    prepare,
    stored_signal,
    verdict,
)

DAY = timedelta(days=1)
RULES = Rules()


def erasure(**changed: Any) -> Erasure:
    given: dict[str, Any] = {
        "id": "e1",
        "tenant": TENANT,
        "group_id": GROUP,
        "why": "ingetrokken",
        "asked_at": NOW,
        "due_at": NOW,
    }
    return Erasure(**(given | changed))


def states(store: Store) -> dict[str, SignalState]:
    with store.read() as work:
        return {row.id: row.state for row in work.signals.recent(TENANT, 9999)}


def test_texts_go_when_their_term_is_over(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(work, new_signal(id="open"), new_signal(id="decided"), new_signal(id="other"))
        work.decisions.decide(decision(work.signals.get("decided"), Act.REJECT))
    assert sweep(store, NOW + 14 * DAY, RULES).expired == 0
    assert sweep(store, NOW + 15 * DAY, RULES).expired == 2
    assert states(store)["decided"] is SignalState.DECIDED
    assert sweep(store, NOW + 90 * DAY, RULES).expired == 0
    assert sweep(store, NOW + 91 * DAY, RULES).expired == 1
    assert set(states(store).values()) == {SignalState.ERASED}
    with store.read() as work:
        tags = [
            (line.event.tag, line.event.detail["signals"])
            for line in work.audit.lines(TENANT, limit=9)
        ]
        assert tags == [(Tag.DATA_ERASED, 1), (Tag.DATA_ERASED, 2)]


def test_each_tenant_has_its_own_terms(store: Store) -> None:
    stored_signal(store)
    rules = Rules(tenants={TENANT: Retention(undecided=timedelta(days=2))})
    assert sweep(store, NOW + 3 * DAY, Rules()).expired == 0
    assert sweep(store, NOW + 3 * DAY, rules).expired == 1


def test_a_withdrawn_group_is_erased_and_its_later_signals_stay(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        prepare(work, "group-2", "incident-2")
        add(
            work,
            new_signal(id="before"),
            new_signal(id="after", sent_at=later(hours=1), received_at=later(hours=1)),
            new_signal(id="elsewhere", group="group-2", incident="incident-2"),
        )
        work.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN))
        work.consent.append(GROUP, consent_event(at=later(hours=1)))
        work.erasures.schedule(erasure(due_at=later(hours=24)))
    assert sweep(store, later(hours=23), RULES).erasures == 0
    counts = sweep(store, later(hours=24), RULES)
    assert (counts.erasures, counts.erased) == (1, 1)
    assert states(store) == {
        "before": SignalState.ERASED,
        "after": SignalState.OPEN,
        "elsewhere": SignalState.OPEN,
    }
    with store.read() as work:
        event = work.audit.lines(TENANT, limit=1)[0].event
        assert (event.tag, event.object) == (Tag.DATA_ERASED, f"group/{GROUP}")
        assert event.detail == {"why": "ingetrokken", "signals": 1, "answers": 0}
    assert sweep(store, later(hours=25), RULES).erasures == 0


def test_forget_me_erases_that_member_alone(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(
            work,
            new_signal(id="mine", pseudonym="me-november"),
            new_signal(id="mine too", pseudonym="me-december"),
            new_signal(id="another's", pseudonym="another"),
        )
        work.erasures.schedule(erasure(pseudonyms=("me-november", "me-december")))
        work.erasures.schedule(erasure(id="e2", pseudonyms=()))
    assert sweep(store, NOW, RULES).erased == 2
    assert states(store)["another's"] is SignalState.OPEN


def test_screens_hear_that_an_erased_signal_left_their_queue(store: Store) -> None:
    stored = stored_signal(store, queues=[Queue.MELDKAMER, Queue.HANDHAVING])
    sweep(store, NOW + 15 * DAY, RULES)
    with store.read() as work:
        told = [(e.channel, e.kind, e.ref) for e in work.events.after(TENANT, 0)]
        assert sorted(told) == [
            ("handhaving", "signal.done", stored.id),
            ("handhaving", "signal.erased", stored.id),
            ("meldkamer", "signal.done", stored.id),
            ("meldkamer", "signal.erased", stored.id),
        ]


def test_who_keeps_a_copy_hears_that_a_decided_signal_was_erased(store: Store) -> None:
    stored = stored_signal(store, queues=[Queue.MELDKAMER])
    with store.write() as work:
        work.decisions.decide(decision(stored))
        before = work.events.last_id()
    sweep(store, NOW + 1000 * DAY, RULES)
    with store.read() as work:
        told = [(e.kind, e.ref) for e in work.events.after(TENANT, before)]
    assert told == [("signal.erased", stored.id)]


def test_what_was_only_kept_to_work_with_goes_too(store: Store) -> None:
    with store.write() as work:
        work.seen.claim(["a"], NOW)
        work.events.put(TENANT, "groep", "group.changed", GROUP, NOW)
    assert sweep(store, NOW + 5 * DAY, RULES) == Counts()
    assert sweep(store, NOW + 8 * DAY, RULES) == Counts(events=1)
    assert sweep(store, NOW + 401 * DAY, RULES) == Counts(seen=1)


def test_more_signals_than_fit_one_portion_are_erased(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(work, *(new_signal() for _ in range(450)))
    assert sweep(store, NOW + 15 * DAY, RULES).expired == 450


# Bytes


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


def canary(number: int, size: int) -> str:
    return f"kanarie-{number:05} " + "piep " * size


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_byte_of_an_erased_text_stays_in_the_files(
    sqlite_store: Store, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    sizes = [dice.choice([0, 5, 50, 400, 3000]) for _ in range(300)]
    with sqlite_store.write() as work:
        prepare(work)
    numbers = list(range(300))
    dice.shuffle(numbers)
    for start in range(0, 300, 20):
        with sqlite_store.write() as work:
            add(work, *(canaries(n, sizes[n]) for n in numbers[start : start + 20]))
    # Edits move rows to other pages; what they leave behind must go as well.
    for n in dice.sample(range(300), 60):
        with sqlite_store.write() as work:
            work.signals.revise(f"s{n}", canaries(n, dice.choice([0, 900])))
    assert bytes_on_disk(tmp_path).count(b"kanarie-") >= 300
    with sqlite_store.write() as work:
        keep = [n for n in numbers if n % 10 == 0]
        for n in keep:
            work.decisions.decide(decision(work.signals.get(f"s{n}")))
    assert sweep(sqlite_store, NOW + 15 * DAY, RULES).scrubbed
    left = bytes_on_disk(tmp_path)
    assert {n for n in range(300) if canary(n, 0).encode() in left} == set(keep)
    assert (tmp_path / "buurtsignaal.db-wal").stat().st_size == 0
    assert sweep(sqlite_store, NOW + 91 * DAY, RULES).scrubbed
    assert b"kanarie" not in bytes_on_disk(tmp_path)


def canaries(n: int, size: int) -> NewSignal:
    judged = verdict(Category.INBRAAK, personal=(), places=(), evidence=())
    return new_signal(id=f"s{n}", text=canary(n, size), judged=judged)


def test_a_text_in_a_dead_letter_goes_with_its_signal(sqlite_store: Store, tmp_path: Path) -> None:
    stored = stored_signal(sqlite_store)
    with sqlite_store.write() as work:
        work.outbox.put([outbox_row(id="o1", signal_id=stored.id)])
        work.outbox.claim(NOW, DAY, 9)
        work.outbox.dead("o1", "TargetRefused", NOW)
        raw: bytes = work.transaction.connection.exec_driver_sql(
            "SELECT sealed FROM outbox"
        ).scalar_one()
    assert raw in bytes_on_disk(tmp_path)
    sweep(sqlite_store, NOW + 15 * DAY, RULES)
    assert raw not in bytes_on_disk(tmp_path)


def test_dead_letters_of_who_never_had_a_signal_are_emptied_too(store: Store) -> None:
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1", kind="invite")])
        work.outbox.claim(NOW, DAY, 9)
        work.outbox.dead("o1", "geen verbinding", NOW)
    sweep(store, NOW + 91 * DAY, RULES)
    with store.read() as work:
        assert work.outbox.get("o1").payload is None


def test_a_reader_in_the_way_is_told_and_the_next_sweep_succeeds(
    sqlite_store: Store, tmp_path: Path
) -> None:
    judged = verdict(personal=(), places=(), evidence=())
    stored_signal(sqlite_store, text="kanarie", judged=judged)
    with sqlite_store.write() as work:
        # The patience that a scrub has with readers, cut short for this test.
        work.transaction.connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with sqlite_store.read() as reading:
        assert reading.signals.recent(TENANT, 9)
        assert not sweep(sqlite_store, NOW + 15 * DAY, RULES).scrubbed
        assert b"kanarie" in bytes_on_disk(tmp_path)
    assert sweep(sqlite_store, NOW + 15 * DAY, RULES).scrubbed
    assert b"kanarie" not in bytes_on_disk(tmp_path)
