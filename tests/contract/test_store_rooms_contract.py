# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about evaluation rooms, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from core import errors
from core.annotation import Answer, AnswerKind, Lane, Room
from core.label import Category, Urgency
from core.signal import Act
from store.database import Store, open_store
from store.quality import ShadowKey
from store.retention import Rules, sweep
from store.rooms import NewItem
from store.rotation import reseal
from store.seal import Sealer
from store.tables import room_answers, room_items
from store.work import Work
from tests.store_fixtures import KEY
from tests.store_samples import NOW, TENANT, add, decision, later, new_signal, prepare

INBRAAK, OVERLAST, GEEN = Category.INBRAAK, Category.OVERLAST, Category.GEEN


def room(id: str = "r1", **changed: Any) -> Room:
    given: dict[str, Any] = {
        "tenant": TENANT,
        "name": "Najaar",
        "purpose": "meten of het model nog klopt",
        "legal_basis": "artikel 172 Gemeentewet",
        "people": ("agnes", "bert", "carla"),
        "opened_by": "dirk",
        "opened_at": NOW,
        "ends_at": later(days=14),
    }
    return Room(id=id, **(given | changed))


def answer(
    item: str, by: str, category: Category = INBRAAK, *, at: datetime = NOW, **changed: Any
) -> Answer:
    given: dict[str, Any] = {
        "id": f"{item}-{by}-{at.isoformat()}",
        "kind": AnswerKind.LABEL,
        "urgency": None if category is GEEN else Urgency.ACTUEEL,
    }
    return Answer(item=item, by=by, at=at, category=category, **(given | changed))


def furnish(work: Work, *texts: str) -> None:
    """Open a room with these uploaded texts: i1, i2 …"""
    work.rooms.open(room())
    new = [
        NewItem(id=f"i{n}", lane=Lane.RANDOM, masked=text) for n, text in enumerate(texts, start=1)
    ]
    work.rooms.add("r1", new)


def test_a_room_comes_back_as_it_was_opened_and_only_for_its_own_municipality(
    store: Store,
) -> None:
    with store.write() as work:
        work.rooms.open(room())
    with store.read() as work:
        assert work.rooms.get(TENANT, "r1") == room()
        assert work.rooms.list(TENANT) == [room()]
        assert work.rooms.list("leiden") == []
        with pytest.raises(errors.NotFound):
            work.rooms.get("leiden", "r1")


