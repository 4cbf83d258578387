# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about signals and incidents, on both databases."""

from __future__ import annotations

import pytest

from core import errors
from core.incident import IncidentState
from core.label import Category, Queue, Urgency
from core.signal import SignalState
from core.verdict import Personal, PersonalKind, Place
from store.database import Store
from tests.store_samples import (
    GROUP,
    INCIDENT,
    NOW,
    TENANT,
    TEXT,
    add,
    decision,
    incident,
    later,
    new_signal,
    outbox_row,
    prepare,
    stored_signal,
    verdict,
)

# Signals


def test_a_signal_comes_back_as_it_was_judged(store: Store) -> None:
    signal = new_signal(queues=[Queue.HANDHAVING, Queue.MELDKAMER])
    with store.write() as work:
        prepare(work)
        add(work, signal)
    with store.read() as work:
        row = work.signals.get(signal.id)
        judged = signal.verdict
        assert (row.category, row.urgency, row.probability) == (
            judged.category,
            judged.urgency,
            judged.probability,
        )
        assert row.probabilities == judged.probabilities
        assert (row.evidence, row.personal, row.places) == (
            judged.evidence,
            judged.personal,
            judged.places,
        )
        assert (row.route, row.targets) == (signal.route, signal.targets)
        assert (row.sent_at, row.received_at) == (NOW, NOW)
        assert row.queues == (Queue.MELDKAMER, Queue.HANDHAVING)
        assert (row.state, row.version, row.edited) == (SignalState.OPEN, 1, False)
        assert row.masked == "Inbraak gaande bij [naam] op de Molenstraat"
        assert row.text is None
        assert work.signals.get(signal.id, with_text=True).text == TEXT
        assert work.signals.text(signal.id) == TEXT
        assert work.signals.external_id(signal.id) == signal.message.external_id
        found = work.signals.by_message(f"key of {signal.id}")
        assert found is not None
        assert found.id == signal.id
        assert work.signals.by_message("another") is None


def test_an_unknown_signal_is_not_found(store: Store) -> None:
    with store.read() as work:
        with pytest.raises(errors.NotFound):
            work.signals.get("nowhere")
        with pytest.raises(errors.NotFound):
            work.signals.text("nowhere")


@pytest.mark.parametrize("text", ["nul \x00 teken", "half \ud83d paar", "🚨" * 3000, "", "\n\t "])
def test_any_text_is_kept_exactly(store: Store, text: str) -> None:
    stored = stored_signal(store, text=text, judged=verdict(personal=(), places=(), evidence=()))
    with store.read() as work:
        assert work.signals.text(stored.id) == text
        assert len(work.signals.get(stored.id).masked or "") == len(text)


def test_neither_text_nor_message_id_lies_open_in_the_database(store: Store) -> None:
    stored_signal(store, external_id="bericht 90210")
    with store.read() as work:
        connection = work.transaction.connection
        row = connection.exec_driver_sql("SELECT * FROM signals").one()
        everything = repr([bytes(v) if isinstance(v, memoryview) else v for v in row])
    assert "Jan" not in everything
    assert "90210" not in everything


def test_a_message_becomes_one_signal(store: Store) -> None:
    stored = stored_signal(store, dedup_key="same")
    with pytest.raises(Exception, match=r"unique|UNIQUE"), store.write() as work:
        add(work, new_signal(dedup_key="same"))
    with store.read() as work:
        assert [row.id for row in work.signals.recent(TENANT, 9)] == [stored.id]


def test_a_queue_is_worked_by_urgency_then_age(store: Store) -> None:
    moments = {"late": later(minutes=2), "early": NOW, "middle": later(minutes=1)}
    wanted = []
    with store.write() as work:
        prepare(work)
        for urgency in Urgency:
            for name, at in moments.items():
                judged = verdict(urgency=urgency)
                add(work, new_signal(id=f"{urgency}-{name}", judged=judged, received_at=at))
            wanted += [f"{urgency}-{name}" for name in ("early", "middle", "late")]
        add(work, new_signal(id="elsewhere", queues=[Queue.HANDHAVING]))
    with store.read() as work:
        rows = work.signals.queue(TENANT, Queue.MELDKAMER)
        assert [row.id for row in rows] == wanted
        assert work.signals.queue("leiden", Queue.MELDKAMER) == []
        assert work.signals.counts(TENANT) == {Queue.MELDKAMER: 9, Queue.HANDHAVING: 1}
        pages: list[str] = []
        after = None
        while page := work.signals.queue(TENANT, Queue.MELDKAMER, limit=2, after=after):
            pages += [row.id for row in page]
            after = pages[-1]
        assert pages == wanted


