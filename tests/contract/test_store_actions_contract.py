# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about known police actions and about what is kept of a source."""

from __future__ import annotations

from dataclasses import replace

from core.action import Action, ActionKind
from store.database import Store
from store.retention import Rules, sweep
from tests.store_samples import NOW, TENANT, incident, later, new_signal, prepare

ACTION = Action(
    id="a1",
    tenant=TENANT,
    kind=ActionKind.AMBER,
    link="https://www.politie.example/1",
    published_at=NOW,
    ends_at=later(days=3),
    words=frozenset({1, 2**48 - 1}),
    links=frozenset({7}),
)


def test_an_action_comes_back_as_it_was_and_is_brought_up_to_date(store: Store) -> None:
    longer = replace(ACTION, ends_at=later(days=5), words=frozenset({3}))
    with store.write() as work:
        work.actions.save([])
        work.actions.save([ACTION, replace(ACTION, tenant="leiden")])
        assert work.actions.current(TENANT, NOW) == [ACTION]
        work.actions.save([longer])
    with store.read() as work:
        assert work.actions.find(TENANT, "a1") == longer
        assert work.actions.find("leiden", "a1") == replace(ACTION, tenant="leiden")
        assert work.actions.find(TENANT, "a2") is None


def test_an_action_that_is_over_is_forgotten_by_the_sweep(store: Store) -> None:
    with store.write() as work:
        work.actions.save([ACTION])
    with store.read() as work:
        assert work.actions.current(TENANT, later(days=3)) == []
    sweep(store, later(days=3), Rules())
    with store.read() as work:
        assert work.actions.find(TENANT, "a1") is None


def test_an_incident_remembers_its_action_and_keeps_it_when_merged(store: Store) -> None:
    with store.write() as work:
        work.incidents.save(incident("i1", action="a1"))
        work.incidents.save(incident("i2"))
        assert work.incidents.get("i1").action == "a1"
        assert work.incidents.merge("i1", "i2", NOW).action == "a1"
        work.incidents.save(incident("i2"))
        assert work.incidents.get("i2").action == "a1"


def test_what_is_kept_of_a_source_is_told_until_it_is_erased(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        new = new_signal()
        work.signals.add([new], {new.id: "k1"})
        source = new.message.source
        [(chat, id, at)] = work.signals.kept(TENANT, source)
        group = work.consent.group(new.message.group)
        assert (chat, id, at) == (group.chat, new.message.external_id, new.message.sent_at)
        assert work.signals.kept("leiden", source) == []
        assert work.signals.kept(TENANT, "een ander") == []
        work.signals.erase([new.id], NOW)
        assert work.signals.kept(TENANT, source) == []
