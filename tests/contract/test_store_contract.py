# SPDX-License-Identifier: EUPL-1.2
"""What every store promises, on SQLite and PostgreSQL: transactions, consent, counts, streams."""

from __future__ import annotations

import pytest

from core import errors
from core.consent import ConsentKind, ConsentState, consent_after
from core.message import Role
from store.counters import CounterKey, CounterRow, Total
from store.database import Store
from tests.store_samples import (
    GROUP,
    NOW,
    TENANT,
    audit_event,
    consent_event,
    later,
    prepare,
)


def key(what: str = "", *, day: str = "2026-11-21", group: str = GROUP) -> CounterKey:
    return CounterKey(tenant=TENANT, group=group, day=day, kind="read", what=what)


# Transactions


def test_what_was_written_is_there_after_the_block(store: Store) -> None:
    with store.write() as work:
        work.cursors.advance(TENANT, "telegram", "bot", "41", NOW)
        work.cursors.advance(TENANT, "telegram", "bot", "42", NOW)
    with store.read() as work:
        assert work.cursors.get(TENANT, "telegram", "bot") == "42"
        assert work.cursors.get(TENANT, "telegram", "another") is None


def test_an_error_in_the_block_undoes_everything_in_it(store: Store) -> None:
    def fail() -> None:
        with store.write() as work:
            prepare(work)
            work.seen.claim(["a"], NOW)
            work.counters.add({key(): 1})
            work.events.put(TENANT, "groep", "group.changed", GROUP, NOW)
            work.audit.write(audit_event())
            work.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.write() as work:
        assert work.consent.groups(TENANT) == []
        assert work.seen.claim(["a"], NOW) == {"a"}
        assert work.counters.per_day(GROUP, "2026-01-01") == []
        assert work.events.last_id() == 0
        assert work.audit.lines(TENANT, limit=9) == []


def test_a_reader_sees_one_snapshot_and_does_not_hold_up_a_writer(store: Store) -> None:
    with store.read() as reading:
        assert reading.events.last_id() == 0
        with store.write() as work:
            work.events.put(TENANT, "groep", "group.changed", GROUP, NOW)
        assert reading.events.last_id() == 0
    with store.read() as reading:
        assert reading.events.last_id() == 1


def test_a_reading_transaction_writes_nothing(store: Store) -> None:
    with store.read() as work:
        with pytest.raises(errors.NotAllowed):
            work.events.put(TENANT, "groep", "group.changed", GROUP, NOW)
        with pytest.raises(errors.NotAllowed):
            work.audit.write(audit_event())
        with pytest.raises(errors.NotAllowed):
            work.counters.add({key(): 1})
    with pytest.raises(Exception, match=r"read-?only"), store.read() as work:
        work.seen.claim(["a"], NOW)


def test_listeners_hear_of_commits_that_wrote_events_only(store: Store) -> None:
    heard: list[str] = []
    store.on_commit(lambda: heard.append("commit"))
    with store.write() as work:
        work.seen.claim(["a"], NOW)
    assert heard == []
    with store.write() as work:
        work.events.put(TENANT, "groep", "group.changed", GROUP, NOW)
    assert heard == ["commit"]


