# SPDX-License-Identifier: EUPL-1.2
"""What nobody picks up goes to somebody else, snoozes end, and floods are told; and the wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.clock import FrozenClock
from core.label import Queue, Urgency
from dashboard.lookout import Lookout, second
from store.looks import Look
from store.signalrow import SignalRow
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]
NOW = datetime.fromisoformat("2026-11-21T12:00:00+00:00")


@pytest.fixture
def lookout(world: World) -> Lookout:
    return Lookout(world.services)


@pytest.fixture
def blind(world: World) -> World:
    world.tenant = replace(world.tenant, blind_share=1.0)
    return world


def urgent(world: World) -> SignalRow:
    return world.signal(urgency=Urgency.SPOED)


def told(world: World, kind: str) -> list[str]:
    with world.store.read() as work:
        return [event.ref for event in work.events.after(SLUG, 0) if event.kind == kind]


# -- escalation -------------------------------------------------------------------------------


def test_what_nobody_picks_up_goes_to_a_second_operator_after_the_set_time(
    world: World, lookout: Lookout, signed_in: SignedIn, clock: FrozenClock
) -> None:
    agnes, bert = signed_in("meldkamer", "Agnes"), signed_in("meldkamer", "Bert")
    signal = urgent(world)
    clock.advance(timedelta(seconds=119))
    agnes.send("/aanwezig", signaal=signal.id)
    bert.send("/aanwezig", signaal="")
    lookout.look_around()
    assert told(world, "signal.escalated") == []
    clock.advance(timedelta(seconds=1))
    lookout.look_around()
    lookout.look_around()
    assert told(world, "signal.escalated") == [signal.id]
    assert "Niemand pakte dit op: voor u" in bert.get(f"/kaart/{signal.id}").text
    assert "Niemand pakte dit op: voor Bert" in agnes.get(f"/kaart/{signal.id}").text
    assert world.audited("system:signal:escalate") == 1
    assert "doorgegeven aan Bert" in agnes.get(f"/kaart/{signal.id}").text


def test_picking_up_ends_the_call_but_not_the_wait(
    world: World, lookout: Lookout, operator: Visitor, clock: FrozenClock
) -> None:
    signal = urgent(world)
    clock.advance(timedelta(minutes=3))
    lookout.look_around()
    assert "kaart--roept" in operator.get("/meldkamer").text
    operator.send(f"/signaal/{signal.id}/oppakken")
    page = operator.get("/meldkamer").text
    assert "kaart--roept" not in page
    assert signal.id in page


@pytest.mark.parametrize("deed", ["oppakken", "uitstellen", "besluit"])
def test_what_somebody_works_at_is_not_escalated(
    world: World, lookout: Lookout, operator: Visitor, clock: FrozenClock, deed: str
) -> None:
    signal = urgent(world)
    fields = {"minuten": "15", "besluit": "bevestigd", "versie": str(signal.version)}
    operator.send(f"/signaal/{signal.id}/{deed}", **fields)
    clock.advance(timedelta(minutes=5))
    lookout.look_around()
    assert told(world, "signal.escalated") == []


def test_what_is_not_urgent_or_old_history_calls_nobody(
    world: World, lookout: Lookout, clock: FrozenClock
) -> None:
    world.signal(urgency=Urgency.ACTUEEL)
    world.signal(urgency=Urgency.SPOED, received_at=clock.now() - timedelta(hours=4))
    clock.advance(timedelta(minutes=5))
    lookout.look_around()
    assert told(world, "signal.escalated") == []


def test_without_scores_nobody_is_called(
    world: World, lookout: Lookout, signed_in: SignedIn, clock: FrozenClock
) -> None:
    urgent(world)
    signed_in("toezicht").post("/scores", stand="uit")
    clock.advance(timedelta(minutes=5))
    lookout.look_around()
    assert told(world, "signal.escalated") == []


def look(actor: str, signal: str | None) -> Look:
    return Look(
        session=actor,
        tenant=SLUG,
        queue=Queue.MELDKAMER,
        actor=actor,
        signal_id=signal,
        at=NOW,
    )


@pytest.mark.parametrize(
    ("here", "who"),
    [
        ([], ""),
        ([("agnes", "s1")], ""),
        ([("agnes", "s1"), ("bert", None)], "bert"),
        ([("agnes", "s1"), ("bert", "s2"), ("carla", None)], "carla"),
        ([("agnes", "s1"), ("bert", "s2")], "bert"),
    ],
)
def test_the_second_operator_is_present_has_another_card_and_rather_free_hands(
    here: list[tuple[str, str | None]], who: str
) -> None:
    assert second([look(actor, signal) for actor, signal in here], "s1") == who


def test_calls_are_spread_over_the_people_who_are_there() -> None:
    looks = [look(name, None) for name in ("agnes", "bert", "carla")]
    asked = [second(looks, f"signal-{n}") for n in range(90)]
    assert all(asked.count(name) > 15 for name in ("agnes", "bert", "carla"))


# -- snoozes ----------------------------------------------------------------------------------


def test_a_snooze_that_is_over_comes_back_on_every_screen(
    world: World, lookout: Lookout, operator: Visitor, clock: FrozenClock
) -> None:
    signal = world.signal()
    operator.send(f"/signaal/{signal.id}/uitstellen", minuten="5")
    before = told(world, "signal.new").count(signal.id)
    lookout.look_around()
    assert told(world, "signal.new").count(signal.id) == before
    clock.advance(timedelta(minutes=5))
    lookout.look_around()
    lookout.look_around()
    assert told(world, "signal.new").count(signal.id) == before + 1
    assert world.audited("system:signal:wake") == 1
    assert "systeem</small><br>weer in de rij" in operator.get(f"/kaart/{signal.id}").text


# -- floods -----------------------------------------------------------------------------------


def burst(world: World, count: int, urgency: Urgency = Urgency.ACTUEEL) -> None:
    group, incident = world.group(), world.incident()
    for n in range(count):
        world.signal(f"Melding {n}", group=group, incident=incident, urgency=urgency, place="")


def test_more_than_ten_in_ten_minutes_for_one_operator_is_a_flood_that_ends(
    world: World, lookout: Lookout, operator: Visitor, clock: FrozenClock
) -> None:
    burst(world, 10)
    lookout.look_around()
    assert told(world, "queue.flood") == []
    burst(world, 1)
    lookout.look_around()
    lookout.look_around()
    assert told(world, "queue.flood") == ["aan"]
    page = operator.get("/meldkamer").text
    assert 'class="rij rij--levend rij--druk"' in page
    assert "U ziet alleen spoed" in page
    everything = operator.get("/meldkamer?alles=true").text
    assert "rij--druk" not in everything
    assert 'href="/meldkamer">Toon alleen spoed' in everything
    clock.advance(timedelta(minutes=11))
    lookout.look_around()
    assert told(world, "queue.flood") == ["aan", "uit"]
    assert "rij--druk" not in operator.get("/meldkamer").text


def test_two_operators_can_have_twice_as_much(
    world: World, lookout: Lookout, signed_in: SignedIn
) -> None:
    for name in ("Agnes", "Bert"):
        signed_in("meldkamer", name).send("/aanwezig", signaal="")
    burst(world, 20)
    lookout.look_around()
    assert told(world, "queue.flood") == []
    burst(world, 1)
    lookout.look_around()
    assert told(world, "queue.flood") == ["aan"]


def test_a_flood_shows_one_card_of_an_incident(
    world: World, lookout: Lookout, operator: Visitor
) -> None:
    burst(world, 12, Urgency.SPOED)
    lookout.look_around()
    page = operator.get("/meldkamer").text
    assert page.count('<li class="dubbel">') == 11


def test_without_scores_nothing_is_hidden(
    world: World, lookout: Lookout, operator: Visitor, signed_in: SignedIn
) -> None:
    burst(world, 12)
    lookout.look_around()
    signed_in("toezicht").post("/scores", stand="uit")
    assert "rij--druk" not in operator.get("/meldkamer").text


# -- the wall ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["wandbord", "toezicht", "beheer", "meldkamer"])
def test_the_wall_shows_how_busy_it_is_and_no_words_names_or_addresses(
    world: World, lookout: Lookout, signed_in: SignedIn, clock: FrozenClock, role: str
) -> None:
    signal = urgent(world)
    world.signal("Fiets weg bij Jan", place="")
    signed_in("meldkamer", "Agnes").send("/aanwezig", signaal=signal.id)
    clock.advance(timedelta(minutes=2))
    lookout.look_around()
    page = signed_in(role, "Piet").get("/wandbord").text
    for words in ("<dd>2</dd>", "Inbraak", "Kersenbuurt", "Niemand pakte dit op"):
        assert words in page
    for secret in ("ingebroken", "Jan", "Parallelweg", "Agnes", "Fiets", signal.id):
        assert secret not in page
    assert ("Handhaving</h2>" in page) == (role != "meldkamer")


def test_the_wall_tells_no_label_of_the_blind_sample(blind: World, signed_in: SignedIn) -> None:
    urgent(blind)
    page = signed_in("wandbord").get("/wandbord").text
    assert "<strong>Signaal</strong>" in page
    assert "Inbraak" not in page


def test_the_wall_tells_nothing_of_the_model_without_scores(
    world: World, signed_in: SignedIn
) -> None:
    urgent(world)
    board = signed_in("wandbord")
    signed_in("toezicht").post("/scores", stand="uit")
    page = board.get("/wandbord").text
    assert "De scores staan uit" in page
    assert "Inbraak" not in page
    assert "Spoed" not in page


def test_whoever_looks_at_the_wall_can_do_nothing_else(world: World, signed_in: SignedIn) -> None:
    signal = urgent(world)
    board = signed_in("wandbord")
    assert board.get("/").headers["location"] == "/wandbord"
    for path in ("/meldkamer", f"/kaart/{signal.id}", "/kaarten", "/toezicht", "/scores"):
        assert board.get(path).status_code == 403
    assert board.decide(signal).status_code == 403
