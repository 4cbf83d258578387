# SPDX-License-Identifier: EUPL-1.2
"""Evaluation rooms: who may in, two who label apart, a third who rules, and what leaves."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from buurtsignaal.shelf import Shelf
from classify.corpus import read_file
from core.clock import FrozenClock
from core.label import Category
from core.signal import Act
from dashboard.access import Role
from dashboard.auth import Visitor as SignedIn
from dashboard.desk import Desk
from store.database import Store
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import World

SignedInAs = Callable[..., Visitor]
AGNES, BERT, CARLA, DORA = "agnes", "bert", "carla", "dora"


@pytest.fixture
def world(sqlite_store: Store, clock: FrozenClock) -> World:
    return World(sqlite_store, clock, models=Shelf.shipped())


@pytest.fixture
def team(signed_in: SignedInAs) -> dict[str, Visitor]:
    """Four researchers; the last is in no room."""
    return {name: signed_in("onderzoek", name) for name in (AGNES, BERT, CARLA, DORA)}


@pytest.fixture
def room(world: World, signed_in: SignedInAs, team: dict[str, Visitor]) -> str:
    """The address of a room of three researchers."""
    chief = signed_in("beheer", "Chef")
    people = {f"mens-{name}": "ja" for name in (AGNES, BERT, CARLA)}
    answer = chief.post("/onderzoek/kamers", **FORM, **people)
    assert answer.status_code == 303
    with world.store.read() as work:
        (found,) = work.rooms.list(world.tenant.slug)
    return f"/onderzoek/kamer/{found.id}"


FORM = {"naam": "Najaar", "doel": "meten", "grondslag": "artikel 172", "dagen": "14"}


def items(world: World, room: str) -> list[str]:
    with world.store.read() as work:
        return [item.id for item in work.rooms.items(room.rsplit("/", 1)[1])]


def fill(person: Visitor, room: str, how: str = "willekeurig", most: int = 100) -> None:
    assert person.post(f"{room}/vul", hoe=how, aantal=str(most)).status_code == 303


def label(
    person: Visitor, room: str, item: str, category: str, urgency: str = "actueel"
) -> httpx.Response:
    urgency = "" if category == "geen" else urgency
    return person.send(f"{room}/label/{item}", categorie=category, urgentie=urgency)


def unpacked(answer: httpx.Response) -> dict[str, bytes]:
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_room_is_for_its_own_people_only(team: dict[str, Visitor], room: str) -> None:
    assert team[AGNES].get(room).status_code == 200
    assert team[DORA].get(room).status_code == 404
    for path in ("label", "oordeel", "voorbeelden?juist=geen&model=inbraak"):
        assert team[DORA].get(f"{room}/{path}").status_code == 404
    assert "Najaar" not in team[DORA].get("/onderzoek/kamers").text


def test_only_researchers_of_the_own_municipality_can_be_in_a_room(
    world: World, signed_in: SignedInAs
) -> None:
    world.account("onderzoek", "elders", tenant="elders")
    world.account("onderzoek", "hier")
    chief = signed_in("beheer", "Chef")
    for stranger in ("elders", "chef", "niemand"):
        people = {"mens-hier": "ja", f"mens-{stranger}": "ja"}
        answer = chief.post("/onderzoek/kamers", **FORM, **people)
        assert answer.status_code == 400
    assert world.audited("account:room:open") == 0


def test_texts_are_masked_and_every_look_is_written_down(
    world: World, team: dict[str, Visitor], room: str
) -> None:
    world.signal()
    fill(team[AGNES], room)
    page = team[AGNES].get(f"{room}/label").text
    assert "ingebroken bij [naam] op de Parallelweg" in page
    assert "Jan" not in page
    assert world.audited("account:item:consult") == 1
    assert world.audited("account:room:fill") == 1


def test_two_label_apart_and_neither_sees_the_other(
    world: World, team: dict[str, Visitor], room: str
) -> None:
    world.signal()
    fill(team[AGNES], room)
    (item,) = items(world, room)
    assert label(team[AGNES], room, item, "geweld").status_code == 200
    page = team[BERT].get(f"{room}/label").text
    assert "checked" not in page.split("</article>")[0]
    assert label(team[BERT], room, item, "overlast").status_code == 200
    assert label(team[CARLA], room, item, "overlast").status_code == 409
    assert label(team[AGNES], room, item, "overlast").status_code == 409


def test_who_still_labels_sees_agreement_in_steps(
    world: World, team: dict[str, Visitor], room: str
) -> None:
    for n in range(12):
        world.signal(f"Er wordt ingebroken, nummer {n}")
    fill(team[AGNES], room)
    every = items(world, room)
    for item in every[:11]:
        label(team[AGNES], room, item, "inbraak")
        label(team[BERT], room, item, "inbraak" if item != every[10] else "geweld")
    assert "0,909" not in team[AGNES].get(room).text
    assert "1,000" in team[AGNES].get(room).text
    for name in (AGNES, BERT):
        label(team[name], room, every[11], "inbraak")
    assert "0,917" in team[AGNES].get(room).text


def test_a_third_rules_and_sees_both_answers_without_names(
    world: World, team: dict[str, Visitor], room: str
) -> None:
    world.signal()
    fill(team[AGNES], room)
    (item,) = items(world, room)
    label(team[AGNES], room, item, "geweld", "spoed")
    label(team[BERT], room, item, "overlast")
    assert "Geen verschillen voor u" in team[AGNES].get(f"{room}/oordeel").text
    page = team[CARLA].get(f"{room}/oordeel").text
    assert "<li>Geweld, spoed</li><li>Overlast, actueel</li>" in page
    assert "agnes" not in page.split("<main")[1].lower()
    answer = team[CARLA].send(f"{room}/oordeel/{item}", categorie="geweld", urgentie="spoed")
    assert answer.status_code == 200
    assert team[BERT].send(f"{room}/ongedaan", soort="label").status_code == 409
    assert world.audited("account:item:rule") == 1


def test_undo_brings_the_message_back(world: World, team: dict[str, Visitor], room: str) -> None:
    world.signal()
    fill(team[AGNES], room)
    (item,) = items(world, room)
    label(team[AGNES], room, item, "geen")
    answer = team[AGNES].send(f"{room}/ongedaan", soort="label")
    assert item in answer.json()["piece"]
    assert label(team[AGNES], room, item, "inbraak").status_code == 200
    assert world.audited("account:label:undo") == 1


def test_without_a_script_labelling_works_too(
    world: World, team: dict[str, Visitor], room: str
) -> None:
    for n in range(2):
        world.signal(f"Er wordt ingebroken, nummer {n}")
    fill(team[AGNES], room)
    first, second = items(world, room)
    answer = team[AGNES].post(f"{room}/label/{first}", categorie="geen", na="1")
    assert answer.status_code == 303
    assert second in team[AGNES].get(answer.headers["location"]).text
    assert team[AGNES].post(f"{room}/label/{second}", categorie="inbraak").status_code == 400


def test_doubt_comes_first_and_slices_are_even(
    world: World, team: dict[str, Visitor], room: str
) -> None:
    for sure in (0.9, 0.55, 0.7):
        world.signal(f"Er wordt ingebroken {sure}", probability=sure)
    world.signal("Grofvuil", category=Category.AFVAL, names=())
    fill(team[AGNES], room, "twijfel", 2)
    with world.store.read() as work:
        found = work.rooms.items(room.rsplit("/", 1)[1])
    assert [item.probability for item in found] == [0.55, 0.7]
    fill(team[AGNES], room, "deel", 2)
    with world.store.read() as work:
        found = work.rooms.items(room.rsplit("/", 1)[1])
    assert {item.said for item in found[2:]} == {Category.INBRAAK, Category.AFVAL}


def test_when_the_day_has_come_nobody_sees_a_message(
    world: World, clock: FrozenClock, team: dict[str, Visitor], room: str
) -> None:
    world.signal()
    fill(team[AGNES], room)
    (item,) = items(world, room)
    clock.advance(timedelta(days=14))
    with world.store.write() as work:
        account = work.accounts.by_name(AGNES)
        assert account is not None
        work.sessions.close_all(account.id)
    team[AGNES].enter(world, account)
    for path in ("", "/label", "/oordeel"):
        assert team[AGNES].get(room + path).status_code == 403
    assert label(team[AGNES], room, item, "geen").status_code == 403


def test_what_was_erased_is_neither_offered_nor_exported(
    world: World, team: dict[str, Visitor], room: str
) -> None:
    signal = world.signal()
    fill(team[AGNES], room)
    (item,) = items(world, room)
    for name in (AGNES, BERT):
        label(team[name], room, item, "inbraak")
    with world.store.write() as work:
        work.signals.erase([signal.id], world.clock.now())
    assert team[AGNES].post(f"{room}/dataset").status_code == 400
    page = team[AGNES].get(f"{room}/voorbeelden?juist=inbraak&model=inbraak").text
    assert "Geen berichten" in page


def test_the_data_set_can_be_made_again_and_names_nobody(
    world: World, team: dict[str, Visitor], room: str, tmp_path: Path
) -> None:
    signal = world.signal()
    other = world.signal("Weer harde muziek", category=Category.OVERLAST, names=())
    fill(team[AGNES], room)
    for item in items(world, room):
        label(team[AGNES], room, item, "inbraak")
        label(team[BERT], room, item, "geen" if item == items(world, room)[1] else "inbraak")
    decide(world, signal.id, Act.REJECT)
    first = team[AGNES].post(f"{room}/dataset")
    again = team[BERT].post(f"{room}/dataset")
    assert first.content == again.content
    files = unpacked(first)
    sums = files.pop("SHA256SUMS").decode().splitlines()
    assert sums == [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in files.items()]
    (row,) = map(json.loads, files["items.jsonl"].decode().splitlines())
    assert (row["bron"], row["category"]) == ("annotatie", "inbraak")
    (weak,) = map(json.loads, files["besluiten.jsonl"].decode().splitlines())
    assert (weak["bron"], weak["category"]) == ("medewerker", "geen")
    whole = b"".join(files.values()).decode()
    for hidden in (AGNES, BERT, "Jan ", signal.id, other.id, *items(world, room), signal.pseudonym):
        assert hidden not in whole
    assert world.audited("account:dataset:export") == 2
    (tmp_path / "items.jsonl").write_bytes(files["items.jsonl"])
    (example,) = read_file(tmp_path / "items.jsonl")
    assert example.category is Category.INBRAAK


def test_another_label_makes_another_version(
    world: World, team: dict[str, Visitor], room: str
) -> None:
    for n in range(2):
        world.signal(f"Er wordt ingebroken, nummer {n}")
    fill(team[AGNES], room)
    names = []
    for item in items(world, room):
        for name in (AGNES, BERT):
            label(team[name], room, item, "inbraak")
        names.append(team[AGNES].post(f"{room}/dataset").headers["content-disposition"])
    assert ["v1.zip" in names[0], "v2.zip" in names[1]] == [True, True]


def test_examples_of_a_confusion_are_shown_and_written_down(
    world: World, team: dict[str, Visitor], room: str
) -> None:
    world.signal("Er wordt ingebroken bij Jan")
    fill(team[AGNES], room)
    (item,) = items(world, room)
    label(team[AGNES], room, item, "geweld")
    path = f"{room}/voorbeelden?juist=geweld&model=inbraak"
    assert "ingebroken" not in team[BERT].get(path).text
    label(team[BERT], room, item, "geweld")
    assert "voorbeelden?juist=geweld&amp;model=inbraak" in team[BERT].get(room).text
    before = world.audited("account:item:consult")
    page = team[BERT].get(path).text
    assert "ingebroken bij [naam]" in page
    assert world.audited("account:item:consult") == before + 1
    assert team[BERT].get(f"{room}/voorbeelden?juist=x&model=y").status_code == 404


@pytest.mark.slow
def test_an_uploaded_file_is_masked_sealed_and_judged(
    world: World, team: dict[str, Visitor], room: str, tmp_path: Path
) -> None:
    Shelf.shipped().load(Shelf.shipped().active())  # It takes longer than a request may.
    rows = [{"text": "Bel Jan Willemsen op 06-12345678, er ligt grofvuil"}, {"text": "goedemorgen"}]
    data = "\n".join(json.dumps(row) for row in rows).encode()
    answer = team[AGNES].client.post(
        f"{room}/bestand",
        data={"csrf": team[AGNES].csrf, "mag": "ja", "hoe": "deel", "aantal": "10"},
        files={"bestand": ("berichten.jsonl", data)},
    )
    assert answer.headers["location"].endswith("?erbij=2")
    with world.store.read() as work:
        found = work.rooms.items(room.rsplit("/", 1)[1])
    assert {item.said: item.masked for item in found} == {
        Category.AFVAL: "Bel [naam] op [telefoon], er ligt grofvuil",
        Category.GEEN: "goedemorgen",
    }
    assert {item.model for item in found} == {Shelf.shipped().active()}
    assert b"grofvuil" not in (tmp_path / "buurtsignaal.db").read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"kop\nwaarde\n",
        b'{"text": 5}\n',
        b'{"tekst": "hoi"}\n',
        b"{kapot",
        b"text\n" + b"waarde" * 40_000,
    ],
)
def test_a_file_that_is_no_file_of_messages_is_refused_without_its_words(
    team: dict[str, Visitor], room: str, data: bytes
) -> None:
    answer = team[AGNES].client.post(
        f"{room}/bestand",
        data={"csrf": team[AGNES].csrf, "mag": "ja", "hoe": "twijfel", "aantal": "10"},
        files={"bestand": ("berichten.jsonl", data)},
    )
    assert answer.status_code == 400
    assert "waarde" not in answer.text
    assert "kapot" not in answer.text


def decide(world: World, signal_id: str, act: Act) -> None:
    account = world.account("meldkamer", "Collega")
    who = SignedIn(account=account, role=Role.MELDKAMER, tenant=world.tenant, csrf="", session="")
    with world.store.read() as work:
        version = work.signals.get(signal_id).version
    Desk(world.services).decide(who, signal_id, act, seen_version=version)