def test_listeners_hear_nothing_of_a_transaction_that_failed(store: Store) -> None:
    heard: list[str] = []
    store.on_commit(lambda: heard.append("commit"))

    def fail() -> None:
        with store.write() as work:
            work.events.put(TENANT, "groep", "group.changed", GROUP, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert heard == []


def test_a_listener_that_fails_does_not_undo_the_commit(store: Store) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    store.on_commit(fail)
    with store.write() as work:
        work.events.put(TENANT, "groep", "group.changed", GROUP, NOW)
    with store.read() as work:
        assert work.events.last_id() == 1


# Consent


def test_a_chat_becomes_one_group_however_often_it_is_seen(store: Store) -> None:
    with store.write() as work:
        first = work.consent.ensure(TENANT, "telegram", "-5", name="Buurt", id="g1", at=NOW)
        again = work.consent.ensure(TENANT, "telegram", "-5", name="Anders", id="g2", at=NOW)
        assert first == again
        assert work.consent.find(TENANT, "telegram", "-5") == first
        assert work.consent.find("leiden", "telegram", "-5") is None
        assert first.consent.state is ConsentState.UNKNOWN


def test_an_unknown_group_is_not_found(store: Store) -> None:
    with store.write() as work:
        with pytest.raises(errors.NotFound):
            work.consent.group("nowhere")
        with pytest.raises(errors.NotFound):
            work.consent.append("nowhere", consent_event())
        assert work.consent.hold(["nowhere"]) == {}


def test_the_group_stands_where_its_ledger_says(store: Store) -> None:
    lines = [
        consent_event(ConsentKind.REQUESTED, role=Role.MEMBER),
        consent_event(
            at=later(hours=1),
            text_version="2026-11-1",
            purpose="veiligheid",
            legal_basis="toestemming",
            valid_until=later(days=90),
        ),
        consent_event(ConsentKind.REQUESTED, at=later(hours=2)),
    ]
    with store.write() as work:
        prepare(work)
        for line in lines:
            work.consent.append(GROUP, line)
    with store.read() as work:
        assert work.consent.ledger(GROUP) == lines
        group = work.consent.group(GROUP)
        assert group.consent == consent_after(lines)
        assert group.consent.at(NOW) is ConsentState.GRANTED
        assert group.consent.at(later(days=90)) is ConsentState.EXPIRED


def test_a_withdrawal_is_seen_by_the_next_hold(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        work.consent.append(GROUP, consent_event())
    with store.write() as work:
        assert work.consent.hold([GROUP, GROUP])[GROUP].consent.state is ConsentState.GRANTED
    with store.write() as work:
        work.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN))
    with store.write() as work:
        assert work.consent.hold([GROUP])[GROUP].consent.state is ConsentState.WITHDRAWN