def test_equal_moments_make_no_page_skip_a_signal(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(work, *(new_signal(id=f"s{n}") for n in range(5)))
    with store.read() as work:
        first = work.signals.queue(TENANT, Queue.MELDKAMER, limit=3)
        rest = work.signals.queue(TENANT, Queue.MELDKAMER, limit=3, after=first[-1].id)
        assert [row.id for row in (*first, *rest)] == ["s0", "s1", "s2", "s3", "s4"]


def test_signals_are_listed_by_group_and_incident(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        prepare(work, "group-2", "incident-2")
        add(
            work,
            new_signal(id="s1", sent_at=later(minutes=1), received_at=NOW),
            new_signal(id="s2", sent_at=NOW, received_at=later(minutes=2)),
            new_signal(id="s3", group="group-2", incident="incident-2"),
        )
        assert [row.id for row in work.signals.of_incident(INCIDENT)] == ["s2", "s1"]
        assert [row.id for row in work.signals.of_group(GROUP, 9)] == ["s2", "s1"]
        assert [row.id for row in work.signals.of_group("group-2", 9)] == ["s3"]
        assert len(work.signals.recent(TENANT, 2)) == 2


def test_an_edit_replaces_text_and_verdict(store: Store) -> None:
    stored = stored_signal(store)
    judged = verdict(
        Category.GEWELD,
        urgency=Urgency.ACTUEEL,
        personal=(Personal(start=0, end=4, kind=PersonalKind.NAME),),
        places=(),
        evidence=(),
    )
    edit = new_signal(text="Piet vecht", judged=judged, queues=[Queue.HANDHAVING])
    with store.write() as work:
        row = work.signals.revise(stored.id, edit)
        assert (row.category, row.urgency, row.masked) == (
            Category.GEWELD,
            Urgency.ACTUEEL,
            "[naam] vecht",
        )
        assert (row.version, row.edited, row.places) == (2, True, ())
        assert row.queues == (Queue.MELDKAMER, Queue.HANDHAVING)
        assert work.signals.text(stored.id) == "Piet vecht"


def test_an_edit_does_not_bring_a_decided_signal_back(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.decisions.decide(decision(stored))
        row = work.signals.revise(stored.id, new_signal(text="Toch niet"))
        assert row.state is SignalState.DECIDED
        assert work.signals.queue(TENANT, Queue.MELDKAMER) == []


def test_erasure_leaves_counts_and_nothing_of_the_writer(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1", signal_id=stored.id)])
        assert work.signals.erase([stored.id, "nowhere"], NOW) == 1
        assert work.signals.erase([stored.id], NOW) == 0
    with store.read() as work:
        row = work.signals.get(stored.id, with_text=True)
        assert (row.state, row.text, row.masked, row.pseudonym) == (
            SignalState.ERASED,
            None,
            None,
            "",
        )
        assert (row.evidence, row.personal, row.places) == ((), (), ())
        assert row.category is Category.INBRAAK
        assert work.signals.counts(TENANT)[Queue.MELDKAMER] == 0
        assert (work.outbox.get("o1").state, work.outbox.get("o1").payload) == ("cancelled", None)
        for gone in (work.signals.text, work.signals.external_id):
            with pytest.raises(errors.NotFound):
                gone(stored.id)


def test_what_was_erased_cannot_be_edited_decided_or_undone(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        made = decision(stored)
        work.decisions.decide(made)
        work.signals.erase([stored.id], NOW)
        erased = work.signals.get(stored.id)
        with pytest.raises(errors.NotFound):
            work.signals.revise(stored.id, new_signal())
        with pytest.raises(errors.NotFound):
            work.decisions.decide(decision(erased))
        with pytest.raises(errors.NotAllowed):
            work.decisions.undo(made.id, "agnes", NOW)


# Incidents


def test_an_incident_comes_back_as_it_was_saved(store: Store) -> None:
    full = incident(
        groups=frozenset({"g1", "g2"}),
        places=frozenset({"molenstraat", "café 't hoekje"}),
        points=((52.01, 4.36), (52.02, 4.37)),
        words=frozenset({1, 2**63 - 1}),
    )
    with store.write() as work:
        work.incidents.save(full)
    with store.read() as work:
        assert work.incidents.get(INCIDENT) == full
        assert work.incidents.open_ones(TENANT, NOW) == [full]
        assert work.incidents.open_ones(TENANT, later(seconds=1)) == []
        assert work.incidents.open_ones("leiden", NOW) == []
        with pytest.raises(errors.NotFound):
            work.incidents.get("nowhere")


def test_saving_again_adds_and_never_takes_away(store: Store) -> None:
    with store.write() as work:
        work.incidents.save(incident(places=frozenset({"a"}), words=frozenset({1})))
        work.incidents.save(
            incident(places=frozenset({"b"}), words=frozenset({2}), last_at=later(minutes=5))
        )
        work.incidents.save(incident())
        known = work.incidents.get(INCIDENT)
        assert (known.places, known.words) == (frozenset({"a", "b"}), frozenset({1, 2}))
        assert known.last_at == later(minutes=5)


def test_a_closed_incident_stays_closed(store: Store) -> None:
    with store.write() as work:
        work.incidents.save(incident())
        work.incidents.close(INCIDENT, "loos-alarm", NOW)
        work.incidents.save(incident())
        assert work.incidents.get(INCIDENT).state is IncidentState.CLOSED
        assert work.incidents.open_ones(TENANT, NOW) == []


def test_an_incident_counts_its_signals(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(work, new_signal(), new_signal())
        assert work.incidents.get(INCIDENT).signals == 2
        assert work.incidents.open_ones(TENANT, NOW)[0].signals == 2


def test_merging_moves_all_that_belongs_to_an_incident(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        known = {"places": frozenset({"kade"}), "points": ((52.0, 4.3),), "words": frozenset({7})}
        work.incidents.save(incident("i2", opened_at=later(minutes=-5), **known))
        add(work, new_signal(id="s1"), new_signal(id="s2", incident="i2"))
        merged = work.incidents.merge("i2", INCIDENT, NOW)
        assert (merged.id, merged.signals, merged.places) == (INCIDENT, 2, frozenset({"kade"}))
        assert merged.opened_at == later(minutes=-5)
        source = work.incidents.get("i2")
        assert (source.state, source.signals) == (IncidentState.MERGED, 0)
        # An erasure looks for places and words where the signals are now.
        assert (source.places, source.points, source.words) == (frozenset(), (), frozenset())
        work.incidents.save(incident("i2", places=frozenset({"kade"}), words=frozenset({7})))
        assert work.incidents.get("i2") == source
        assert work.incidents.survivor("i2") == merged
        assert {row.id for row in work.signals.of_incident(INCIDENT)} == {"s1", "s2"}
        for pair in (("i2", INCIDENT), (INCIDENT, "i2")):
            with pytest.raises(errors.NotAllowed):
                work.incidents.merge(*pair, NOW)
        with pytest.raises(errors.BadInput):
            work.incidents.merge(INCIDENT, INCIDENT, NOW)


def test_incidents_of_two_municipalities_do_not_mix(store: Store) -> None:
    stored = stored_signal(store)
    with store.write() as work:
        work.incidents.save(incident("i2", tenant="leiden"))
        with pytest.raises(errors.NotAllowed):
            work.incidents.merge("i2", INCIDENT, NOW)
        with pytest.raises(errors.NotAllowed):
            work.incidents.split(stored.id, incident("i3", tenant="leiden"))


def test_splitting_gives_a_signal_its_own_incident(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        add(work, new_signal(id="s1"), new_signal(id="s2"))
        split = work.incidents.split("s2", incident("i2"))
        assert (split.id, split.signals) == ("i2", 1)
        assert work.incidents.get(INCIDENT).signals == 1
        with pytest.raises(errors.NotFound):
            work.incidents.split("nowhere", incident("i3"))


def test_an_incident_forgets_the_places_of_a_signal_that_was_split_off(store: Store) -> None:
    kade = Place(start=0, end=7, kind="street", key="kade", lat=51.0, lon=4.0)
    with store.write() as work:
        prepare(work)
        work.incidents.save(
            incident(
                places=frozenset({"street:molenstraat", "street:kade"}),
                points=((52.0, 4.36), (51.0, 4.0)),
                words=frozenset({7}),
            )
        )
        add(work, new_signal(id="s1"), new_signal(id="s2", judged=verdict(places=(kade,))))
        work.incidents.split("s2", incident("i2", places=frozenset({"street:kade"})))
        left = work.incidents.get(INCIDENT)
        assert (left.places, left.points) == (frozenset({"street:molenstraat"}), ((52.0, 4.36),))
        assert (left.words, left.state) == (frozenset(), IncidentState.OPEN)
        work.signals.erase(["s2"], NOW)
        assert work.incidents.get("i2").places == frozenset()


def test_an_incident_forgets_the_places_of_erased_texts(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        work.incidents.save(
            incident(
                places=frozenset({"street:molenstraat", "street:kade"}),
                points=((52.0, 4.36), (51.0, 4.0)),
                words=frozenset({7}),
            )
        )
        add(work, new_signal(id="s1"), new_signal(id="s2"))
        work.signals.erase(["s1"], NOW)
        left = work.incidents.get(INCIDENT)
        assert (left.places, left.points) == (frozenset({"street:molenstraat"}), ((52.0, 4.36),))
        # Nobody can tell whose words were whose.
        assert left.words == frozenset()
        assert left.state is IncidentState.OPEN
        work.signals.erase(["s2"], NOW)
        empty = work.incidents.get(INCIDENT)
        assert (empty.places, empty.points, empty.words) == (frozenset(), (), frozenset())
        assert empty.state is IncidentState.CLOSED