@pytest.mark.parametrize(
    "changed",
    [{"purpose": ""}, {"legal_basis": ""}, {"people": ("agnes",)}, {"ends_at": NOW}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_room_without_purpose_basis_people_or_end_is_refused(
    store: Store, changed: dict[str, Any]
) -> None:
    with store.write() as work, pytest.raises(errors.BadInput):
        work.rooms.open(room(**changed))


def test_an_item_is_offered_to_two_people_and_to_nobody_twice(store: Store) -> None:
    with store.write() as work:
        furnish(work, "een", "twee")
        assert [work.labels.next("r1", who).id for who in ("agnes", "bert")] == ["i1", "i1"]  # type: ignore[union-attr]
        work.labels.give(answer("i1", "agnes"))
        assert work.labels.next("r1", "agnes").id == "i2"  # type: ignore[union-attr]
        assert work.labels.next("r1", "bert").id == "i1"  # type: ignore[union-attr]
        work.labels.give(answer("i1", "bert"))
        assert work.labels.next("r1", "carla").id == "i2"  # type: ignore[union-attr]
        with pytest.raises(errors.AlreadyDecided):
            work.labels.give(answer("i1", "carla"))
        with pytest.raises(errors.AlreadyDecided):
            work.labels.give(answer("i1", "agnes", OVERLAST))
        assert work.labels.next("r1", "agnes", after=2) is None


def test_a_third_rules_where_two_differ(store: Store) -> None:
    with store.write() as work:
        furnish(work, "een", "twee")
        for item, other in (("i1", INBRAAK), ("i2", OVERLAST)):
            work.labels.give(answer(item, "agnes"))
            work.labels.give(answer(item, "bert", other))
        assert work.labels.disputed("r1", "agnes") is None
        assert work.labels.disputed("r1", "carla").id == "i2"  # type: ignore[union-attr]
        with pytest.raises(errors.BadInput):
            work.labels.give(answer("i1", "carla", kind=AnswerKind.RULING))
        work.labels.give(answer("i2", "carla", kind=AnswerKind.RULING))
        assert work.labels.disputed("r1", "carla") is None
        with pytest.raises(errors.AlreadyDecided):
            work.labels.undo("r1", "bert", NOW)


def test_undo_takes_back_the_last_answer_of_that_person_alone(store: Store) -> None:
    with store.write() as work:
        furnish(work, "een", "twee")
        work.labels.give(answer("i1", "agnes"))
        work.labels.give(answer("i2", "agnes", at=later(seconds=1)))
        work.labels.give(answer("i2", "bert", at=later(seconds=2)))
        undone = work.labels.undo("r1", "agnes", later(seconds=3))
        assert undone is not None
        assert undone.item == "i2"
        assert [a.by for a in work.labels.of("i2")] == ["bert"]
        assert work.labels.next("r1", "agnes").id == "i2"  # type: ignore[union-attr]
        assert work.labels.undo("r1", "carla", NOW) is None
        work.labels.give(answer("i2", "agnes", OVERLAST, at=later(seconds=4)))
        assert {a.by: a.category for a in work.labels.of_room("r1")["i2"]} == {
            "bert": INBRAAK,
            "agnes": OVERLAST,
        }


def test_the_database_itself_refuses_a_second_answer_of_one_person(store: Store) -> None:
    with store.write() as work:
        furnish(work, "een")
        work.labels.give(answer("i1", "agnes"))
    row = {"id": "x", "item_id": "i1", "kind": "label", "by": "agnes", "at": NOW}
    with pytest.raises(Exception, match="room_answers"), store.write() as work:
        work.transaction.insert(room_answers, [row | {"category": "geen"}])


def test_a_signal_has_an_urgency_and_what_is_none_has_not(store: Store) -> None:
    with store.write() as work:
        furnish(work, "een")
        with pytest.raises(errors.BadInput):
            work.labels.give(answer("i1", "agnes", urgency=None))
        with pytest.raises(errors.BadInput):
            work.labels.give(answer("i1", "agnes", GEEN, urgency=Urgency.SPOED))


def test_a_signal_lends_its_masked_text_and_takes_it_along_when_it_goes(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(work, new_signal(id="s1"))
        work.rooms.open(room())
        work.rooms.add("r1", [NewItem(id="i1", lane=Lane.DOUBT, signal="s1", said=INBRAAK)])
        item = work.labels.next("r1", "agnes")
        assert item is not None
        assert item.masked == "Inbraak gaande bij [naam] op de Molenstraat"
        work.labels.give(answer("i1", "agnes"))
        work.signals.erase(["s1"], NOW)
        assert work.labels.next("r1", "bert") is None
        assert [i.masked for i in work.rooms.items("r1")] == [None]
        assert [a.category for a in work.labels.of("i1")] == [INBRAAK]


def test_an_edit_takes_the_answers_about_the_old_words_back(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(work, new_signal(id="s1"))
        work.rooms.open(room())
        work.rooms.add("r1", [NewItem(id="i1", lane=Lane.RANDOM, signal="s1")])
        work.labels.give(answer("i1", "agnes"))
        work.signals.revise("s1", new_signal(id="s1"))
        assert work.labels.of("i1") == ()
        assert work.labels.next("r1", "agnes") is not None


def test_candidates_are_signals_with_text_that_are_not_inside_yet(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(work, *(new_signal(id=f"s{n}", external_id=f"e{n}") for n in range(3)))
        work.rooms.open(room())
        work.rooms.add("r1", [NewItem(id="i1", lane=Lane.RANDOM, signal="s0")])
        work.signals.erase(["s1"], NOW)
        (found,) = work.rooms.candidates(TENANT, "r1", NOW)
        assert (found.signal, found.said) == ("s2", INBRAAK)
        assert found.margin == pytest.approx(0.8)
        assert work.rooms.candidates("leiden", "r1", NOW) == []
        assert work.rooms.candidates(TENANT, "r1", later(days=1)) == []


def test_an_uploaded_text_is_sealed_and_goes_when_the_room_ends(store: Store) -> None:
    with store.write() as work:
        furnish(work, "er ligt grofvuil")
    with store.read() as work:
        raw = work.transaction.scalar(sa.select(room_items.c.sealed))
        assert b"grofvuil" not in bytes(raw)
    assert sweep(store, later(days=13), Rules()).room_texts == 0
    assert sweep(store, later(days=14), Rules()).room_texts == 1
    with store.read() as work:
        assert [i.masked for i in work.rooms.items("r1")] == [None]
        assert work.labels.next("r1", "agnes") is None


def test_closing_a_room_erases_what_was_uploaded_to_it(store: Store) -> None:
    with store.write() as work:
        furnish(work, "een")
        work.rooms.close("r1", later(hours=1))
        assert work.rooms.get(TENANT, "r1").is_open(later(hours=2)) is False
        assert [i.masked for i in work.rooms.items("r1")] == [None]


def test_a_new_key_opens_uploaded_texts_too(store: Store, store_url: str) -> None:
    with store.write() as work:
        furnish(work, "een")
    both = open_store(store_url, sealer=Sealer([b"n" * 32, KEY]), clock=store.clock)
    assert reseal(both) == 1
    both.close()
    new = open_store(store_url, sealer=Sealer([b"n" * 32]), clock=store.clock)
    with new.read() as work:
        assert work.rooms.item("r1", "i1").masked == "een"
    new.close()


def test_equal_content_keeps_its_version(store: Store) -> None:
    with store.write() as work:
        furnish(work, "een")
        first = work.rooms.record("r1", "a" * 64, 1, "agnes", NOW)
        assert work.rooms.record("r1", "a" * 64, 1, "bert", later(hours=1)) == first
        second = work.rooms.record("r1", "b" * 64, 2, "bert", later(hours=1))
    assert (first.version, second.version) == (1, 2)
    with store.read() as work:
        assert work.rooms.datasets("r1") == [second, first]


def test_shadow_counts_add_up(store: Store) -> None:
    key = ShadowKey(
        tenant=TENANT,
        day="2026-11-21",
        model="buurt/1",
        shadow="buurt/2",
        said=INBRAAK,
        shadow_said=GEEN,
    )
    for _ in range(2):
        with store.write() as work:
            work.quality.shadow({key: 3})
    with store.read() as work:
        assert work.quality.shadows(TENANT, "2026-11-21") == {key: 6}
        assert work.quality.shadows(TENANT, "2026-11-22") == {}
        assert work.quality.shadows("leiden", "2026-11-21") == {}


def test_decisions_that_stand_are_an_opinion_about_the_model(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(work, new_signal(id="s1"), new_signal(id="s2", external_id="e2"))
        work.decisions.decide(decision(work.signals.get("s1"), Act.REJECT))
        undone = decision(work.signals.get("s2"), Act.CONFIRM)
        work.decisions.decide(undone)
        work.decisions.undo(undone.id, "agnes", NOW)
        (judged,) = work.quality.decisions(TENANT, NOW)
        assert (judged.said, judged.act) == (INBRAAK, Act.REJECT)
        assert set(work.quality.opinions(["s1", "s2"])) == {"s1"}
