# SPDX-License-Identifier: EUPL-1.2
"""Cards that say nothing of what the model thinks: the blind sample and the stop button."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.blind import drawn
from core.clock import FrozenClock
from core.label import Category, Urgency
from core.signal import Act, SignalState, View
from store.decisions import DecisionRow
from store.signalrow import SignalRow
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World
from tests.store_samples import decision

SignedIn = Callable[..., Visitor]

#: Everything on a card that would tell what the model thinks of this signal.
TELLING = (
    *("Inbraak", "woning", "bzibwn", "vrijwel zeker", "97%", "<mark>", "zag het zelf"),
    *("Model twijfelt", "Het kan ook zijn", "alles › politie", "klopten er"),
)


@pytest.fixture
def blind(world: World) -> World:
    """A municipality in which every signal is drawn."""
    world.tenant = replace(world.tenant, blind_share=1.0)
    return world


@pytest.fixture
def third(world: World) -> World:
    """A municipality in which about a third of the signals is drawn."""
    world.tenant = replace(world.tenant, blind_share=0.3)
    return world


def telling(world: World, urgency: Urgency = Urgency.SPOED) -> SignalRow:
    return world.signal(subcategory="woning", probability=0.97, urgency=urgency)


def words_of(card: str) -> str:
    """Return what a card says, without the list of categories to choose from."""
    return re.sub(r"<select.*?</select>", "", card, flags=re.DOTALL)


def decided(world: World, signal: SignalRow) -> DecisionRow:
    with world.store.read() as work:
        return work.decisions.of_signal(signal.id)[-1]


def stop(person: Visitor, to: str = "uit") -> None:
    assert person.post("/scores", stand=to).status_code == 303


# -- the blind sample -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/kaart/{0.id}", "/meldkamer", "/incident/{0.incident_id}"])
def test_a_drawn_card_tells_nothing_of_the_model_but_how_urgent_it_is(
    blind: World, signed_in: SignedIn, path: str
) -> None:
    signal = telling(blind)
    page = words_of(signed_in("meldkamer").get(path.format(signal)).text)
    cards = page[page.index("<article") : page.index("</article>")]
    assert [word for word in TELLING if word in cards] == []
    assert "Zonder label" in cards
    assert ">Spoed<" in cards
    assert signal.text is None or signal.text in page


def test_the_words_for_the_kladblok_name_no_code(blind: World, signed_in: SignedIn) -> None:
    card = signed_in("meldkamer").get(f"/kaart/{telling(blind).id}").text
    found = re.search(r"data-kopieerbron>(.*?)</pre>", card, re.DOTALL)
    assert found is not None
    assert found[1].startswith("Plaats: Parallelweg 14 (Kersenbuurt)")


def test_other_messages_of_the_incident_do_not_give_it_away(
    blind: World, signed_in: SignedIn
) -> None:
    incident = blind.incident()
    telling(blind)
    blind.signal("Glas gebroken", incident=incident, place="")
    signal = blind.signal(incident=incident, place="")
    card = words_of(signed_in("meldkamer").get(f"/kaart/{signal.id}").text)
    assert "Glas gebroken" in card
    assert "inbraak" not in card.lower().replace("ingebroken", "")


def test_without_a_label_nobody_can_just_confirm(blind: World, signed_in: SignedIn) -> None:
    signal = telling(blind)
    person = signed_in("meldkamer")
    assert "bevestigd" not in person.get(f"/kaart/{signal.id}").text
    answer = person.decide(signal)
    assert answer.status_code == 400
    assert "Kies zelf de categorie" in answer.json()["detail"]


def test_choosing_what_the_model_thought_is_a_confirmation(
    blind: World, signed_in: SignedIn
) -> None:
    signal = telling(blind)
    assert signed_in("meldkamer").decide(signal, "andere-categorie", categorie="inbraak").is_success
    known = decided(blind, signal).decision
    assert (known.act, known.category, known.shown) == (Act.CONFIRM, None, View.BLIND)
    with blind.store.read() as work:
        row = work.signals.get(signal.id)
        assert (row.subcategory, row.state) == ("woning", SignalState.DECIDED)
        assert {letter.target for letter in work.outbox.of_signal(signal.id)} == {
            "politie-mail",
            "group",
        }


def test_choosing_something_else_or_nothing_is_disagreement(
    blind: World, signed_in: SignedIn
) -> None:
    person = signed_in("meldkamer")
    for act, category in (("andere-categorie", "geweld"), ("geen-signaal", "")):
        person.decide(telling(blind), act, categorie=category)
    with blind.store.read() as work:
        found = work.decisions.samples(SLUG, blind.clock.now())[View.BLIND]
    assert (found.judged, found.agreed, found.rejected, found.recategorised) == (2, 0, 1, 1)


def test_after_the_decision_the_card_may_say_what_the_model_thought(
    blind: World, signed_in: SignedIn
) -> None:
    signal = telling(blind)
    person = signed_in("meldkamer")
    person.decide(signal, "andere-categorie", categorie="inbraak")
    card = person.get(f"/kaart/{signal.id}").text
    assert "Inbraak: woning" in card
    assert "bevestigd, zonder het oordeel van het model" in card


def test_the_queue_draws_exactly_the_share_that_its_key_says(
    third: World, signed_in: SignedIn
) -> None:
    group, incident = third.group(), third.incident()
    made = [third.signal(f"Nummer {n}", group=group, incident=incident).id for n in range(40)]
    key = third.services.sample_key
    page = signed_in("meldkamer").get("/meldkamer").text
    cards = re.findall(r'data-id="([^"]+)"[^>]*?data-blind', page)
    assert sorted(cards) == sorted(id for id in made if drawn(key, id, 0.3))
    assert 0 < len(cards) < 40


def test_the_research_page_compares_with_and_without_label(
    world: World, signed_in: SignedIn
) -> None:
    person = signed_in("meldkamer")
    group, incident = world.group(), world.incident()
    made = [world.signal(f"Nummer {n}", group=group, incident=incident) for n in range(50)]
    for n, signal in enumerate(made[:25]):
        person.decide(signal, "bevestigd" if n else "geen-signaal")
    with world.store.write() as work:
        for n, signal in enumerate(made[25:]):
            act = Act.CONFIRM if n >= 5 else Act.REJECT
            at = world.clock.now()
            work.decisions.decide(decision(signal, act, at=at, shown=View.BLIND))
    page = signed_in("toezicht").get("/onderzoek").text
    rows = re.findall(r'<tr><th scope="row">(?:Label en|Niets \(steek).*?</tr>', page)
    assert [row.count("<td") for row in rows] == [5, 5]
    assert '<td class="getal">25</td>' in rows[0]
    assert rows[0].endswith('<td class="getal">4%</td></tr>')
    assert rows[1].endswith('<td class="getal">20%</td></tr>')


# -- the stop button --------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["toezicht", "beheer"])
def test_supervisor_and_administrator_can_stop_the_scores_and_start_them(
    world: World, signed_in: SignedIn, role: str
) -> None:
    person = signed_in(role, "Tess")
    assert "De scores staan aan" in person.get("/scores").text
    stop(person)
    page = person.get("/scores").text
    assert "De scores staan uit." in page
    assert "Dat deed Tess" in page
    stop(person, "aan")
    assert "De scores staan aan" in person.get("/scores").text
    assert world.audited("account:scores:stop") == world.audited("account:scores:start") == 1


def test_stopping_twice_is_one_deed(world: World, signed_in: SignedIn) -> None:
    person = signed_in("toezicht")
    stop(person)
    stop(person)
    assert world.audited("account:scores:stop") == 1


def test_no_other_role_can_stop_them(signed_in: SignedIn) -> None:
    for role in ("meldkamer", "handhaving", "groepsbeheer", "onderzoek", "wandbord"):
        assert signed_in(role).post("/scores", stand="uit").status_code == 403


def test_without_scores_no_card_tells_anything_of_the_model(
    world: World, signed_in: SignedIn
) -> None:
    signal = telling(world)
    stop(signed_in("toezicht"))
    person = signed_in("meldkamer")
    for path in (f"/kaart/{signal.id}", "/meldkamer", f"/incident/{signal.incident_id}"):
        page = words_of(person.get(path).text)
        cards = page[page.index("<article") : page.index("</article>")]
        assert [word for word in (*TELLING, "Spoed", "spoed") if word in cards] == []
    assert "De scores staan uit sinds" in person.get("/meldkamer").text


def test_without_scores_the_queue_goes_on_by_age_and_back(
    world: World, signed_in: SignedIn, clock: FrozenClock
) -> None:
    made = []
    for urgency in (Urgency.NIET_URGENT, Urgency.ACTUEEL, Urgency.SPOED):
        made.append(telling(world, urgency).id)
        clock.advance(timedelta(minutes=1))
    supervisor, person = signed_in("toezicht"), signed_in("meldkamer")
    by_urgency = made[::-1]
    assert re.findall(r'id="kaart-([^"]+)"', person.get("/meldkamer").text) == by_urgency
    stop(supervisor)
    assert re.findall(r'id="kaart-([^"]+)"', person.get("/meldkamer").text) == made
    stop(supervisor, "aan")
    assert re.findall(r'id="kaart-([^"]+)"', person.get("/meldkamer").text) == by_urgency


def test_without_scores_a_category_is_chosen_and_that_is_written_down(
    world: World, signed_in: SignedIn
) -> None:
    signal = telling(world)
    stop(signed_in("toezicht"))
    person = signed_in("meldkamer")
    assert person.decide(signal).status_code == 400
    assert person.decide(signal, "andere-categorie", categorie="inbraak").status_code == 200
    known = decided(world, signal).decision
    assert (known.act, known.shown) == (Act.CONFIRM, View.OFF)


def test_another_municipality_keeps_its_scores(world: World, signed_in: SignedIn) -> None:
    stop(signed_in("toezicht"))
    group = world.group("Elders", tenant="elders")
    world.signal(group=group, category=Category.INBRAAK)
    page = signed_in("meldkamer", "Els", tenant="elders").get("/meldkamer").text
    assert "Inbraak" in page
    assert "De scores staan uit" not in page


def test_screens_of_both_queues_are_told_at_once(world: World, signed_in: SignedIn) -> None:
    stop(signed_in("toezicht"))
    with world.store.read() as work:
        told = [(e.channel, e.kind, e.ref) for e in work.events.after(SLUG, 0)]
    assert told == [("meldkamer", "scores.changed", "uit"), ("handhaving", "scores.changed", "uit")]