@pytest.mark.parametrize("deed", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("ledger", ["consent_events", "audit"])
def test_a_ledger_takes_no_change(store: Store, ledger: str, deed: str) -> None:
    with store.write() as work:
        prepare(work)
        work.consent.append(GROUP, consent_event())
        work.audit.write(audit_event())
    with pytest.raises(Exception, match="append-only"), store.write() as work:
        work.transaction.connection.exec_driver_sql(deed.format(ledger))
    with store.read() as work:
        assert work.consent.ledger(GROUP) == [consent_event()]
        assert work.audit.verify(TENANT).ok


def test_a_profile_changes_only_where_it_is_given(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        work.consent.set_profile(GROUP, area="centrum", mode="only-yes")
        work.consent.set_profile(GROUP, name="Nieuwe naam")
        group = work.consent.group(GROUP)
        assert (group.name, group.area, group.mode) == ("Nieuwe naam", "centrum", "only-yes")


def test_a_moved_group_keeps_its_consent(store: Store) -> None:
    with store.write() as work:
        work.consent.ensure(TENANT, "telegram", "-5", id="g1", at=NOW)
        work.consent.append("g1", consent_event())
        moved = work.consent.move(TENANT, "telegram", "-5", "-1005")
        assert moved is not None
        assert (moved.id, moved.chat) == ("g1", "-1005")
        assert moved.consent.state is ConsentState.GRANTED
        assert work.consent.find(TENANT, "telegram", "-5") is None
        assert work.consent.move(TENANT, "telegram", "-5", "-1005") is None


def test_a_moved_group_takes_the_place_of_an_undecided_one(store: Store) -> None:
    with store.write() as work:
        work.consent.ensure(TENANT, "telegram", "-5", id="g1", at=NOW)
        work.consent.append("g1", consent_event())
        work.consent.ensure(TENANT, "telegram", "-1005", id="g2", at=NOW)
        moved = work.consent.move(TENANT, "telegram", "-5", "-1005")
        assert moved is not None
        assert moved.id == "g1"
        assert work.consent.find(TENANT, "telegram", "-1005") == moved


def test_a_withdrawal_at_the_new_place_stands_when_the_group_moves(store: Store) -> None:
    with store.write() as work:
        work.consent.ensure(TENANT, "telegram", "-5", id="g1", at=NOW)
        work.consent.append("g1", consent_event())
        work.consent.ensure(TENANT, "telegram", "-1005", id="g2", at=NOW)
        work.consent.append("g2", consent_event(ConsentKind.WITHDRAWN))
        moved = work.consent.move(TENANT, "telegram", "-5", "-1005")
        assert moved is not None
        assert moved.consent.state is ConsentState.WITHDRAWN
        assert work.consent.find(TENANT, "telegram", "-5") is None


def test_the_latest_choice_of_a_member_counts(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        work.consent.choose(GROUP, "m1", "nee", NOW)
        work.consent.choose(GROUP, "m2", "nee", NOW)
        work.consent.choose(GROUP, "m1", "ja", later(seconds=1))
        wishes = work.consent.wishes([GROUP], {name: name for name in ("m1", "m2", "m3")})
        assert {name: wish.choice for name, wish in wishes.items()} == {"m1": "ja", "m2": "nee"}


# Seen keys and counters


def test_a_key_is_new_once(store: Store) -> None:
    with store.write() as work:
        assert work.seen.claim(["a", "b", "a"], NOW) == {"a", "b"}
        assert work.seen.claim(["b", "c"], NOW) == {"c"}
        assert work.seen.claim([], NOW) == set()


def test_old_keys_are_forgotten(store: Store) -> None:
    with store.write() as work:
        work.seen.claim(["old"], NOW)
        work.seen.claim(["new"], later(days=1))
        assert work.seen.prune(later(hours=1)) == 1
        assert work.seen.claim(["old", "new"], NOW) == {"old"}


def test_thousands_of_keys_are_claimed_at_once(store: Store) -> None:
    keys = [f"key-{n}" for n in range(5000)]
    with store.write() as work:
        assert work.seen.claim(keys, NOW) == set(keys)
        assert work.seen.claim(keys, NOW) == set()


def test_counts_add_up_over_transactions(store: Store) -> None:
    for _ in range(2):
        with store.write() as work:
            work.counters.add({key(): 3, key("inbraak"): 1, key("afval"): 0})
            work.counters.add({key(): 1, key(day="2026-11-20"): 5, key(group="g2"): 7})
    with store.read() as work:
        assert work.counters.per_day(GROUP, "2026-11-21") == [
            CounterRow(group=GROUP, day="2026-11-21", kind="read", what="", n=8),
            CounterRow(group=GROUP, day="2026-11-21", kind="read", what="inbraak", n=2),
        ]
        assert work.counters.totals(TENANT, "2026-11-20") == [
            Total(kind="read", what="", n=32),
            Total(kind="read", what="inbraak", n=2),
        ]


def test_counts_are_seen_in_their_own_transaction(store: Store) -> None:
    with store.write() as work:
        work.counters.add({key(): 2})
        assert [row.n for row in work.counters.per_day(GROUP, "2026-11-21")] == [2]


# Events and audit


def test_events_are_replayed_from_any_id(store: Store) -> None:
    with store.write() as work:
        for n in range(5):
            tenant = "leiden" if n == 2 else TENANT
            work.events.put(tenant, "meldkamer", "signal.new", str(n), NOW)
    with store.read() as work:
        assert [event.ref for event in work.events.after(TENANT, 1)] == ["1", "3", "4"]
        assert [event.id for event in work.events.after(None, 2, limit=2)] == [3, 4]
        assert work.events.last_id() == 5


def test_events_and_audit_can_be_read_and_written_in_turn(store: Store) -> None:
    with store.write() as work:
        for n in range(1, 4):
            work.events.put(TENANT, "meldkamer", "signal.new", str(n), NOW)
            work.audit.write(audit_event(object=f"signal/{n}"))
            assert work.events.last_id() == n
            assert work.audit.verify(TENANT).lines == n
    with store.read() as work:
        assert work.audit.verify(TENANT).ok
        assert [event.id for event in work.events.after(None, 0)] == [1, 2, 3]


def test_pruned_events_do_not_give_their_ids_away(store: Store) -> None:
    with store.write() as work:
        work.events.put(TENANT, "meldkamer", "signal.new", "1", NOW)
    with store.write() as work:
        assert work.events.prune(later(days=1)) == 1
        assert work.events.last_id() == 1
        work.events.put(TENANT, "meldkamer", "signal.new", "2", NOW)
        assert [event.id for event in work.events.after(TENANT, 1)] == [2]


def test_audit_lines_come_newest_first_page_by_page(store: Store) -> None:
    with store.write() as work:
        for n in range(5):
            work.audit.write(audit_event(object=f"signal/{n}"))
        work.audit.write(audit_event("leiden"))
    with store.read() as work:
        page = work.audit.lines(TENANT, limit=3)
        assert [line.seq for line in page] == [5, 4, 3]
        rest = work.audit.lines(TENANT, limit=3, before_seq=3)
        assert [line.event.object for line in rest] == ["signal/1", "signal/0"]
        assert work.audit.lines("leiden", limit=3)[0].seq == 1
