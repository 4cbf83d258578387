# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about lists, searches and counts, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.label import Category, Queue, Urgency
from core.message import Origin
from core.selection import Selection, Standing, words_of
from core.signal import Act
from store.database import Store
from tests.store_samples import (
    NOW,
    TENANT,
    add,
    decision,
    later,
    new_signal,
    prepare,
    verdict,
)

MELDKAMER = Queue.MELDKAMER


def filled(store: Store) -> None:
    """Store three signals of the control room and one of the other queue."""
    calm = verdict(Category.BEROVING, urgency=Urgency.NIET_URGENT, personal=(), places=())
    with store.write() as work:
        prepare(work)
        add(
            work,
            new_signal(id="s1"),
            new_signal(id="s2", judged=calm, text="Café overvallen", received_at=later(hours=1)),
            new_signal(id="s3", received_at=later(hours=2), origin=Origin.REPORT),
            new_signal(id="s4", queues=(Queue.HANDHAVING,)),
        )


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Selection(), ["s3", "s1", "s2"]),
        (Selection(categories=frozenset({Category.BEROVING})), ["s2"]),
        (Selection(urgencies=frozenset({Urgency.SPOED})), ["s3", "s1"]),
        (Selection(origins=frozenset({Origin.REPORT})), ["s3"]),
        (Selection(areas=frozenset({"nergens"})), []),
        (Selection(since=NOW + timedelta(minutes=30)), ["s3", "s2"]),
        (Selection(words=words_of("CAFE overv")), ["s2"]),
        (Selection(words=words_of("vallen")), []),
        (Selection(standing=Standing.DECIDED), []),
    ],
)
def test_a_selection_finds_what_it_says(store: Store, wanted: Selection, ids: list[str]) -> None:
    filled(store)
    with store.read() as work:
        assert work.overview.ids(TENANT, MELDKAMER, wanted) == ids
        assert work.overview.ids("leiden", MELDKAMER, wanted) == []


def test_items_come_in_the_order_that_was_asked_for(store: Store) -> None:
    filled(store)
    with store.read() as work:
        items = work.overview.items(["s2", "s1", "nooit"])
    assert [item.id for item in items] == ["s2", "s1"]
    assert items[0].masked == "Café overvallen"
    assert items[1].places[0].key == "molenstraat"


def test_a_word_of_a_name_is_known_as_long_as_its_text_is_there(store: Store) -> None:
    filled(store)
    with store.read() as work:
        text = work.signals.text("s1")
        name = words_of(text[19:22])
        assert work.overview.names(TENANT, MELDKAMER, name)
        assert not work.overview.names("leiden", MELDKAMER, name)
        assert not work.overview.names(TENANT, MELDKAMER, ("cafe", "van", "x"))
    with store.write() as work:
        work.signals.erase(["s1", "s3"], NOW)
    with store.read() as work:
        assert not work.overview.names(TENANT, MELDKAMER, name)


def test_what_people_rejected_is_not_counted_as_a_place_or_time(store: Store) -> None:
    filled(store)
    with store.write() as work:
        work.decisions.decide(decision(work.signals.get("s2"), Act.REJECT))
    with store.read() as work:
        found = work.tallies.moments(TENANT, (MELDKAMER,), NOW - timedelta(days=1))
        both = work.tallies.moments(TENANT, tuple(Queue), NOW - timedelta(days=1))
    assert [m.category for m in found] == [Category.INBRAAK] * 2
    assert found[0].places == ("molenstraat",)
    assert len(both) == 3


def test_a_shift_is_told_in_numbers(store: Store) -> None:
    filled(store)
    with store.write() as work:
        work.decisions.decide(decision(work.signals.get("s1"), Act.CONFIRM))
    with store.read() as work:
        assert work.tallies.waiting(TENANT, MELDKAMER) == (1, later(hours=1))
        arrivals = work.tallies.arrivals(TENANT, MELDKAMER, NOW + timedelta(minutes=1))
        assert [a.at for a in arrivals] == [later(hours=1), later(hours=2)]
        (deed,) = work.tallies.deeds(TENANT, MELDKAMER, NOW - timedelta(days=1))
        assert (deed.act, deed.category, deed.role) == (Act.CONFIRM, Category.INBRAAK, "")
        assert work.tallies.deeds(TENANT, Queue.HANDHAVING, NOW - timedelta(days=1)) == []
        assert work.tallies.unanswered(TENANT, MELDKAMER, NOW) == 0
        assert work.tallies.stuck(TENANT, MELDKAMER) == 0


def test_an_empty_queue_waits_for_nothing(store: Store) -> None:
    with store.read() as work:
        assert work.tallies.waiting(TENANT, MELDKAMER) == (0, None)


def test_a_list_can_go_by_age_alone(store: Store) -> None:
    filled(store)
    with store.read() as work:
        ids = work.overview.ids(TENANT, MELDKAMER, Selection(), by_age=True)
        received = [item.received_at for item in work.overview.items(ids)]
    assert len(received) == 3
    assert received == sorted(received)


def test_what_still_waits_is_told_from_what_was_decided(store: Store) -> None:
    filled(store)
    with store.write() as work:
        work.decisions.decide(decision(work.signals.get("s1"), Act.CONFIRM))
    with store.read() as work:
        assert work.overview.undecided(["s1", "s2", "nothing"]) == {"s2"}
        assert work.overview.undecided([]) == set()


def test_what_was_put_off_or_escalated_stands_apart(store: Store) -> None:
    filled(store)
    with store.write() as work:
        work.attention.snooze("s1", MELDKAMER, "agnes", later(hours=3))
        work.attention.escalate("s2", MELDKAMER, "tess", NOW)
    with store.read() as work:

        def apart(at: datetime) -> list[str]:
            return [known.signal_id for known in work.attention.apart(TENANT, MELDKAMER, at)]

        assert apart(NOW) == ["s1", "s2"]
        assert apart(later(hours=3)) == ["s2"]
    with store.write() as work:
        work.attention.acknowledge("s2", MELDKAMER, "agnes", NOW)
    with store.read() as work:
        assert work.attention.apart(TENANT, MELDKAMER, later(hours=3)) == []
