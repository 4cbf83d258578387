# SPDX-License-Identifier: EUPL-1.2
"""The list: every view is an address, nothing is found by person, and files are harmless."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from core.audit import Result, Tag
from core.label import Category, Urgency
from core.tenant import MapConfig, MapSource
from dashboard.headers import CONTENT_SECURITY_POLICY
from tests.dashboard.serving import serving
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, TENANT, World

LAYER = Path(__file__).parents[2] / "data" / "tenants" / "demo" / "kaart.geojson"
SignedIn = Callable[..., Visitor]


def listed(person: Visitor, query: str = "") -> list[str]:
    """Return the ids of all that the file of a list holds."""
    answer = person.get(f"/lijst.json?{query}")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in json.loads(answer.text)["signalen"]]


def test_a_list_holds_what_its_address_says(world: World, operator: Visitor) -> None:
    burglary = world.signal(urgency=Urgency.SPOED)
    robbery = world.signal("Overval bij de kiosk", category=Category.BEROVING, place="")
    old = world.signal(
        "Raam ingetikt", place="", received_at=world.clock.now() - timedelta(hours=9)
    )
    assert listed(operator) == [burglary.id, robbery.id, old.id]
    assert listed(operator, "categorie=beroving") == [robbery.id]
    assert listed(operator, "categorie=beroving&categorie=inbraak&leeftijd=8u") == [
        burglary.id,
        robbery.id,
    ]
    assert listed(operator, "urgentie=spoed") == [burglary.id]
    assert listed(operator, "wijk=kersenbuurt&bron=chat") == [burglary.id, robbery.id, old.id]
    assert listed(operator, "wijk=elders") == []
    assert listed(operator, "bron=public") == []


def test_what_was_decided_is_on_another_list(world: World, operator: Visitor) -> None:
    done, waiting = world.signal(), world.signal()
    operator.decide(done)
    assert listed(operator) == [waiting.id]
    assert listed(operator, "stand=afgehandeld") == [done.id]
    assert set(listed(operator, "stand=alle")) == {done.id, waiting.id}


def test_a_list_is_of_the_own_queue_and_municipality(world: World, signed_in: SignedIn) -> None:
    mine = world.signal("Bankstel op straat", category=Category.AFVAL, place="")
    world.signal()
    world.signal(category=Category.AFVAL, group=world.group("Elders", tenant="elders"))
    assert listed(signed_in("handhaving"), "stand=alle") == [mine.id]


@pytest.mark.parametrize(
    "query", ["categorie=onzin", "stand=weg", "leeftijd=3j", "blad=x", "bron=telefoon"]
)
def test_an_unknown_filter_is_refused_in_plain_words(operator: Visitor, query: str) -> None:
    answer = operator.get(f"/lijst?{query}")
    assert answer.status_code == 400
    assert "Dit filter kennen wij niet" in answer.text


def test_words_find_texts_by_how_words_begin(world: World, operator: Visitor) -> None:
    found = world.signal("Er wordt een CAFÉ overvallen", place="", names=[])
    world.signal("Inbraak in de schuur", place="", names=[])
    assert listed(operator, "q=cafe") == [found.id]
    assert listed(operator, "q=overv wordt") == [found.id]
    assert listed(operator, "q=vallen") == []
    assert listed(operator, "q=cafe schuur") == []


def test_an_erased_text_is_found_no_more(world: World, operator: Visitor) -> None:
    signal = world.signal("Er brandt een container", place="", names=[])
    operator.decide(signal)
    assert listed(operator, "q=container&stand=alle") == [signal.id]
    with world.store.write() as work:
        work.signals.erase([signal.id], world.clock.now())
    assert listed(operator, "q=container&stand=alle") == []
    assert listed(operator, "stand=alle") == []


PERSONS = [
    "Mohammed",
    "jan de vries",
    "0612345678",
    "06 12 34 56 78",
    "12-AB-34",
    "jan@example.org",
    "@buurman",
    "NL91ABNA0417164300",
]


@pytest.mark.parametrize("search", PERSONS)
def test_a_search_for_a_person_is_refused_and_written_down_without_its_words(
    world: World, operator: Visitor, search: str
) -> None:
    world.signal()
    for path in ("/lijst", "/lijst.csv", "/lijst.json"):
        answer = operator.client.get(path, params={"q": search})
        assert answer.status_code == 400
        assert "lijkt een naam, nummer of account van een persoon" in answer.text
    with world.store.read() as work:
        lines = [line.event for line in work.audit.lines(SLUG, limit=100)]
    refused = [e for e in lines if e.tag is Tag.TEXTS_SEARCHED]
    assert [e.result for e in refused] == [Result.REFUSED] * 3
    assert search.casefold() not in json.dumps([dict(e.detail) for e in lines]).casefold()


def test_a_name_that_only_a_message_makes_a_name_is_refused_too(
    world: World, operator: Visitor
) -> None:
    world.signal("Zwaluwman van hiernaast heeft ingebroken", names=["Zwaluwman"], place="")
    assert operator.get("/lijst?q=zwaluwman").status_code == 400
    assert operator.get("/lijst?q=ingebroken").status_code == 200


def test_the_name_of_another_queue_says_nothing(world: World, operator: Visitor) -> None:
    world.signal("Zwaluwman dumpt afval", category=Category.AFVAL, names=["Zwaluwman"], place="")
    assert operator.get("/lijst?q=zwaluwman").status_code == 200


def test_no_word_of_a_name_is_searched_in(world: World, operator: Visitor) -> None:
    """Also where the refusal would not know the name: the text that is searched lacks it."""
    world.signal("Inbraak bij Zw in de straat", names=["Zw"], place="")
    assert listed(operator, "q=zw") == []


def test_a_list_and_its_files_show_no_personal_data(world: World, operator: Visitor) -> None:
    world.signal()
    for path in ("/lijst", "/lijst.csv", "/lijst.json"):
        text = operator.get(path).text
        assert "bij [naam] op de Parallelweg 14" in text
        assert "bij Jan" not in text


def test_looking_searching_and_taking_away_are_written_down(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    operator.get("/lijst?q=ingebroken")
    operator.get("/lijst.csv?q=ingebroken")
    with world.store.read() as work:
        events = [line.event for line in work.audit.lines(SLUG, limit=100)]
    by_tag = {tag: [e for e in events if e.tag is tag] for tag in Tag}
    assert [e.detail["signals"] for e in by_tag[Tag.SIGNAL_CONSULTED]] == [signal.id] * 2
    assert [dict(e.detail) for e in by_tag[Tag.TEXTS_SEARCHED]] == [{"words": 1, "hits": 1}] * 2
    assert [(e.object, e.detail["count"]) for e in by_tag[Tag.VIEW_EXPORTED]] == [
        ("export/lijst.csv", 1)
    ]
    assert "ingebroken" not in json.dumps([dict(e.detail) for e in events])


FORMULAS = ["=1+1", "+31", "-2+3", "@SUM(A1)", "\uff1dHYPERLINK()", "  =cmd|' /C calc'!A0", "|x"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_spreadsheet_runs_what_a_citizen_wrote(
    world: World, operator: Visitor, formula: str
) -> None:
    world.signal(f'{formula} ingebroken; "hier"', names=[], place="")
    answer = operator.get("/lijst.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="lijst.csv"'
    text = answer.content.decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text), delimiter=";")
    assert header[-1] == "tekst_zonder_persoonsgegevens"
    assert row[-1] == f'\'{formula} ingebroken; "hier"'


def test_a_long_list_has_pages(world: World, operator: Visitor) -> None:
    group = world.group()
    incident = world.incident()
    for n in range(103):
        world.signal(f"Bericht {n}", names=[], place="", group=group, incident=incident)
    first, second = operator.get("/lijst").text, operator.get("/lijst?blad=2").text
    assert first.count('class="regel ') == 100
    assert second.count('class="regel ') == 3
    assert "Bladzijde 2 van 2" in second
    assert operator.get("/lijst?blad=99").text.count('class="regel ') == 0


def test_the_filters_that_are_on_can_be_taken_off_one_by_one(
    world: World, operator: Visitor
) -> None:
    text = operator.get("/lijst?categorie=inbraak&urgentie=spoed&q=raam").text
    assert 'href="/lijst?urgentie=spoed&amp;q=raam"' in text
    assert 'href="/lijst?categorie=inbraak&amp;q=raam"' in text
    assert 'href="/lijst?categorie=inbraak&amp;urgentie=spoed"' in text


def test_what_is_typed_stays_text(world: World, operator: Visitor) -> None:
    answer = operator.client.get("/lijst", params={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text
    assert operator.client.get("/lijst", params={"q": "x" * 81}).status_code == 400
    assert operator.client.get("/lijst", params={"q": "!!!"}).status_code == 400


def test_without_a_map_there_is_only_the_list(world: World, operator: Visitor) -> None:
    world.signal()
    answer = operator.get("/lijst")
    assert "leaflet" not in answer.text
    assert "kaartbeeld" not in answer.text
    assert operator.get("/kaartlaag").status_code == 404


def test_only_the_map_page_may_fetch_tiles_and_only_from_their_host(world: World) -> None:
    world.tenant = replace(TENANT, map=MapConfig(source=MapSource.PDOK))
    with serving(world.app()) as served, httpx.Client(base_url=served.url) as client:
        person = Visitor(client)
        person.enter(world, world.account("meldkamer"))
        opened = person.get("/lijst").headers["content-security-policy"]
        for path in ("/meldkamer", "/overdracht", "/lijst.csv", "/inloggen", "/bestaat-niet"):
            policy = person.get(path).headers["content-security-policy"]
            assert policy == CONTENT_SECURITY_POLICY
    wanted = CONTENT_SECURITY_POLICY.replace(
        "img-src 'self'", "img-src 'self' https://service.pdok.nl"
    )
    assert opened == wanted


def test_the_own_map_is_for_operators(world: World) -> None:
    world.tenant = replace(TENANT, map=MapConfig(source=MapSource.FILE, layer=LAYER))
    with serving(world.app()) as served, httpx.Client(base_url=served.url) as client:
        person = Visitor(client)
        assert person.get("/kaartlaag").status_code == 303
        person.enter(world, world.account("meldkamer"))
        answer = person.get("/kaartlaag")
        assert answer.headers["content-type"] == "application/geo+json"
        assert answer.json() == json.loads(LAYER.read_text(encoding="utf-8"))
