# SPDX-License-Identifier: EUPL-1.2
"""The model pages: figures with margins, weeks, files, comparison, and who may choose."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from buurtsignaal.shelf import Shelf
from core import resources
from core.annotation import Answer, AnswerKind, Lane, Room
from core.clock import FrozenClock
from core.label import Category, Urgency
from core.signal import Act
from core.tenant import Tenant
from dashboard import register
from dashboard.register import LIMITS
from dashboard.weeks import FEWEST, alongside, weeks
from store.counters import CounterKey
from store.database import Store
from store.quality import DayCount, Judged, ShadowKey
from store.rooms import NewItem
from tests.conftest import START
from tests.dashboard.serving import wait_until
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World, taxonomy

SignedInAs = Callable[..., Visitor]
ACTIVE = "buurt/0.4.0"
INBRAAK, AFVAL, GEEN = Category.INBRAAK, Category.AFVAL, Category.GEEN


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Two models that differ: the shipped one, and the same without its second stage."""
    folder = tmp_path_factory.mktemp("models")
    active = (resources.folder("models") / "ACTIVE").read_text(encoding="utf-8").strip()
    for name in (ACTIVE, "eerste/1"):
        shutil.copytree(resources.folder("models") / active, folder / name)
    file = folder / "eerste/1" / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    del manifest["encoder"]
    file.write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "ACTIVE").write_text(ACTIVE, encoding="utf-8")
    return Shelf(folder)


@pytest.fixture
def world(sqlite_store: Store, clock: FrozenClock, shelf: Shelf) -> World:
    return World(sqlite_store, clock, models=shelf, research=shelf.place(ACTIVE))


@pytest.fixture
def researcher(signed_in: SignedInAs) -> Visitor:
    return signed_in("onderzoek", "Rita")


def decided(act: Act, monday: date, n: int = 1) -> list[Judged]:
    at = FrozenClock(START).now().replace(year=monday.year, month=monday.month, day=monday.day)
    return [Judged(at=at, said=INBRAAK, act=act, category=None) for _ in range(n)]


def settled_room(world: World, texts: dict[str, Category]) -> str:
    """Store a room in which two people agreed on everything."""
    now = world.clock.now()
    room = Room(
        id="kamer-1",
        tenant=SLUG,
        name="Najaar",
        purpose="meten",
        legal_basis="artikel 172",
        people=("rita", "bert"),
        opened_by="chef",
        opened_at=now,
        ends_at=now + timedelta(days=9),
    )
    with world.store.write() as work:
        work.rooms.open(room)
        new = [NewItem(id=f"i{n}", lane=Lane.RANDOM, masked=text) for n, text in enumerate(texts)]
        work.rooms.add(room.id, new)
        for n, category in enumerate(texts.values()):
            for by in room.people:
                work.labels.give(
                    Answer(
                        id=f"a{n}{by}",
                        item=f"i{n}",
                        kind=AnswerKind.LABEL,
                        by=by,
                        at=now,
                        category=category,
                        urgency=None if category is GEEN else Urgency.ACTUEEL,
                    )
                )
    return room.id


def test_the_page_shows_margins_and_the_figures_of_the_shipped_model(
    researcher: Visitor, shelf: Shelf
) -> None:
    page = researcher.get("/onderzoek/model").text
    metrics = json.loads((shelf.place(ACTIVE) / "metrics.json").read_text(encoding="utf-8"))
    precision = f"{metrics['categories']['inbraak']['precision']:.2f}".replace(".", ",")
    assert re.search(rf"Inbraak</th><td class=\"getal\">{precision}</td>", page)
    assert page.count("<svg") >= 3


def test_weeks_hide_what_is_few_and_compare_the_rest() -> None:
    monday = date(2026, 11, 16)
    days = [
        DayCount(day="2026-11-18", read=200, flagged=20),
        DayCount(day="2026-11-22", read=100, flagged=10),
    ]
    judged = decided(Act.CONFIRM, monday, 6) + decided(Act.REJECT, monday, 2)
    judged += decided(Act.REROUTE, monday, 9) + decided(Act.CONFIRM, monday - timedelta(7), 4)
    this, last = weeks(days, judged)
    assert (this.start, this.read) == (monday, 300)
    assert this.flagged == pytest.approx(0.1)
    assert (this.judged, this.precision) == (8, 0.75)
    assert this.interval is not None
    assert this.interval[0] < 0.75 < this.interval[1]
    assert (last.judged, last.precision, last.interval) == (4, None, None)


