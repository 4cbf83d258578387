# SPDX-License-Identifier: EUPL-1.2
"""Decisions of programs are a person's, go through the desk, and happen once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from core.clock import FrozenClock
from core.label import Category
from core.signal import SignalState
from dashboard.api.scope import Scope
from store.signalrow import SignalRow
from tests.dashboard.api.conftest import MakeProgram
from tests.dashboard.api.program import Program, audited, person, system
from tests.dashboard.serving import serving
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import TENANT, World


def stored(world: World, signal: SignalRow) -> SignalRow:
    with world.store.read() as work:
        return work.signals.get(signal.id)


def test_a_decision_is_the_persons_own(world: World, agnes: Program) -> None:
    signal = world.signal()
    answer = agnes.decide(signal.id)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["signaal"], made["besluit"], made["herroepenOp"]) == (
        signal.id,
        "bevestigd",
        None,
    )
    assert agnes.client.get(answer.headers["location"]).json() == made
    assert stored(world, signal).state is SignalState.DECIDED
    (line,) = audited(world, "account:signal:decide")
    assert (line.actor, line.origin, line.object) == ("agnes", "api", f"signal/{signal.id}")
    with world.store.read() as work:
        (letter,) = [x for x in work.outbox.of_signal(signal.id) if x.kind == "report"]
        assert letter.target == "politie-mail"


def test_a_repeated_request_decides_nothing_twice(world: World, agnes: Program) -> None:
    signal = world.signal()
    first, again = agnes.decide(signal.id), agnes.decide(signal.id)
    assert (again.status_code, again.json()) == (201, first.json())
    assert world.audited("account:signal:decide") == 1


def test_the_same_request_twenty_times_at_once_decides_once(world: World, agnes: Program) -> None:
    signal = world.signal()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: agnes.decide(signal.id), range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert world.audited("account:signal:decide") == 1


def test_a_key_belongs_to_one_request(world: World, agnes: Program) -> None:
    first, second = world.signal(), world.signal()
    assert agnes.decide(first.id).status_code == 201
    assert agnes.decide(second.id).status_code == 422
    assert agnes.decide(first.id, "geen-signaal").status_code == 422
    assert stored(world, second).state is SignalState.OPEN


def test_two_people_may_choose_the_same_key(
    world: World, agnes: Program, program: MakeProgram
) -> None:
    bert = program(
        person(world, world.account("meldkamer", "Bert"), {Scope.MELDKAMER, Scope.DECIDE})
    )
    first, second = world.signal(), world.signal()
    assert agnes.decide(first.id).status_code == 201
    assert bert.decide(second.id).status_code == 201
    assert bert.decide(first.id, key="sleutel-2").status_code == 409


@pytest.mark.parametrize("key", ["", "kort", "met spatie erin", "x" * 101])
def test_without_a_proper_key_nothing_is_decided(world: World, agnes: Program, key: str) -> None:
    signal = world.signal()
    assert agnes.decide(signal.id, key=key).status_code == 400
    assert stored(world, signal).state is SignalState.OPEN


def test_who_saw_an_older_version_is_told(world: World, agnes: Program) -> None:
    signal = world.signal()
    answer = agnes.decide(signal.id, versie=7)
    assert answer.status_code == 409
    assert "net gewijzigd" in answer.json()["detail"]


def test_the_desk_has_the_last_word(
    world: World, agnes: Program, signed_in: Callable[..., Visitor]
) -> None:
    signal = world.signal()
    signed_in("meldkamer", "Bert").decide(signal)
    answer = agnes.decide(signal.id)
    assert answer.status_code == 409
    assert "Al afgehandeld door Bert" in answer.json()["detail"]


def test_another_category_and_a_reason_follow_the_rules_of_the_desk(
    world: World, agnes: Program
) -> None:
    signal, joke = world.signal(), world.signal()
    missing = agnes.decide(signal.id, "andere-categorie", key="sleutel-a")
    assert missing.status_code == 400
    odd = agnes.decide(signal.id, "bevestigd", key="sleutel-b", reden="grap")
    assert odd.status_code == 400
    moved = agnes.decide(signal.id, "andere-categorie", key="sleutel-c", categorie="afval")
    assert (moved.status_code, moved.json()["naar"]) == (201, "handhaving")
    assert stored(world, signal).category is Category.AFVAL
    said = agnes.decide(joke.id, "geen-signaal", key="sleutel-d", reden="grap")
    assert (said.status_code, said.json()["reden"]) == (201, "grap")


def test_without_the_label_whoever_confirms_names_the_category(world: World) -> None:
    world.tenant = replace(TENANT, blind_share=1.0)
    signal = world.signal()
    made = person(world, world.account("meldkamer"), {Scope.MELDKAMER, Scope.DECIDE})
    with serving(world.app()) as served, httpx.Client(base_url=served.url) as client:
        blind = Program(client, made)
        assert blind.decide(signal.id, key="sleutel-a").status_code == 400
        chosen = {"act": "andere-categorie", "categorie": "inbraak", "key": "sleutel-b"}
        first, again = (blind.decide(signal.id, **chosen) for _ in range(2))
        assert (first.status_code, first.json()["besluit"]) == (201, "bevestigd")
        assert again.json() == first.json()


def test_a_decision_can_be_taken_back_within_its_time(
    world: World, agnes: Program, clock: FrozenClock
) -> None:
    early, late = world.signal(), world.signal()
    first = agnes.decide(early.id).json()
    undone = agnes.post(f"/besluiten/{first['id']}/_herroep")
    assert undone.status_code == 200
    assert undone.json()["herroepenOp"] is not None
    assert stored(world, early).state is SignalState.OPEN
    again = agnes.post(f"/besluiten/{first['id']}/_herroep")
    assert (again.status_code, again.json()) == (200, undone.json())
    assert world.audited("account:decision:undo") == 1
    second = agnes.decide(late.id, key="sleutel-2").json()
    clock.advance(timedelta(seconds=TENANT.undo_seconds + 1))
    assert agnes.post(f"/besluiten/{second['id']}/_herroep").status_code == 409


def test_somebody_elses_decision_stays(world: World, agnes: Program, program: MakeProgram) -> None:
    bert = program(
        person(world, world.account("meldkamer", "Bert"), {Scope.MELDKAMER, Scope.DECIDE})
    )
    made = agnes.decide(world.signal().id).json()
    assert bert.post(f"/besluiten/{made['id']}/_herroep").status_code == 403
    assert bert.fetch(f"/besluiten/{made['id']}") == made


def test_a_system_decides_nothing(world: World, follower: Program) -> None:
    signal = world.signal()
    assert follower.decide(signal.id).status_code == 403
    assert stored(world, signal).state is SignalState.OPEN


def test_a_person_without_the_scope_decides_nothing(world: World, program: MakeProgram) -> None:
    reader = program(person(world, world.account("meldkamer"), {Scope.MELDKAMER}))
    assert reader.decide(world.signal().id).status_code == 403


def test_who_reads_elsewhere_can_still_decide(world: World, program: MakeProgram) -> None:
    signal = world.signal()
    decider = program(person(world, world.account("meldkamer"), {Scope.DECIDE}))
    made = decider.decide(signal.id)
    assert made.status_code == 201
    assert decider.post(f"/besluiten/{made.json()['id']}/_herroep").status_code == 200
    rubbish = world.signal(category=Category.AFVAL)
    assert decider.decide(rubbish.id, key="sleutel-2").status_code == 404


def test_a_decision_elsewhere_is_not_found(
    world: World, agnes: Program, program: MakeProgram
) -> None:
    made = agnes.decide(world.signal().id).json()
    for stranger in (
        program(system(world, Scope.HANDHAVING)),
        program(system(world, Scope.MELDKAMER, tenant="elders")),
    ):
        assert stranger.get(f"/besluiten/{made['id']}").status_code == 404
