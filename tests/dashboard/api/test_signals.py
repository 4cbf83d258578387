# SPDX-License-Identifier: EUPL-1.2
"""What programs see of signals and incidents: what lists show, and never more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from core.clock import FrozenClock
from core.label import Category, Queue, Urgency
from dashboard.api.scope import Scope
from store.switches import SCORES, Switch
from tests.dashboard.api.conftest import MakeProgram
from tests.dashboard.api.program import Program, audited, system
from tests.dashboard.serving import serving
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, TENANT, World


def test_a_signal_comes_without_personal_data(world: World, follower: Program) -> None:
    signal = world.signal(point=(52.03, 4.28))
    found = follower.fetch(f"/signalen/{signal.id}")
    assert found["tekst"] == "Er wordt nu ingebroken bij [naam] op de Parallelweg 14"
    assert found == follower.fetch("/signalen")["signalen"][0]
    assert "Jan" not in str(found)
    assert signal.pseudonym not in str(found)
    assert (found["categorie"], found["urgentie"], found["label"]) == ("inbraak", "actueel", "vol")
    assert found["plek"] == {
        "naam": "parallelweg 14",
        "genoemd": True,
        "breedte": 52.03,
        "lengte": 4.28,
        "straal": 120,
    }
    assert (found["zekerheid"], found["versie"], found["wachtrij"]) == (0.93, 1, "meldkamer")


def test_a_list_is_filtered_like_the_page(world: World, follower: Program) -> None:
    burglary = world.signal(urgency=Urgency.SPOED)
    robbery = world.signal("Overval bij de kiosk", category=Category.BEROVING, place="")
    old = world.signal("Raam in", place="", received_at=world.clock.now() - timedelta(hours=9))
    everything = sorted((burglary.id, robbery.id, old.id), reverse=True)
    assert follower.ids() == everything
    assert follower.ids(categorie="beroving") == [robbery.id]
    assert follower.ids(categorie=["beroving", "inbraak"], leeftijd="8u") == [
        id for id in everything if id != old.id
    ]
    assert follower.ids(urgentie="spoed") == [burglary.id]
    assert follower.ids(wijk="kersenbuurt", bron="chat") == everything
    assert follower.ids(q="kiosk") == [robbery.id]
    assert follower.ids(stand="afgehandeld") == []


def test_pages_leave_nothing_out_and_give_nothing_twice(
    world: World, follower: Program, clock: FrozenClock
) -> None:
    made = []
    for _ in range(7):
        made.append(world.signal().id)
        clock.advance(timedelta(seconds=1))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = follower.fetch("/signalen", limiet=3, **({"na": cursor} if cursor else {}))
        seen += [signal["id"] for signal in page["signalen"]]
        # Somebody new does not move the pages.
        world.signal()
        cursor = page["volgende"]
        if cursor is None:
            break
    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "MTIz", "MDAwMA"])
def test_a_cursor_that_we_did_not_make_is_refused(follower: Program, cursor: str) -> None:
    assert follower.get("/signalen", na=cursor).status_code == 400


@pytest.mark.parametrize("search", ["Mohammed", "0612345678", "jan@example.org", "@buurman"])
def test_nothing_is_searched_by_person(world: World, follower: Program, search: str) -> None:
    world.signal()
    answer = follower.get("/signalen", q=search)
    assert answer.status_code == 400
    assert "lijkt een naam, nummer of account van een persoon" in answer.json()["detail"]
    (line,) = audited(world, "account:text:search")
    assert search not in str(line)
    assert line.origin == "api"


def test_a_token_sees_its_own_queue_and_municipality_only(
    world: World, program: MakeProgram, follower: Program
) -> None:
    rubbish = world.signal("Bankstel op straat", category=Category.AFVAL, place="")
    elsewhere = world.signal(group=world.group("Elders", tenant="elders"))
    for signal in (rubbish, elsewhere):
        assert follower.get(f"/signalen/{signal.id}").status_code == 404
        assert follower.get(f"/signalen/{signal.id}/geschiedenis").status_code == 404
        assert follower.get(f"/incidenten/{signal.incident_id}").status_code == 404
    assert follower.ids(stand="alle") == []
    assert follower.get("/signalen", wachtrij="handhaving").status_code == 403
    both = program(system(world, Scope.MELDKAMER, Scope.HANDHAVING))
    assert both.get("/signalen").status_code == 400
    assert both.ids(wachtrij="handhaving") == [rubbish.id]


def test_the_blind_sample_holds_for_programs_too(world: World) -> None:
    world.tenant = replace(TENANT, blind_share=1.0)
    signal = world.signal()
    made = system(world, Scope.MELDKAMER)
    with serving(world.app()) as served, httpx.Client(base_url=served.url) as client:
        sampled = Program(client, made)
        found = sampled.fetch(f"/signalen/{signal.id}")
        assert found["label"] == "blind"
        assert (found["categorie"], found["zekerheid"], found["model"]) == (None, None, None)
        assert found["urgentie"] == "actueel"
        assert sampled.ids(categorie="inbraak") == []
        assert "Inbraak" not in str(sampled.fetch(f"/signalen/{signal.id}/geschiedenis"))
        assert sampled.fetch(f"/incidenten/{signal.incident_id}")["categorie"] is None


def test_the_stop_button_takes_label_and_urgency_away(world: World, follower: Program) -> None:
    signal = world.signal(urgency=Urgency.SPOED)
    with world.store.write() as work:
        work.switches.turn(
            SLUG, SCORES, Switch(on=False, changed_by="toezicht", changed_at=world.clock.now())
        )
    found = follower.fetch(f"/signalen/{signal.id}")
    assert found["label"] == "uit"
    assert (found["categorie"], found["urgentie"], found["zekerheid"]) == (None, None, None)
    assert follower.get("/signalen", urgentie="spoed").status_code == 400
    assert follower.get("/signalen", categorie="inbraak").status_code == 400


def test_an_erased_signal_has_no_words_left(world: World, follower: Program) -> None:
    signal = world.signal()
    with world.store.write() as work:
        work.signals.erase([signal.id], world.clock.now())
    found = follower.fetch(f"/signalen/{signal.id}")
    assert (found["stand"], found["tekst"], found["plek"]) == ("gewist", None, None)


def test_every_look_is_written_down_with_its_signals(world: World, follower: Program) -> None:
    signal = world.signal()
    follower.fetch("/signalen")
    follower.fetch(f"/signalen/{signal.id}")
    follower.fetch(f"/incidenten/{signal.incident_id}")
    lines = audited(world, "account:signal:consult")
    assert [line.object for line in reversed(lines)] == [
        "queue/meldkamer",
        f"signal/{signal.id}",
        f"incident/{signal.incident_id}",
    ]
    assert follower.made is not None
    for line in lines:
        assert line.actor == f"token-{follower.made.token.id}"
        assert (line.origin, line.detail["signals"]) == ("api", signal.id)


def test_the_history_names_no_colleague(world: World, follower: Program, operator: Visitor) -> None:
    signal = world.signal()
    operator.decide(signal, "geen-signaal")
    steps = follower.fetch(f"/signalen/{signal.id}/geschiedenis")["stappen"]
    assert [(step["wie"], step["wat"]) for step in steps] == [
        ("buurt/1", "model zag: Inbraak. Route: alles › politie."),
        ("medewerker", "geen signaal"),
    ]
    assert "Agnes" not in str(steps)


def test_incidents_come_in_pages_with_the_signals_of_the_queue(
    world: World, follower: Program, clock: FrozenClock
) -> None:
    first = world.signal()
    clock.advance(timedelta(seconds=1))
    second = world.signal("Nog een raam", place="", incident=first.incident_id)
    hidden = world.signal(
        "Glas op de stoep", place="", incident=first.incident_id, queues=[Queue.HANDHAVING]
    )
    other = world.signal("Overval", place="", category=Category.BEROVING)
    page = follower.fetch("/incidenten", limiet=1)
    rest = follower.fetch("/incidenten", limiet=1, na=page["volgende"])
    found = [*page["incidenten"], *rest["incidenten"]]
    assert [each["id"] for each in found] == [other.incident_id, first.incident_id]
    assert rest["volgende"] is None
    assert set(found[1]["signalen"]) == {first.id, second.id}
    assert found[1]["andere"] == 1
    assert hidden.id not in str(found)
    assert found[1]["plekken"] == ["parallelweg 14"]
    assert found[1] == follower.fetch(f"/incidenten/{first.incident_id}")


def test_who_asks_for_a_merged_incident_gets_the_other(world: World, follower: Program) -> None:
    first, second = world.signal(), world.signal()
    with world.store.write() as work:
        work.incidents.merge(first.incident_id, second.incident_id, world.clock.now())
    assert follower.fetch(f"/incidenten/{first.incident_id}")["id"] == second.incident_id


def test_what_did_not_change_is_not_sent_and_not_written_down(
    world: World, follower: Program
) -> None:
    signal = world.signal()
    mark = follower.get("/signalen").headers["etag"]
    again = follower.get("/signalen", mark=mark)
    assert (again.status_code, again.content) == (304, b"")
    assert world.audited("account:signal:consult") == 1
    world.signal()
    assert follower.get("/signalen", mark=mark).status_code == 200
    one = f"/signalen/{signal.id}"
    assert (
        follower.get(one, mark=f'"other", W/{follower.get(one).headers["etag"]}').status_code == 304
    )
