# SPDX-License-Identifier: EUPL-1.2
"""Picking up, putting off, explaining, tipping, and who is where; none of it decides anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from core.clock import FrozenClock
from core.label import Category, Urgency
from core.signal import SignalState
from store.signalrow import SignalRow
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]


def urgent(world: World) -> SignalRow:
    return world.signal(urgency=Urgency.SPOED)


def history(person: Visitor, signal: SignalRow) -> str:
    card = person.get(f"/kaart/{signal.id}").text
    part = card.partition("Wat er gebeurde")[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


# -- picking up -------------------------------------------------------------------------------


def test_picking_up_is_no_decision(world: World, operator: Visitor) -> None:
    signal = urgent(world)
    assert operator.send(f"/signaal/{signal.id}/oppakken").status_code == 200
    card = operator.get(f"/kaart/{signal.id}").text
    assert "Opgepakt door Agnes" in card
    assert 'data-staat="open"' in card
    assert operator.decide(signal).status_code == 200
    assert world.audited("account:signal:acknowledge") == 1


def test_the_second_who_picks_up_is_told_who_has_it(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    signal = urgent(world)
    operator.send(f"/signaal/{signal.id}/oppakken")
    late = signed_in("meldkamer", "Bert").send(f"/signaal/{signal.id}/oppakken")
    assert (late.status_code, late.json()["detail"]) == (409, "Agnes pakte dit al op.")


def test_what_was_decided_cannot_be_picked_up_or_put_off(world: World, operator: Visitor) -> None:
    signal = urgent(world)
    operator.decide(signal)
    assert operator.send(f"/signaal/{signal.id}/oppakken").status_code == 409
    assert operator.send(f"/signaal/{signal.id}/uitstellen", minuten="5").status_code == 409


def test_whoever_takes_a_decision_back_has_the_signal(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    signal = urgent(world)
    decision = operator.decide(signal).json()["decision"]
    operator.send(f"/besluit/{decision}/ongedaan")
    assert "Opgepakt door Agnes" in signed_in("meldkamer", "Bert").get("/meldkamer").text


def test_nothing_of_the_other_queue_can_be_touched(world: World, signed_in: SignedIn) -> None:
    signal, officer = urgent(world), signed_in("handhaving")
    for deed, fields in (
        ("oppakken", {}),
        ("uitstellen", {"minuten": "5"}),
        ("terughalen", {}),
        ("tip", {"tip": "tip_inbraak"}),
    ):
        assert officer.send(f"/signaal/{signal.id}/{deed}", **fields).status_code == 404
    assert officer.send("/aanwezig", signaal=signal.id).status_code == 404


# -- putting off ------------------------------------------------------------------------------


def test_what_is_put_off_has_an_owner_and_an_end(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    signal = world.signal()
    answer = operator.send(f"/signaal/{signal.id}/uitstellen", minuten="60")
    assert re.fullmatch(r"\d\d:\d\d", answer.json()["until"])
    assert signal.id not in operator.get("/meldkamer").text
    put_off = operator.get("/uitgesteld").text
    assert f"Uitgesteld tot {answer.json()['until']} door Agnes" in put_off
    clock.advance(timedelta(minutes=60))
    assert signal.id in operator.get("/meldkamer").text
    assert "Er is niets uitgesteld" in operator.get("/uitgesteld").text


def test_a_colleague_can_fetch_it_back(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    signal = world.signal()
    operator.send(f"/signaal/{signal.id}/uitstellen", minuten="240")
    bert = signed_in("meldkamer", "Bert")
    assert bert.post(f"/signaal/{signal.id}/terughalen").status_code == 303
    assert signal.id in operator.get("/meldkamer").text
    said = history(operator, signal)
    assert "Agnes uitgesteld tot" in said
    assert "Bert weer in de rij" in said


@pytest.mark.parametrize(
    ("urgency", "minutes", "status"),
    [
        (Urgency.SPOED, "15", 200),
        (Urgency.SPOED, "60", 400),
        (Urgency.ACTUEEL, "240", 200),
        (Urgency.ACTUEEL, "7", 400),
        (Urgency.ACTUEEL, "veel", 400),
    ],
)
def test_urgent_signals_wait_no_longer_than_a_quarter_of_an_hour(
    world: World, operator: Visitor, urgency: Urgency, minutes: str, status: int
) -> None:
    signal = world.signal(urgency=urgency)
    answer = operator.send(f"/signaal/{signal.id}/uitstellen", minuten=minutes)
    assert answer.status_code == status


# -- explaining -------------------------------------------------------------------------------


def test_a_reason_can_follow_a_rejection(world: World, operator: Visitor) -> None:
    signal = world.signal()
    decision = operator.decide(signal, "geen-signaal").json()["decision"]
    assert operator.send(f"/besluit/{decision}/reden", reden="grap").status_code == 200
    assert "geen signaal (grap of uitdrukking)" in history(operator, signal)


def test_a_reason_is_from_the_list_and_for_a_rejection_only(
    world: World, operator: Visitor
) -> None:
    no = operator.decide(world.signal(), "geen-signaal").json()["decision"]
    yes = operator.decide(world.signal()).json()["decision"]
    assert operator.send(f"/besluit/{no}/reden", reden="omdat Jan liegt").status_code == 400
    assert operator.send(f"/besluit/{yes}/reden", reden="grap").status_code == 403


def test_only_whoever_decided_explains_and_only_shortly_after(
    world: World, operator: Visitor, signed_in: SignedIn, clock: FrozenClock
) -> None:
    decision = operator.decide(world.signal(), "geen-signaal").json()["decision"]
    bert = signed_in("meldkamer", "Bert")
    assert bert.send(f"/besluit/{decision}/reden", reden="grap").status_code == 403
    clock.advance(timedelta(minutes=6))
    assert operator.send(f"/besluit/{decision}/reden", reden="grap").status_code == 403


# -- tips -------------------------------------------------------------------------------------


def test_a_tip_goes_to_the_group_and_speaks_of_nobody(world: World, operator: Visitor) -> None:
    signal = world.signal()
    page = operator.get(f"/incident/{signal.incident_id}").text
    assert "Draai de deur altijd op slot" in page
    assert operator.post(f"/signaal/{signal.id}/tip", tip="tip_inbraak").status_code == 303
    with world.store.read() as work:
        [letter] = work.outbox.of_signal(signal.id)
    assert (letter.kind, letter.target, letter.decision_id) == ("tip", "group", None)
    assert letter.payload is not None
    assert letter.payload["reply_to"] is None
    assert "Jan" not in letter.payload["text"]
    assert "tip gestuurd: inbraak voorkomen" in history(operator, signal)
    assert world.audited("account:tip:send") == 1


def test_a_group_gets_the_same_tip_once_a_day(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    first, second = world.signal(), world.signal()
    assert operator.post(f"/signaal/{first.id}/tip", tip="tip_inbraak").status_code == 303
    assert operator.post(f"/signaal/{second.id}/tip", tip="tip_inbraak").status_code == 409
    assert operator.post(f"/signaal/{second.id}/tip", tip="tip_afval").status_code == 303
    clock.advance(timedelta(hours=8))  # Shifts are shorter than days; the session still holds.
    assert operator.post(f"/signaal/{second.id}/tip", tip="tip_voertuig").status_code == 303


def test_a_group_that_does_not_want_us_gets_no_tip(world: World, operator: Visitor) -> None:
    signal = world.signal(group=world.group(granted=False))
    assert operator.post(f"/signaal/{signal.id}/tip", tip="tip_inbraak").status_code == 409
    assert "hier geen tip sturen" in operator.get(f"/incident/{signal.incident_id}").text


@pytest.mark.parametrize("key", ["", "welkom", "stop"])
def test_only_tips_can_be_sent_as_tips(world: World, operator: Visitor, key: str) -> None:
    assert operator.post(f"/signaal/{world.signal().id}/tip", tip=key).status_code == 400


# -- joining, and what a category was worth here ------------------------------------------------


def test_joining_and_taking_apart_are_in_the_history(world: World, operator: Visitor) -> None:
    one, other = world.signal(), world.signal("Nog een inbraak", place="")
    operator.post(f"/incident/{one.incident_id}/samenvoegen", **{"in": other.incident_id})
    operator.post(f"/signaal/{one.id}/losmaken")
    said = history(operator, one)
    assert "Agnes incident samengevoegd met een ander" in said
    assert "Agnes losgemaakt van het incident" in said


def test_a_card_says_how_a_category_was_judged_here_but_not_from_a_few(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    for n in range(4):
        operator.decide(world.signal(), "bevestigd" if n else "geen-signaal")
    signal = world.signal()
    assert "hier laatste 30 dagen" not in operator.get(f"/kaart/{signal.id}").text
    operator.decide(world.signal())
    other = world.signal(category=Category.GEWELD)
    assert "4 van 5 bevestigd" in operator.get(f"/kaart/{signal.id}").text
    assert "hier laatste 30 dagen" not in operator.get(f"/kaart/{other.id}").text
    clock.advance(timedelta(hours=8))


# -- presence ---------------------------------------------------------------------------------


def test_colleagues_see_who_has_a_card_in_hand_and_not_themselves(
    world: World, operator: Visitor, signed_in: SignedIn, clock: FrozenClock
) -> None:
    signal, bert = world.signal(), signed_in("meldkamer", "Bert")
    operator.send("/aanwezig", signaal=signal.id)
    assert bert.get("/aanwezig").json() == {signal.id: ["Agnes"]}
    assert operator.get("/aanwezig").json() == {}
    assert signed_in("handhaving").get("/aanwezig").json() == {}
    clock.advance(timedelta(minutes=3))
    assert bert.get("/aanwezig").json() == {}


def test_putting_a_card_down_tells_the_colleagues(world: World, operator: Visitor) -> None:
    signal = world.signal()
    operator.send("/aanwezig", signaal=signal.id)
    operator.send("/aanwezig", signaal=signal.id)
    operator.send("/aanwezig", signaal="")
    with world.store.read() as work:
        events = [e for e in work.events.after(SLUG, 0) if e.kind == "presence.changed"]
    assert [event.ref for event in events] == [signal.id] * 2


def test_presence_decides_nothing_and_is_not_in_the_audit_log(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    signal = world.signal()
    before = world.audited("account:signal:consult")
    operator.send("/aanwezig", signaal=signal.id)
    assert world.audited("account:signal:consult") == before
    assert signed_in("meldkamer", "Bert").decide(signal).status_code == 200
    with world.store.read() as work:
        assert work.signals.get(signal.id).state is SignalState.DECIDED
