# SPDX-License-Identifier: EUPL-1.2
"""A researcher asks groups in a pilot; people answer without a name, and few stay hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from core.clock import FrozenClock
from core.survey import KEPT, MOST_ANSWERS
from dashboard.pages import asked
from dashboard.surveyfigures import tellable
from dashboard.surveying import Surveying
from store.consent import Group
from store.retention import Rules, sweep
from store.rotation import reseal
from store.tables import survey_answers, survey_words
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]
Make = Callable[[], Visitor]
FORM = {
    "titel": "Hoe gaat de proef?",
    "doel": "weten of de proef helpt",
    "van": "2026-11-21",
    "tot": "2026-12-05",
    "vraag1": "Hoe tevreden bent u?",
    "soort1": "schaal",
    "vraag2": "Doet u volgend jaar weer mee?",
    "soort2": "ja-nee",
    "vraag3": "Wat moet anders?",
    "soort3": "keuze",
    "keuzes3": "Niets\r\nMeer uitleg\r\nMinder vragen",
    "vraag4": "Wilt u nog iets zeggen?",
    "soort4": "open",
}


@pytest.fixture
def researcher(signed_in: SignedIn) -> Visitor:
    return signed_in("onderzoek", "Noor")


def schedule(researcher: Visitor, *groups: Group, **changed: str) -> httpx.Response:
    chosen = {f"groep-{group.id}": "ja" for group in groups}
    return researcher.post("/onderzoek/vragenlijsten", **(FORM | chosen | changed))


def made(world: World, researcher: Visitor, group: Group, **changed: str) -> tuple[str, str]:
    """Return the page of a new questionnaire, and the path that the group shares."""
    page = schedule(researcher, group, **changed).headers["location"]
    link = Surveying(world.services).link(page.rpartition("/")[2], group.id)
    return page, link.removeprefix("http://127.0.0.1:8000")


def answer(world: World, person: Visitor, path: str, **fields: str) -> httpx.Response:
    """Open the page and send it in as a browser without scripts and cookies does."""
    found = re.search(r'name="ticket" value="([^"]+)"', person.get(path).text)
    assert found is not None
    advance(world, seconds=3)
    return person.client.post(path, data={"ticket": found[1]} | fields)


def advance(world: World, **span: float) -> None:
    assert isinstance(world.clock, FrozenClock)
    world.clock.advance(timedelta(**span))


def fill(world: World, visitor: Make, path: str, answers: list[dict[str, str]]) -> None:
    for n, fields in enumerate(answers):
        if n % 25 == 0:
            advance(world, minutes=11)  # One connection is held back; people are many.
        assert answer(world, visitor(), path, **fields).status_code == 200


def test_answers_come_in_without_account_cookie_or_name(
    world: World, visitor: Make, researcher: Visitor
) -> None:
    group = world.group()
    page, path = made(world, researcher, group)
    person = visitor()
    said = answer(world, person, path, antwoord1="4", antwoord2="0", antwoord4="Bel Jan 0612345678")
    assert "Dank u wel" in said.text
    assert not person.client.cookies
    with world.store.read() as work:
        survey = work.surveys.of_tenant(SLUG)[0]
        assert work.surveys.counts(survey.id) == {0: {4: 1}, 1: {0: 1}}
        assert work.surveys.words(survey.id, 3) == ["Bel [naam] [telefoon]"]
        raw = work.transaction.scalar(sa.select(survey_words.c.sealed))
    assert b"Bel" not in raw
    assert page.endswith(survey.id)
    assert reseal(world.store) == 0


def test_a_page_counts_once_however_often_it_is_sent(
    world: World, visitor: Make, researcher: Visitor
) -> None:
    _, path = made(world, researcher, world.group())
    person = visitor()
    found = re.search(r'name="ticket" value="([^"]+)"', person.get(path).text)
    assert found is not None
    advance(world, seconds=3)
    for _ in range(3):
        sent = person.client.post(path, data={"ticket": found[1], "antwoord1": "2"})
        assert "Dank u wel" in sent.text
    with world.store.read() as work:
        survey = work.surveys.of_tenant(SLUG)[0]
        assert work.surveys.answers(survey.id) == 1
        assert work.surveys.counts(survey.id) == {0: {2: 1}}


@pytest.mark.parametrize(
    "fields",
    [
        {"antwoord1": "5"},
        {"antwoord2": "-1"},
        {"antwoord3": "x"},
        {"antwoord4": "a" * 301},
        {},
        {"antwoord1": "1", "website": "http://x"},
        {"antwoord1": "1", "ticket": "123"},
    ],
)
def test_what_no_person_would_send_is_refused_and_nothing_is_stored(
    world: World, visitor: Make, researcher: Visitor, fields: dict[str, str]
) -> None:
    _, path = made(world, researcher, world.group())
    assert answer(world, visitor(), path, **fields).status_code == 400
    with world.store.read() as work:
        assert work.transaction.scalar(sa.select(sa.func.count(survey_answers.c.id))) == 0


def test_a_program_that_is_too_fast_has_to_wait(
    world: World, visitor: Make, researcher: Visitor
) -> None:
    _, path = made(world, researcher, world.group())
    person = visitor()
    found = re.search(r'name="ticket" value="([^"]+)"', person.get(path).text)
    assert found is not None
    fast = person.client.post(path, data={"ticket": found[1], "antwoord1": "1"})
    assert fast.status_code == 400
    assert 'value="1" checked' in fast.text  # What was filled in is not lost.


def test_the_outcome_waits_for_the_end_and_hides_few(
    world: World, visitor: Make, researcher: Visitor
) -> None:
    page, path = made(world, researcher, world.group())
    fill(
        world,
        visitor,
        path,
        [{"antwoord1": "4", "antwoord2": "0", "antwoord3": "0", "antwoord4": "goed zo"}] * 7
        + [{"antwoord1": "3", "antwoord2": "1", "antwoord3": "1"}] * 9
        + [{"antwoord2": "1", "antwoord3": "2"}] * 2,
    )
    during = researcher.get(page).text
    assert "10 tot en met 19" in during
    assert "goed zo" not in during
    assert "Gemiddeld" not in during
    assert researcher.get(f"{page}/uitkomst.csv").status_code == 400
    assert researcher.post(f"{page}/stop").status_code == 303
    after = researcher.get(page).text
    assert "16 antwoorden" in after
    assert "Gemiddeld 4,4" in after
    assert after.count("goed zo") == 7
    assert '<th scope="row" class="breek">Nee</th><td class="getal">11</td>' in after
    # Two said "Minder vragen"; that must not follow from the sum, so seven are hidden too.
    for option, n in (("Niets", "niet getoond"), ("Meer uitleg", "9"), ("Minder vragen", None)):
        cell = n or "niet getoond"
        assert f'<th scope="row" class="breek">{option}</th><td class="getal">{cell}</td>' in after
    file = researcher.get(f"{page}/uitkomst.csv").text
    assert "3;Wat moet anders?;keuze;Minder vragen;niet getoond" in file
    assert "2;Doet u volgend jaar weer mee?;ja-nee;Nee;11" in file
    assert file.count("goed zo") == 7
    for tag in ("make", "stop", "consult"):
        assert world.audited(f"account:survey:{tag}") == 1
    assert world.audited("account:view:export") == 1


def test_fewer_than_five_answers_tell_nothing(
    world: World, visitor: Make, researcher: Visitor
) -> None:
    page, path = made(world, researcher, world.group())
    fill(world, visitor, path, [{"antwoord1": "0", "antwoord4": "geheim woord"}] * 4)
    researcher.post(f"{page}/stop")
    assert "geheim woord" not in researcher.get(page).text
    assert researcher.get(page).text.count("Minder dan 5 antwoorden") == 4
    file = researcher.get(f"{page}/uitkomst.csv").text
    assert "geheim" not in file
    assert file.count("minder dan 5") == 4


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([10, 20, 0], [10, 20, 0]),
        ([2, 20, 9], [None, 20, None]),
        ([1, 1, 30], [None, None, None]),
        ([4, 4, 30], [None, None, None]),
        ([4, 4, 4, 30], [None, None, None, 30]),
        ([3, 7, 0], [None, None, 0]),
    ],
)
def test_no_small_count_follows_from_the_others(counts: list[int], shown: list[int | None]) -> None:
    assert tellable(counts) == shown


def test_it_stops_by_itself_and_its_words_go_in_time(
    world: World, visitor: Make, researcher: Visitor
) -> None:
    _, path = made(world, researcher, world.group())
    fill(world, visitor, path, [{"antwoord4": "iets"}] * 5)
    late = visitor()
    found = re.search(r'name="ticket" value="([^"]+)"', late.get(path).text)
    assert found is not None
    advance(world, days=14, hours=13)  # 5 December is over in the Netherlands.
    assert "is voorbij" in visitor().get(path).text
    refused = late.client.post(path, data={"ticket": found[1], "antwoord1": "1"})
    assert refused.status_code == 400
    assert sweep(world.store, world.clock.now(), Rules()).survey_words == 0
    advance(world, days=KEPT.days, hours=1)
    assert sweep(world.store, world.clock.now(), Rules()).survey_words == 5


def test_one_that_was_not_yet_begun_takes_nothing(
    world: World, visitor: Make, researcher: Visitor
) -> None:
    _, path = made(world, researcher, world.group(), van="2026-11-23")
    assert "begint op 23 nov 2026" in visitor().get(path).text
    assert visitor().client.post(path, data={"antwoord1": "1"}).status_code == 400


def test_only_groups_that_take_part_can_be_chosen(world: World, researcher: Visitor) -> None:
    mine, silent = world.group(), world.group("Stil", granted=False)
    other = world.group("Elders", tenant="elders")
    listed = researcher.get("/onderzoek/vragenlijsten").text
    assert mine.id in listed
    for group in (silent, other):
        assert group.id not in listed
        assert schedule(researcher, group).status_code == 400
    wrong = schedule(researcher, mine, tot="2027-06-01")
    assert wrong.status_code == 400
    assert "Hoe tevreden bent u?" in wrong.text  # What was typed is not lost.


def test_a_questionnaire_of_another_municipality_is_not_found(
    world: World, researcher: Visitor, signed_in: SignedIn
) -> None:
    page, _ = made(world, researcher, world.group())
    world.group("Elders", tenant="elders")
    stranger = signed_in("onderzoek", "Vreemd", tenant="elders")
    for path in (page, f"{page}/uitkomst.csv"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{page}/stop").status_code == 404


def test_a_link_that_was_guessed_leads_nowhere(visitor: Make) -> None:
    for path in ("/vragenlijst/AAAAAAAAAAAAAAAAAAAAAA", "/oordeel/AAAAAAAAAAAAAAAAAAAAAA"):
        assert visitor().get(path).status_code == 404
        assert visitor().client.post(path, data={}).status_code == 404


def test_the_admin_of_a_group_sees_the_link_to_share(
    world: World, researcher: Visitor, signed_in: SignedIn
) -> None:
    group = world.group(source="whatsapp_export")
    _, path = made(world, researcher, group)
    admin = signed_in("groepsbeheer", "Bea", groups=[group.id])
    assert path in admin.get(f"/groep/{group.id}").text


def test_one_link_cannot_be_stuffed_without_end(
    world: World, visitor: Make, researcher: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ANSWERS > 1
    monkeypatch.setattr("dashboard.surveying.MOST_ANSWERS", 2)
    _, path = made(world, researcher, world.group())
    statuses = [answer(world, visitor(), path, antwoord1="1").status_code for _ in range(3)]
    assert statuses == [200, 200, 503]


def test_the_question_whether_it_helped_is_answered_by_a_link_without_a_name(
    world: World, visitor: Make, operator: Visitor
) -> None:
    group = world.group()
    signal = world.signal(group=group)
    operator.decide(signal)
    with world.store.read() as work:
        said = [str(r.payload["text"]) for r in work.outbox.of_signal(signal.id) if r.payload]
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/oordeel/\S+)", " ".join(said))
    for n in range(3):
        person = visitor()
        assert "Dank u wel" in answer(world, person, path, cijfer=str(n + 2)).text
        assert not person.client.cookies
    assert answer(world, visitor(), path, cijfer="6").status_code == 400
    with world.store.read() as work:
        [month] = work.ratings.months(SLUG, "2027-01")
    assert (month.answers, month.total) == (3, 9)
    advance(world, days=15)
    assert visitor().get(path).status_code == 404
    assert asked.MOST_RATINGS > 100
