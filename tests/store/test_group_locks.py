# SPDX-License-Identifier: EUPL-1.2
"""Who changes a group waits for who is storing of it, and promises cover what is stored."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import errors
from core.consent import ConsentKind
from core.signal import Act, SignalState
from store.database import Store
from store.erasures import Erasure
from store.retention import Rules, sweep
from store.work import Work
from tests.store_samples import (
    GROUP,
    NOW,
    TENANT,
    consent_event,
    decision,
    later,
    new_signal,
    prepare,
    stored_signal,
)

WAIT = 0.3


def erasure(**changed: object) -> Erasure:
    given: dict[str, object] = {
        "id": "e1",
        "tenant": TENANT,
        "group_id": GROUP,
        "why": "ingetrokken",
        "asked_at": NOW,
        "due_at": NOW,
    }
    return Erasure(**(given | changed))  # type: ignore[arg-type]


def state(store: Store, id: str) -> SignalState:
    with store.read() as work:
        return work.signals.get(id).state


CHANGES: dict[str, Callable[[Work], object]] = {
    "a withdrawal": lambda w: w.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN)),
    "a refusal": lambda w: w.consent.choose(GROUP, "m1", "nee", NOW),
    "an edit": lambda w: w.consent.hold_alone([GROUP]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_waits_until_what_is_being_stored_is_stored(store: Store, change: str) -> None:
    with store.write() as work:
        prepare(work)
    seen: list[int] = []

    def make() -> None:
        with store.write() as work:
            CHANGES[change](work)
            seen.append(len(work.signals.of_group(GROUP, 9)))

    other = threading.Thread(target=make)
    with store.write() as work:
        work.consent.hold([GROUP])
        other.start()
        other.join(WAIT)
        assert seen == []
        work.signals.add([new_signal(id="s")], {"s": "key"})
    other.join(20)
    assert seen == [1]


def test_a_withdrawn_group_keeps_nothing_whatever_the_clocks_said(store: Store) -> None:
    stored = stored_signal(store, received_at=later(minutes=5), sent_at=later(minutes=5))
    with store.write() as work:
        work.consent.append(GROUP, consent_event())
        work.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN, at=later(minutes=1)))
        work.erasures.schedule(erasure())
        # As if it came in after the promise was written.
        work.transaction.run(sa.text("UPDATE erasures SET asked_at = '2026-11-01 00:00:00'"))
    assert sweep(store, NOW, Rules()).erased == 1
    assert state(store, stored.id) is SignalState.ERASED


def test_forget_me_covers_all_that_is_stored_when_a_clock_was_set_back(store: Store) -> None:
    stored = stored_signal(store, received_at=later(minutes=5), pseudonym="me")
    with store.write() as work:
        work.erasures.schedule(erasure(pseudonyms=("me",)))
    sweep(store, NOW, Rules())
    assert state(store, stored.id) is SignalState.ERASED


def test_a_yes_from_before_the_withdrawal_is_refused_and_not_written_down(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        work.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN))
    with pytest.raises(errors.NoConsent), store.write() as work:
        work.consent.append(GROUP, consent_event(at=later(minutes=-1)))
    with store.write() as work:
        assert [line.kind for line in work.consent.ledger(GROUP)] == [ConsentKind.WITHDRAWN]
        consent = work.consent.append(
            GROUP, consent_event(at=later(minutes=1), valid_from=later(days=-7))
        )
        assert consent.valid_from == NOW
        assert work.consent.group(GROUP).consent == consent


def test_a_message_waits_as_one_signal_only(store: Store) -> None:
    first = new_signal(id="first")
    with store.write() as work:
        prepare(work)
        work.signals.add([first], {"first": "key"})
    with pytest.raises(sa.exc.IntegrityError), store.write() as work:
        work.signals.add([new_signal(id="second")], {"second": "key"})
    with store.write() as work:
        work.decisions.decide(decision(work.signals.get("first"), Act.REJECT))
        work.signals.add([new_signal(id="third")], {"third": "key"})
        assert work.signals.of_message("key") == ["first", "third"]
        work.signals.erase(["third"], NOW)
        found = work.signals.by_message("key")
        assert found is not None
        assert found.id == "first"


def test_a_group_knows_the_groups_that_lost_their_chat_to_it(store: Store) -> None:
    with store.write() as work:
        for id, chat in (("g1", "-1"), ("g2", "-2" + "9" * 190), ("g3", "-3")):
            work.consent.ensure(TENANT, "telegram", chat, id=id, at=NOW)
            work.consent.append(id, consent_event())
        work.consent.move(TENANT, "telegram", "-1", "-2" + "9" * 190)
        work.consent.move(TENANT, "telegram", "-2" + "9" * 190, "-3")
        assert work.consent.predecessors("g3") == ["g1", "g2"]
        assert work.consent.predecessors("g1") == []


def test_a_name_of_a_group_cannot_steer_a_screen(store: Store) -> None:
    with store.write() as work:
        name = "Buurt\x1b[2J \u202etfel\u2066 é 👍"
        group = work.consent.ensure(TENANT, "telegram", "-1", name=name, id="g", at=NOW)
        assert group.name == "Buurt[2J tfel é 👍"
        work.consent.set_profile("g", name="Zuid\x9b\u200f")
        assert work.consent.group("g").name == "Zuid"


def test_seen_keys_can_be_asked_for(store: Store) -> None:
    with store.write() as work:
        work.seen.claim(["a"], NOW - timedelta(days=1))
        assert work.seen.holds("a")
        assert not work.seen.holds("b")
