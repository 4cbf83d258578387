# SPDX-License-Identifier: EUPL-1.2
"""Lists, files, hand-over, dossiers, counts and letters say no more of the model than the card."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.blind import drawn
from core.clock import FrozenClock
from core.identity import new_id
from core.label import Category, Queue, Urgency
from store.outbox import OutboxRow
from store.signalrow import SignalRow
from tests.dashboard.test_unlabelled import words_of
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]

#: The text of the signals below says nothing of their category.
TEXT = "Kom snel kijken bij de kiosk"


@pytest.fixture
def blind(world: World) -> World:
    """A municipality in which every signal is drawn."""
    world.tenant = replace(world.tenant, blind_share=1.0)
    return world


@pytest.fixture
def half(world: World) -> World:
    """A municipality in which about half of the signals is drawn."""
    world.tenant = replace(world.tenant, blind_share=0.5)
    return world


def signal(world: World, urgency: Urgency = Urgency.SPOED, **more: Any) -> SignalRow:
    more = {"category": Category.BEROVING, "place": "", "names": (), **more}
    return world.signal(TEXT, urgency=urgency, **more)


def stop(signed_in: SignedIn, to: str = "uit") -> None:
    assert signed_in("toezicht", f"Tess {to}").post("/scores", stand=to).status_code == 303


def main_of(person: Visitor, path: str) -> str:
    """Return what a page says, without what there is to choose from."""
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    text = words_of(answer.text)
    text = re.sub(r'<details class="filters">.*?</details>', "", text, flags=re.DOTALL)
    return text[text.index("<main") : text.index("</main>")]


def told(person: Visitor, path: str) -> dict[str, Any]:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text)
    return found


def dossier_with(person: Visitor, row: SignalRow) -> str:
    answer = person.post(
        "/dossiers",
        onderwerp="Kiosk op het plein",
        doel="Minder overlast op het plein",
        wijk="kersenbuurt",
        dagen="30",
    )
    path = answer.headers["location"]
    assert person.post(f"/signaal/{row.id}/dossier", dossier=path.rpartition("/")[2]).is_redirect
    return path


def stuck(world: World, row: SignalRow) -> None:
    """Leave a letter about the signal that did not arrive."""
    now = world.clock.now()
    letter = OutboxRow(
        id=new_id(now),
        tenant=SLUG,
        kind="question",
        target="group",
        payload={"text": "Staat hij er nog?"},
        idempotency_key=new_id(now),
        due_at=now,
        created_at=now,
        signal_id=row.id,
        group_id=row.group_id,
    )
    with world.store.write() as work:
        work.outbox.put([letter])
        work.outbox.claim(now, timedelta(minutes=1), 1)
        work.outbox.dead(letter.id, "TargetRefused: 410", now)


# -- the blind sample -------------------------------------------------------------------------


def test_a_drawn_signal_has_no_label_on_any_page(blind: World, operator: Visitor) -> None:
    row = signal(blind)
    dossier = dossier_with(operator, row)
    for path in ("/lijst", "/lijst?stand=alle", "/overdracht", dossier):
        page = main_of(operator, path)
        assert TEXT in page
        assert "Zonder label" in page
        assert "beroving" not in page.lower(), path


def test_a_drawn_signal_has_no_label_in_any_file(blind: World, operator: Visitor) -> None:
    row = signal(blind)
    dossier = dossier_with(operator, row)
    for path in ("/lijst.csv", "/lijst.json", "/overdracht.json", f"{dossier}.json"):
        text = operator.get(path).text
        assert row.id in text
        assert "beroving" not in text.lower(), path
    (line,) = told(operator, "/lijst.json")["signalen"]
    assert (line["categorie"], line["urgentie"]) == ("Zonder label", "spoed")
    (line,) = told(operator, f"{dossier}.json")["signalen"]
    assert (line["categorie"], line["urgentie"]) == ("Zonder label", "spoed")


def test_after_the_decision_the_label_is_there(blind: World, operator: Visitor) -> None:
    row = signal(blind)
    operator.decide(row, "andere-categorie", categorie="beroving")
    (line,) = told(operator, "/lijst.json?stand=afgehandeld&categorie=beroving")["signalen"]
    assert (line["id"], line["categorie"]) == (row.id, "beroving")


def test_no_choice_of_categories_finds_a_drawn_signal(half: World, operator: Visitor) -> None:
    group, incident = half.group(), half.incident()
    made = [signal(half, group=group, incident=incident).id for _ in range(30)]
    key = half.services.sample_key
    open_ones = {id for id in made if not drawn(key, id, 0.5)}
    assert 0 < len(open_ones) < 30
    every = "&".join(f"categorie={c.value}" for c in Category)
    for query in ("categorie=beroving", every, "categorie=beroving&urgentie=spoed&q=kiosk"):
        found = {line["id"] for line in told(operator, f"/lijst.json?{query}")["signalen"]}
        assert found == open_ones
    assert {line["id"] for line in told(operator, "/lijst.json?q=kiosk")["signalen"]} == set(made)
    page = main_of(operator, "/lijst?categorie=beroving")
    assert f"{len(open_ones)} signalen" in page
    assert "Open signalen uit de steekproef hebben nog geen label." in page
    assert "steekproef" not in main_of(operator, "/lijst")


def test_a_wrong_category_and_the_right_one_answer_alike_for_a_drawn_signal(
    blind: World, operator: Visitor
) -> None:
    signal(blind)
    right = main_of(operator, "/lijst?categorie=beroving")
    wrong = main_of(operator, "/lijst?categorie=geweld")
    assert right.replace("Beroving", "").replace("beroving", "") == wrong.replace(
        "Geweld", ""
    ).replace("geweld", "")


def test_the_hand_over_counts_drawn_signals_apart(half: World, operator: Visitor) -> None:
    group, incident = half.group(), half.incident()
    made = [signal(half, group=group, incident=incident).id for _ in range(30)]
    hidden = sum(drawn(half.services.sample_key, id, 0.5) for id in made)
    found = told(operator, "/overdracht.json")
    assert found["per_categorie"] == {"beroving": 30 - hidden}
    assert (found["zonder_label"], found["per_urgentie"]["spoed"]) == (hidden, 30)


def test_places_and_times_count_drawn_signals_in_no_category(
    blind: World, signed_in: SignedIn
) -> None:
    group, incident = blind.group(), blind.incident()
    for _ in range(12):
        signal(blind, group=group, incident=incident)
    for role in ("meldkamer", "onderzoek"):
        person = signed_in(role)
        page = main_of(person, "/plekken-en-tijden")
        assert "kersenbuurt" in page.lower()
        assert "beroving" not in page.lower()
        assert "Nog niets te tellen" in main_of(person, "/plekken-en-tijden?categorie=beroving")
        lines = told(person, "/plekken-en-tijden.json?categorie=beroving")["aantallen"]
        assert {line["aantal"] for line in lines} == {"0"}


def test_a_letter_that_did_not_arrive_names_no_hidden_category(
    blind: World, signed_in: SignedIn
) -> None:
    row = signal(blind)
    stuck(blind, row)
    for role in ("meldkamer", "beheer"):
        page = main_of(signed_in(role), "/afleveringen")
        assert "Zonder label" in page
        assert "beroving" not in page.lower()


def test_a_group_admin_learns_no_hidden_category(blind: World, signed_in: SignedIn) -> None:
    group = blind.group()
    signal(blind, group=group)
    page = main_of(signed_in("groepsbeheer", groups=(group.id,)), f"/groep/{group.id}")
    assert "Zonder label" in page
    assert "beroving" not in page.lower()


# -- the stop button --------------------------------------------------------------------------


def test_without_scores_no_page_says_category_or_urgency(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    dossier = dossier_with(operator, signal(world))
    stop(signed_in)
    for path in ("/lijst", "/overdracht", dossier, "/plekken-en-tijden"):
        page = main_of(operator, path).lower()
        assert [word for word in ("beroving", "spoed") if word in page] == [], path
    assert "De scores staan uit" in operator.get("/lijst").text


def test_without_scores_no_file_says_category_or_urgency(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    row = signal(world)
    dossier = dossier_with(operator, row)
    stop(signed_in)
    for path in ("/lijst.csv", "/lijst.json", f"{dossier}.json"):
        text = operator.get(path).text
        assert row.id in text
        assert [word for word in ("beroving", '"spoed"', ";spoed;") if word in text] == [], path
    found = told(operator, "/overdracht.json")
    assert (found["wacht"], found["wacht_spoed"], found["zonder_label"]) == (1, None, 1)
    assert (found["per_categorie"], found["per_urgentie"]) == ({}, {})
    assert {slot["spoed"] for slot in found["per_half_uur"]} == {None}


@pytest.mark.parametrize("query", ["categorie=beroving", "urgentie=spoed"])
def test_without_scores_nobody_can_choose_by_label(
    world: World, operator: Visitor, signed_in: SignedIn, query: str
) -> None:
    row = signal(world)
    stop(signed_in)
    for path in ("/lijst", "/lijst.csv", "/lijst.json"):
        answer = operator.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert "De scores staan uit" in answer.text
        assert row.id not in answer.text
    assert f'name="{query.partition("=")[0]}"' not in operator.get("/lijst").text
    stop(signed_in, "aan")
    assert operator.get(f"/lijst?{query}").status_code == 200


def test_without_scores_places_cannot_be_counted_by_category(
    operator: Visitor, signed_in: SignedIn
) -> None:
    stop(signed_in)
    for end in ("", ".csv", ".json"):
        answer = operator.get(f"/plekken-en-tijden{end}?categorie=beroving")
        assert answer.status_code == 400


def test_without_scores_lists_and_hand_over_begin_with_the_oldest(
    world: World, operator: Visitor, signed_in: SignedIn, clock: FrozenClock
) -> None:
    made = []
    for urgency in (Urgency.ACTUEEL, Urgency.NIET_URGENT, Urgency.SPOED):
        made.append(signal(world, urgency).id)
        clock.advance(timedelta(minutes=1))
    assert told(operator, "/overdracht.json")["wachtende_signalen"][0] == made[2]
    stop(signed_in)
    assert [line["id"] for line in told(operator, "/lijst.json")["signalen"]] == made
    assert told(operator, "/overdracht.json")["wachtende_signalen"] == made


# -- the hand-over: put off, and picked up by nobody ------------------------------------------


def test_the_hand_over_lists_what_was_put_off_with_until_when(
    world: World, operator: Visitor
) -> None:
    waits, later, sooner = signal(world), signal(world), signal(world)
    for row, minutes in ((later, "15"), (sooner, "5")):
        assert operator.send(f"/signaal/{row.id}/uitstellen", minuten=minutes).is_success
    found = told(operator, "/overdracht.json")
    assert found["wachtende_signalen"] == [waits.id]
    assert [line["signaal"] for line in found["uitgesteld"]] == [sooner.id, later.id]
    assert found["wacht"] == 3
    page = main_of(operator, "/overdracht")
    part = page[page.index("Wat is uitgesteld") :]
    assert part.count("Uitgesteld tot") == 2
    assert "agnes" not in page.lower()


def test_what_was_put_off_waits_again_after_its_time(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    row = signal(world)
    operator.send(f"/signaal/{row.id}/uitstellen", minuten="5")
    assert "Alles wat wacht, is uitgesteld." in main_of(operator, "/overdracht")
    clock.advance(timedelta(minutes=5))
    found = told(operator, "/overdracht.json")
    assert (found["wachtende_signalen"], found["uitgesteld"]) == ([row.id], [])


def test_the_hand_over_marks_what_nobody_picked_up_until_somebody_does(
    world: World, operator: Visitor
) -> None:
    row, other = signal(world), signal(world)
    with world.store.write() as work:
        work.attention.escalate(row.id, Queue.MELDKAMER, "", world.clock.now())
    assert told(operator, "/overdracht.json")["niet_opgepakt"] == [row.id]
    page = main_of(operator, "/overdracht")
    assert page.count("Niemand pakte dit op") == 1
    assert page.index(row.id) < page.index(other.id)
    assert "<strong>1</strong> door niemand opgepakt" in page
    operator.send(f"/signaal/{row.id}/oppakken")
    assert told(operator, "/overdracht.json")["niet_opgepakt"] == []
    assert "Niemand pakte dit op" not in main_of(operator, "/overdracht")