def test_a_few_signals_among_many_messages_are_hidden_too() -> None:
    (week,) = weeks([DayCount(day="2026-11-18", read=5000, flagged=FEWEST - 1)], [])
    assert week.flagged is None


def test_the_page_shows_weeks_of_the_own_municipality(world: World, researcher: Visitor) -> None:
    group = world.group()
    with world.store.write() as work:
        for kind, n in (("read", 120), ("flagged", 12)):
            key = CounterKey(tenant=SLUG, group=group.id, day="2026-11-18", kind=kind)
            work.counters.add({key: n})
            other = CounterKey(tenant="elders", group=group.id, day="2026-11-18", kind=kind)
            work.counters.add({other: 7 * n})
    page = researcher.get("/onderzoek/model").text
    assert "16 nov 2026" in page
    assert "10,0%" in page


def test_a_model_that_runs_along_is_compared_in_counts_only(
    world: World, researcher: Visitor
) -> None:
    assert "loopt nu geen model mee" in researcher.get("/onderzoek/model").text
    counts = {
        key(INBRAAK, INBRAAK): 30,
        key(GEEN, GEEN): 60,
        key(INBRAAK, GEEN): 8,
        key(GEEN, AFVAL): 2,
    }
    with world.store.write() as work:
        work.quality.shadow(counts)
    (found,) = alongside(counts)
    assert (found.messages, found.same, found.same_signal) == (100, 0.9, 0.9)
    assert found.apart == ((INBRAAK, GEEN, 8),)
    page = researcher.get("/onderzoek/model").text
    assert "Inbraak tegen geen signaal, ongeveer 10" in page
    assert "afval" not in page.split("Waar ")[1].split("</ul>")[0]


def key(said: Category, shadow_said: Category) -> ShadowKey:
    return ShadowKey(
        tenant=SLUG,
        day="2026-11-20",
        model="buurt/1",
        shadow="buurt/2",
        said=said,
        shadow_said=shadow_said,
    )


def test_files_hold_what_they_say_and_each_is_written_down(
    world: World, researcher: Visitor, shelf: Shelf
) -> None:
    folder = shelf.place(ACTIVE)
    card = researcher.get("/onderzoek/model/kaart.md")
    assert card.text == (folder / "card.md").read_text(encoding="utf-8")
    metrics = researcher.get("/onderzoek/model/cijfers.json").json()
    assert metrics == json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    report = researcher.get("/onderzoek/model/evaluatie.md").text
    precision = f"{metrics['categories']['inbraak']['precision']:.3f}".replace(".", ",")
    assert f"| Inbraak | {precision} (0," in report
    assert world.audited("account:figures:export") == 3


def check_entry(entry: dict[str, object]) -> None:
    """Hold an entry against our own copy of the register's rules."""
    required = {
        *("name", "description_short", "organization", "theme", "status", "start_date"),
        *("contact", "publication_category", "purpose_and_impact", "considerations"),
        *("human_intervention", "risk_management", "data", "impact_assessments"),
        *("technical_operation", "supplier", "language", "schema"),
    }
    optional = {"legal_basis", "source_id", "search_terms"}
    assert required <= set(entry) <= required | optional
    for name, most in LIMITS.items():
        assert 0 < len(str(entry[name])) <= most, name
    assert entry["status"] in ("In ontwikkeling", "In gebruik", "Buiten gebruik")
    assert re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(entry["start_date"]))
    assert entry["publication_category"] == "Hoog-risico AI-systeem (Categorie A)"
    assert entry["theme"] == ["Openbare orde en veiligheid"]


