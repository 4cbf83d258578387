# SPDX-License-Identifier: EUPL-1.2
"""What an operator sees: everything that helps to decide, and nothing that does harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.action import Action, ActionKind
from core.clock import FrozenClock
from core.label import Category, Queue, Urgency
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import World

SignedIn = Callable[..., Visitor]

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</blockquote></article><h1>Nep</h1>",
    "{{ 7 * 7 }} {% include 'basis.html' %}",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "<!--",
    "\u202egniD",
    "a\u0000b\u200bc\u2066d",
    "\ud83d half",
    "W" * 4000,
]


def test_the_most_urgent_comes_first_and_then_the_oldest(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    made = []
    for urgency in (Urgency.NIET_URGENT, Urgency.ACTUEEL, Urgency.SPOED, Urgency.SPOED):
        made.append(world.signal(urgency=urgency).id)
        clock.advance(timedelta(minutes=1))
    page = operator.get("/meldkamer").text
    assert re.findall(r'id="kaart-([^"]+)"', page) == [made[2], made[3], made[1], made[0]]


def test_a_card_tells_what_is_needed_to_decide(world: World, operator: Visitor) -> None:
    incident = world.incident()
    world.signal("Ik hoorde glas breken", incident=incident, evidence=["glas"], place="")
    signal = world.signal(subcategory="woning", urgency=Urgency.SPOED, incident=incident)
    card = operator.get(f"/kaart/{signal.id}").text
    text = " ".join(re.sub(r"<[^>]+>", "", card).split())
    assert "<mark>ingebroken</mark>" in card
    for words in (
        "Spoed",
        "Inbraak: woning",
        "Parallelweg 14",
        "zeer waarschijnlijk 93%",
        "Buurtapp Kersenbuurt, Kersenbuurt",
        "schrijver zag het zelf",
        "zojuist",
        "Ik hoorde glas breken",
        "LMC bzibwn",
        "bzibwn INBRAAK Urgentie: Spoed Plaats: Parallelweg 14 (Kersenbuurt)",
        "model zag: Inbraak. Route: alles › politie.",
        "Het kan ook zijn: geen",
        "Model buurt/1",
    ):
        assert words.lower() in text.lower(), words


def test_operators_read_the_full_text(world: World, operator: Visitor) -> None:
    world.signal()
    page = operator.get("/meldkamer").text
    assert "bij Jan op de" in page
    assert "[naam]" not in page


def test_words_of_the_other_queue_stay_masked_in_an_incident(
    world: World, signed_in: SignedIn
) -> None:
    incident = world.incident(Category.AFVAL)
    world.signal("Jan is geslagen", category=Category.GEWELD, incident=incident)
    mine = world.signal("Zakken op straat", category=Category.AFVAL, incident=incident)
    card = signed_in("handhaving").get(f"/kaart/{mine.id}").text
    assert "[naam] is geslagen" in card
    assert "Jan is geslagen" not in card


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_message_becomes_markup_or_hides_itself(
    world: World, operator: Visitor, text: str
) -> None:
    group = world.group(text[:60])
    signal = world.signal(text, evidence=[text[:5]], names=[], place="", group=group)
    for path in ("/meldkamer", f"/kaart/{signal.id}", f"/incident/{signal.incident_id}"):
        page = operator.get(path).text
        assert "<script>alert" not in page
        assert not re.search(r"<(?:img|svg|h1)[^>]*(?:onerror|onload|>Nep)", page)
        assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069\u0000]", page)
        assert "49" not in re.findall(r"<blockquote.*?</blockquote>", page, re.DOTALL)[0]
        assert page.count("<article") == page.count("</article>") == 1


def test_invisible_signs_are_left_out_and_reported(world: World, operator: Visitor) -> None:
    signal = world.signal("veilig\u202e! kcabni", evidence=[], place="")
    assert "1 onzichtbaar teken weggelaten" in operator.get(f"/kaart/{signal.id}").text


def test_every_look_at_signals_is_audited_once_per_page(world: World, operator: Visitor) -> None:
    ids = {world.signal().id for _ in range(3)}
    operator.get("/meldkamer")
    assert world.audited("account:signal:consult") == 1
    with world.store.read() as work:
        line = work.audit.lines("veldhoven", limit=1)[0].event
    assert (line.actor, line.object, line.detail["count"]) == ("agnes", "queue/meldkamer", 3)
    assert set(str(line.detail["signals"]).split(",")) == ids


def test_an_empty_queue_writes_no_line_and_says_so(world: World, operator: Visitor) -> None:
    assert "De rij is leeg" in operator.get("/meldkamer").text
    assert world.audited("account:signal:consult") == 0


def test_several_cards_come_in_one_answer_with_one_line(world: World, operator: Visitor) -> None:
    ids = [world.signal().id for _ in range(3)]
    query = "&".join(f"id={id}" for id in [*ids, "weg"])
    assert operator.get(f"/kaarten?{query}").text.count("<article") == 3
    assert world.audited("account:signal:consult") == 1


def test_too_many_cards_at_once_are_refused(operator: Visitor) -> None:
    query = "&".join(f"id={n}" for n in range(51))
    assert operator.get(f"/kaarten?{query}").status_code == 400


def test_a_decided_card_names_who_decided(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    signal = world.signal()
    operator.decide(signal)
    card = signed_in("meldkamer", "Bert").get(f"/kaart/{signal.id}").text
    assert "Al afgehandeld door Agnes: bevestigd." in card
    assert 'data-staat="decided"' in card


def test_an_erased_signal_leaves_the_queue(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    signal = world.signal()
    with world.store.write() as work:
        work.signals.erase([signal.id], clock.now())
    assert signal.id not in operator.get("/meldkamer").text
    assert "ingebroken" not in operator.get(f"/kaart/{signal.id}").text


def test_a_long_queue_has_pages(world: World, operator: Visitor) -> None:
    group, incident = world.group(), world.incident()
    for n in range(105):
        world.signal(f"Inbraak {n}", group=group, incident=incident, place="")
    first = operator.get("/meldkamer").text
    assert "105 signalen" in first
    assert first.count("<article") == 100
    after = re.search(r'href="(/meldkamer\?na=[^"]+)"', first)
    assert after is not None
    assert operator.get(after[1]).text.count("<article") == 5


def test_what_is_in_both_queues_is_decided_for_both(
    world: World, operator: Visitor, signed_in: SignedIn
) -> None:
    signal = world.signal(queues=[Queue.MELDKAMER, Queue.HANDHAVING])
    officer = signed_in("handhaving")
    assert signal.id in officer.get("/handhaving").text
    operator.decide(signal)
    assert signal.id not in officer.get("/handhaving").text


def test_a_card_says_which_police_action_it_passes_on(
    world: World, operator: Visitor, clock: FrozenClock
) -> None:
    plain, known = world.signal(), world.signal()
    action = Action(
        id="a1",
        tenant=known.tenant,
        kind=ActionKind.BURGERNET,
        link="https://www.burgernet.example/actie/4411",
        published_at=clock.now(),
        ends_at=clock.now() + timedelta(days=3),
    )
    with world.store.write() as work:
        work.actions.save([action])
        work.incidents.save(replace(work.incidents.get(known.incident_id), action="a1"))
    card = operator.get(f"/kaart/{known.id}").text
    assert "Bekend: Burgernet-actie</a>" in card
    assert 'href="https://www.burgernet.example/actie/4411"' in card
    assert "Bekend:" not in operator.get(f"/kaart/{plain.id}").text
