# SPDX-License-Identifier: EUPL-1.2
"""Hot spots, hand-over and dossiers: what they show, to whom, and what they never show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from core.dossier import LONGEST
from core.label import Category, Urgency
from core.signal import SignalState
from dashboard.handover import half_hour
from dashboard.hotspots import SMALL, picture, shown
from store.tallies import Moment
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]


def many(world: World, n: int, **more: object) -> None:
    group = world.group(f"Groep {n}")
    incident = world.incident()
    for _ in range(n):
        world.signal(group=group, incident=incident, **more)  # type: ignore[arg-type]


# -- places and times -------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "told"), [(0, 0), (1, None), (4, None), (5, 5), (7, 5), (8, 10)])
def test_a_count_is_rounded_and_a_small_one_hidden(n: int, told: int | None) -> None:
    assert shown(n).n == told


def test_no_hidden_number_can_be_had_by_subtracting(world: World) -> None:
    """Whatever stands in the small cells, the page is the same."""
    at = world.clock.now()

    def moments(counts: dict[int, int]) -> list[Moment]:
        return [
            Moment(
                id="",
                state=SignalState.OPEN,
                sent_at=at + timedelta(hours=hour),
                area="a",
                category=Category.AFVAL,
                places=(f"plek {hour}",),
            )
            for hour, n in counts.items()
            for _ in range(n)
        ]

    assert picture(moments({0: 20, 1: 1})) == picture(moments({0: 20, 1: 2}))
    assert picture(moments({0: 20, 1: 2})).hidden == 1


def test_hot_spots_show_counts_and_no_words(world: World, signed_in: SignedIn) -> None:
    many(world, 12)
    many(world, SMALL - 1, text="Ruit stuk op de Kade", place="Kade", names=[])
    for role in ("meldkamer", "toezicht", "onderzoek", "beheer"):
        text = signed_in(role).get("/plekken-en-tijden").text
        assert "parallelweg 14" in text
        assert "kade</th>" not in text
        assert "ingebroken" not in text
        assert "Dit is wat mensen melden, niet wat er gebeurt" in text


def test_an_operator_counts_the_own_queue_only(world: World, signed_in: SignedIn) -> None:
    many(world, 12)
    assert "Nog niets te tellen" in signed_in("handhaving").get("/plekken-en-tijden").text


def test_the_files_hide_what_the_page_hides(world: World, signed_in: SignedIn) -> None:
    many(world, 12)
    many(world, 3, category=Category.BEROVING)
    person = signed_in("onderzoek")
    table = person.get("/plekken-en-tijden.csv").text
    assert "wijk;kersenbuurt;;;15" in table
    assert person.get("/plekken-en-tijden.csv?categorie=beroving").text.count("< 5") == 2
    lines = json.loads(person.get("/plekken-en-tijden.json").text)["aantallen"]
    assert len([line for line in lines if line["soort"] == "tijd"]) == 7 * 24
    assert world.audited("account:view:export") == 3


@pytest.mark.parametrize("query", ["dagen=400", "dagen=x", "categorie=x", "wijk=elders"])
def test_an_unknown_count_is_refused(operator: Visitor, query: str) -> None:
    assert operator.get(f"/plekken-en-tijden?{query}").status_code == 400


# -- hand-over --------------------------------------------------------------------------------


def test_the_hand_over_tells_what_came_what_waits_and_what_was_decided(
    world: World, signed_in: SignedIn
) -> None:
    agnes = signed_in("meldkamer", "Agnes")
    world.signal(received_at=world.clock.now() - timedelta(hours=30))
    urgent = world.signal(urgency=Urgency.SPOED)
    agnes.decide(world.signal())
    agnes.decide(world.signal(), "geen-signaal")
    told = json.loads(agnes.get("/overdracht.json?tijd=8u").text)
    assert (told["binnengekomen"], told["wacht"], told["wacht_spoed"]) == (3, 2, 1)
    assert told["wachtende_signalen"][0] == urgent.id
    deeds = {(d["besluit"], d["rol"]): d["aantal"] for d in told["besluiten"]}
    assert deeds == {("bevestigd", "meldkamer"): 1, ("geen-signaal", "meldkamer"): 1}
    assert sum(slot["besluiten"] for slot in told["per_half_uur"]) == 2
    page = agnes.get("/overdracht").text
    main = page[page.index("<main") : page.index("</main>")]
    assert "agnes" not in main.lower()
    assert "bij [naam]" in main


def test_the_hand_over_is_of_the_own_queue(world: World, signed_in: SignedIn) -> None:
    world.signal()
    told = json.loads(signed_in("handhaving").get("/overdracht.json").text)
    assert (told["binnengekomen"], told["wacht"]) == (0, 0)
    assert signed_in("toezicht").get("/overdracht").status_code == 403


def test_half_hours_follow_the_dutch_clock(world: World) -> None:
    at = world.clock.now().replace(minute=44, second=12, microsecond=5)
    assert half_hour(at) == at.replace(minute=30, second=0, microsecond=0)
    assert half_hour(half_hour(at)) == half_hour(at)


# -- dossiers ---------------------------------------------------------------------------------

FORM = {
    "onderwerp": "Skatebaan, glas in de avond",
    "doel": "Zien of vaker legen helpt.",
    "wijk": "kersenbuurt",
    "dagen": "30",
}


def opened(person: Visitor, **changed: str) -> str:
    answer = person.post("/dossiers", **(FORM | changed))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


def test_a_dossier_gathers_signals_with_facts_and_opinions_apart(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    id = opened(operator)
    operator.post(f"/signaal/{signal.id}/dossier", dossier=id)
    operator.post(f"/dossier/{id}/notitie", soort="feit", notitie="De bak was om 9 uur vol.")
    operator.post(
        f"/dossier/{id}/notitie", soort="oordeel", notitie="Vaker legen.", signaal=signal.id
    )
    told = json.loads(operator.get(f"/dossier/{id}.json").text)
    assert [s["id"] for s in told["signalen"]] == [signal.id]
    assert "[naam]" in told["signalen"][0]["tekst_zonder_persoonsgegevens"]
    assert [n["tekst"] for n in told["feiten"]] == ["De bak was om 9 uur vol."]
    assert [(n["tekst"], n["over_signaal"]) for n in told["oordelen"]] == [
        ("Vaker legen.", signal.id)
    ]
    assert {n["rol"] for n in told["feiten"]} == {"meldkamer"}
    page = operator.get(f"/dossier/{id}").text
    assert re.search(r'<li class="feit">.*?De bak was', page, re.DOTALL)
    tags = ("open", "change", "consult")
    assert [world.audited(f"account:dossier:{tag}") for tag in tags] == [1, 3, 2]


PEOPLE = ["Overlast door Kees de Boer", "Bel 06-12345678", "zie @buurman", "auto 12-AB-34"]


@pytest.mark.parametrize("words", PEOPLE)
def test_a_dossier_is_never_about_a_person(world: World, operator: Visitor, words: str) -> None:
    for field in ("onderwerp", "doel"):
        assert operator.post("/dossiers", **(FORM | {field: words})).status_code == 400
    id = opened(operator)
    answer = operator.post(f"/dossier/{id}/notitie", soort="feit", notitie=words)
    assert answer.status_code == 400
    assert words not in answer.text
    with world.store.read() as work:
        assert work.dossiers.notes(id) == []
        assert len(work.dossiers.list(SLUG)) == 1


@pytest.mark.parametrize(
    "changed", [{"dagen": "400"}, {"wijk": "elders"}, {"doel": ""}, {"onderwerp": "kort"}]
)
def test_a_dossier_needs_a_purpose_an_area_and_an_end(
    operator: Visitor, changed: dict[str, str]
) -> None:
    assert operator.post("/dossiers", **(FORM | changed)).status_code == 400
    assert LONGEST.days < 400


def test_a_signal_of_the_other_queue_is_counted_not_shown(
    world: World, signed_in: SignedIn
) -> None:
    agent, officer = signed_in("meldkamer"), signed_in("handhaving")
    signal = world.signal()
    id = opened(agent)
    assert officer.post(f"/signaal/{signal.id}/dossier", dossier=id).status_code == 404
    agent.post(f"/signaal/{signal.id}/dossier", dossier=id)
    agent.post(f"/dossier/{id}/notitie", soort="feit", notitie="Slot kapot.", signaal=signal.id)
    page = officer.get(f"/dossier/{id}").text
    assert "1 signaal hoort bij de andere werkrij" in page
    assert "ingebroken" not in page
    assert "Slot kapot" not in page
    assert officer.post(f"/dossier/{id}/uit", signaal=signal.id).status_code == 404


def test_a_closed_dossier_can_be_read_for_a_while_and_not_added_to(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    id = opened(operator)
    operator.post(f"/dossier/{id}/sluiten")
    assert operator.post(f"/signaal/{signal.id}/dossier", dossier=id).status_code == 403
    assert (
        operator.post(f"/dossier/{id}/notitie", soort="feit", notitie="Nog iets").status_code == 403
    )
    assert operator.get(f"/dossier/{id}").status_code == 200
    assert world.audited("account:dossier:close") == 1


def test_another_municipality_sees_no_dossier(world: World, signed_in: SignedIn) -> None:
    id = opened(signed_in("meldkamer", "Agnes"))
    stranger = signed_in("meldkamer", "Vreemd", tenant="elders")
    for path in (f"/dossier/{id}", f"/dossier/{id}.json"):
        assert stranger.get(path).status_code == 404
    assert "Skatebaan" not in stranger.get("/dossiers").text


def test_an_erased_signal_leaves_its_dossier_without_a_word(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    id = opened(operator)
    operator.post(f"/signaal/{signal.id}/dossier", dossier=id)
    operator.post(f"/dossier/{id}/notitie", soort="feit", notitie="Slot kapot.", signaal=signal.id)
    with world.store.write() as work:
        work.signals.erase([signal.id], world.clock.now())
    page = operator.get(f"/dossier/{id}").text
    assert "Van 1 signaal is de tekst gewist" in page
    assert "Slot kapot" not in page


# -- the log ----------------------------------------------------------------------------------


def test_the_supervisor_takes_the_log_away_and_that_is_in_it(
    world: World, signed_in: SignedIn
) -> None:
    person = signed_in("toezicht")
    person.get("/toezicht")
    table = person.get("/toezicht.csv").text
    assert "account:audit:consult" in table
    lines = json.loads(person.get("/toezicht.json").text)["regels"]
    assert lines[0]["handeling"] == "account:view:export"
    assert len(lines[0]["hash"]) == 64
    assert world.audited("account:view:export") == 2