def test_the_entry_for_the_register_keeps_its_rules_and_the_models_figures(
    researcher: Visitor,
) -> None:
    entry = researcher.get("/onderzoek/model/algoritmeregister.json").json()
    check_entry(entry)
    assert ACTIVE in entry["technical_operation"]
    folder = resources.folder("models") / ACTIVE
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert f"{metrics['macro_f1']:.3f}".replace(".", ",") in entry["technical_operation"]
    sentences = re.split(r"(?<=[.!?])\s", entry["description_short"])
    assert max(len(sentence.split()) for sentence in sentences) <= 20


def test_the_entry_of_a_talkative_municipality_without_figures_still_fits(
    clock: FrozenClock,
) -> None:
    tenant = Tenant(
        slug="x",
        name="gemeente " + "Lang " * 60,
        legal_basis="wet",
        purpose="woord " * 900,
        automatic=frozenset({AFVAL}),
    )
    entry = register.entry(tenant, taxonomy(), "m/1", {}, clock.now())
    check_entry(entry)
    assert "Zonder medewerker gaan alleen door: Afval." in entry["human_intervention"]


def test_without_a_model_the_page_says_so(
    sqlite_store: Store, clock: FrozenClock, signed_in: SignedInAs, world: World
) -> None:
    world.research = None
    page = signed_in("onderzoek").get("/onderzoek/model")
    assert page.status_code == 200


def test_two_models_stand_side_by_side(researcher: Visitor) -> None:
    page = researcher.get("/onderzoek/vergelijk").text
    assert "eerste/1" in page
    assert "F1: Inbraak" in page
    assert researcher.get("/onderzoek/vergelijk?een=../../etc").status_code == 404


@pytest.mark.slow
def test_two_models_judge_the_same_messages_and_mcnemar_speaks(
    world: World, researcher: Visitor, signed_in: SignedInAs, shelf: Shelf
) -> None:
    texts = {f"er is vannacht ingebroken bij nummer {n}": INBRAAK for n in range(12)}
    texts |= {f"wie heeft er {n} eieren over": GEEN for n in range(12)}
    room = settled_room(world, texts)
    form = {"een": ACTIVE, "ander": "eerste/1", "kamer": room}
    stranger = signed_in("onderzoek", "Vreemd")
    assert stranger.post("/onderzoek/vergelijk", **form).status_code == 404
    answer = researcher.post("/onderzoek/vergelijk", **form)
    where = answer.headers["location"]
    assert stranger.get(where).status_code == 404
    wait_until(lambda: "Uitkomst over 24" in researcher.get(where).text, "it was done", seconds=90)
    assert "McNemar" in researcher.get(where).text
    assert world.audited("account:model:compare") == 1


def test_a_comparison_needs_two_models_and_enough_messages(
    world: World, researcher: Visitor
) -> None:
    room = settled_room(world, {"er is ingebroken": INBRAAK})
    same = {"een": ACTIVE, "ander": ACTIVE, "kamer": room}
    few = {"een": ACTIVE, "ander": "eerste/1", "kamer": room}
    unknown = {"een": ACTIVE, "ander": "niets/1", "kamer": room}
    codes = [researcher.post("/onderzoek/vergelijk", **f).status_code for f in (same, few, unknown)]
    assert codes == [400, 400, 404]


@pytest.mark.slow
def test_only_the_administrator_chooses_a_model_and_a_broken_one_is_refused(
    world: World, researcher: Visitor, signed_in: SignedInAs, shelf: Shelf
) -> None:
    chief = signed_in("beheer", "Chef")
    chief.client.timeout = 60
    assert researcher.post("/beheer/model", model="eerste/1").status_code == 403
    assert chief.post("/beheer/model", model="eerste/1").status_code == 303
    assert shelf.active() == "eerste/1"
    assert world.audited("account:model:activate") == 1
    broken = shelf.folder / "stuk" / "1"
    shutil.copytree(shelf.place(ACTIVE), broken)
    (broken / "model.joblib").write_bytes(b"x")
    assert chief.post("/beheer/model", model="stuk/1").status_code == 400
    assert shelf.active() == "eerste/1"
    assert chief.post("/beheer/model", model=ACTIVE).status_code == 303
    shutil.rmtree(broken)
