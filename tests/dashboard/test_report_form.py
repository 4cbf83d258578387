# SPDX-License-Identifier: EUPL-1.2
"""The public form over HTTP: what people send reaches an operator, and leaves no trace of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import httpx
import pytest
from PIL import Image

from core.clock import FrozenClock
from core.consent import ConsentKind
from core.label import Category, Urgency
from core.ownreport import Part
from core.signal import SignalState
from core.tenant import Tenant
from store.switches import SCORES, Switch
from tests.buurtsignaal.conftest import PlainClassifier
from tests.rig.formhouse import SLUG, FormHouse, Visitor, code_in, form_house, ticket_in


@pytest.fixture
def forms(tmp_path: Path, clock: FrozenClock) -> Iterator[FormHouse]:
    with form_house(tmp_path, clock, PlainClassifier()) as made:
        yield made


@pytest.fixture
def strict(tmp_path: Path, clock: FrozenClock) -> Iterator[FormHouse]:
    with form_house(tmp_path, clock, PlainClassifier(), report_seconds=5.0, crowd=6) as made:
        yield made


def jpeg(size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return out.getvalue()


PAGES = (
    "/melden",
    f"/melden/{SLUG}",
    f"/melden/{SLUG}?taal=en",
    "/melden/bergdam",
    "/melden/oostwolde",
    "/melden/volgen",
    "/melden/bestaat-niet",
)


# -- what every page keeps to -----------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_script_a_cookie_or_something_from_elsewhere(
    forms: FormHouse, path: str
) -> None:
    answer = forms.visitor().client.get(path)
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert " on" + "click=" not in answer.text
    assert "style=" not in answer.text
    loaded = re.findall(r'<(?:link|img)[^>]+(?:href|src)="([^"]+)"', answer.text)
    assert loaded
    assert [address for address in loaded if not address.startswith("/")] == []


def test_sending_sets_no_cookie_either(forms: FormHouse) -> None:
    person = forms.visitor()
    person.open()
    answer = person.send(verhaal="Iemand liep mij achterna")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert not person.client.cookies


@pytest.mark.parametrize("path", PAGES)
def test_112_stands_on_every_page(forms: FormHouse, path: str) -> None:
    assert 'href="tel:112"' in forms.visitor().client.get(path).text


def test_english_has_an_address_of_its_own(forms: FormHouse) -> None:
    client = forms.visitor().client
    assert client.get("/en/report").headers["location"] == "/melden?taal=en"
    led = client.get(f"/en/report/{SLUG}")
    assert led.headers["location"] == f"/melden/{SLUG}?taal=en"
    page = client.get(led.headers["location"]).text
    assert '<html lang="en"' in page
    assert "Report street harassment" in page
    assert client.get("/en/report/nergens").status_code == 404


# -- a report becomes a signal ----------------------------------------------------------------


def test_a_report_reaches_the_queue_although_the_model_says_geen(forms: FormHouse) -> None:
    code = forms.visitor().report(
        verhaal="Hij bleef maar achter mij lopen", waar="Kerkstraat 12", rol="slachtoffer"
    )
    (row,) = forms.signals()
    assert row.text == "Hij bleef maar achter mij lopen\nWaar: Kerkstraat 12"
    assert (row.category, row.subcategory, row.review) == (
        Category.STRAATINTIMIDATIE,
        "volgen",
        True,
    )
    assert row.first_hand is True
    with forms.house.store.read() as work:
        told = work.reports.find(row.id)
    assert told is not None
    assert (told.judged, told.part, told.safe) == (Category.GEEN, Part.VICTIM, None)
    with forms.operator() as operator:
        page = operator.get("/meldkamer").text
    assert "Hij bleef maar achter mij lopen" in page
    assert "Straatintimidatie: volgen" in page
    assert "geen signaal (90%)" in page
    assert code.count("-") == 3


def test_where_the_model_sees_a_signal_its_category_stands_beside_the_reporters(
    forms: FormHouse,
) -> None:
    forms.visitor().report(verhaal="dit was geweld")
    (row,) = forms.signals()
    assert (row.category, row.review) == (Category.GEWELD, False)
    with forms.operator() as operator:
        page = operator.get("/meldkamer").text
    assert "Anders dan de melder" in page
    assert "geweld (90%)" in page


@pytest.mark.parametrize("how", ["blind", "off"])
def test_without_label_the_card_says_what_the_reporter_chose_and_not_what_the_model_thinks(
    forms: FormHouse, how: str
) -> None:
    forms.visitor().report(verhaal="dit was geweld")
    (row,) = forms.signals()
    if how == "blind":
        tenants = cast("dict[str, Tenant]", forms.services.tenants)
        tenants[SLUG] = replace(tenants[SLUG], blind_share=1.0)
    else:
        with forms.house.store.write() as work:
            off = Switch(on=False, changed_by="tess", changed_at=forms.house.clock.now())
            work.switches.turn(SLUG, SCORES, off)
    with forms.operator() as operator:
        pages = [operator.get(f"/kaart/{row.id}"), operator.get(f"/incident/{row.incident_id}")]
    for page in pages:
        card = page.text.partition("<article")[2].partition("</article>")[0]
        card = re.sub(r"<select.*?</select>", "", card, flags=re.DOTALL)
        assert "Zonder label" in card
        assert "<dt>Melder koos</dt><dd>Straatintimidatie: volgen</dd>" in card
        assert "Model denkt" not in card
        assert "Anders dan de melder" not in card
        assert "geweld" not in card.replace("dit was geweld", "").lower()


def test_a_report_is_kept_when_the_model_breaks(forms: FormHouse) -> None:
    forms.visitor().report(verhaal="alles is kapot")
    (row,) = forms.signals()
    assert (row.category, row.review) == (Category.STRAATINTIMIDATIE, True)


def test_a_report_without_words_says_what_was_ticked(forms: FormHouse) -> None:
    forms.visitor().report(verhaal="  ", **{"soort.straatintimidatie/sissen": "ja"})
    (row,) = forms.signals()
    assert row.text == "Nasissen, nafluiten of naroepen, Volgen of achternalopen."
    assert row.subcategory is None


def test_who_is_not_safe_comes_first_and_is_pointed_to_112(forms: FormHouse) -> None:
    person = forms.visitor()
    person.open()
    page = person.send(verhaal="Hij staat voor mijn deur", veilig="nee").text
    (row,) = forms.signals()
    assert row.urgency is Urgency.SPOED
    assert page.index("Is er nu gevaar? Bel 112.") < page.index("<h1")
    with forms.operator() as operator:
        assert "de melder is NIET veilig" in operator.get("/meldkamer").text


def test_the_reporters_own_consent_is_in_the_ledger_once(forms: FormHouse) -> None:
    for words in ("een", "twee"):
        forms.visitor().report(verhaal=words)
    row = forms.signals()[0]
    with forms.house.store.read() as work:
        (line,) = work.consent.ledger(row.group_id)
    assert line.kind is ConsentKind.OWN
    assert line.text_version == "form-2026-11-2"


def test_what_one_person_writes_is_no_context_for_the_next(
    tmp_path: Path, clock: FrozenClock
) -> None:
    classifier = PlainClassifier()
    with form_house(tmp_path, clock, classifier) as forms:
        forms.visitor().report(verhaal="een man met een rode jas")
        forms.visitor().report(verhaal="zelfde hier")
        rows = forms.signals()
    assert [question.context for question in classifier.asked] == [(), ()]
    assert len({row.incident_id for row in rows}) == 2
    assert len({row.pseudonym for row in rows}) == 2


def test_a_report_of_last_week_joins_nothing_of_tonight(
    forms: FormHouse, clock: FrozenClock
) -> None:
    words = "straatintimidatie op het plein"
    forms.visitor().report(verhaal=words, waar="Kerkstraat 12")
    day = (clock.now() - timedelta(days=7)).date().isoformat()
    forms.visitor().report(verhaal=words, waar="Kerkstraat 12", datum=day, tijd="22:00")
    rows = forms.signals()
    assert len({row.incident_id for row in rows}) == 2


# -- one ticket, one report -------------------------------------------------------------------


def test_sending_twice_is_one_report_with_one_code(forms: FormHouse) -> None:
    person = forms.visitor()
    person.open()
    first, second = (person.send(verhaal="Iemand floot") for _ in range(2))
    assert code_in(first.text) == code_in(second.text) != ""
    assert len(forms.signals()) == 1


def test_who_is_faster_than_any_person_is_asked_again_and_loses_nothing(
    strict: FormHouse, clock: FrozenClock
) -> None:
    person = strict.visitor()
    person.open()
    answer = person.send(verhaal="Iemand floot naar mij", waar="Plein")
    assert answer.status_code == 400
    assert "U was erg snel" in answer.text
    assert "Iemand floot naar mij" in answer.text
    assert strict.signals() == []
    clock.advance(timedelta(seconds=6))
    person.ticket = ticket_in(answer.text)
    assert person.send(verhaal="Iemand floot naar mij").status_code == 200


def test_a_filled_trap_costs_half_a_minute(strict: FormHouse, clock: FrozenClock) -> None:
    person = strict.visitor()
    person.open()
    clock.advance(timedelta(seconds=10))
    answer = person.send(verhaal="koop pillen", website="http://spam")
    assert (answer.status_code, strict.signals()) == (400, [])
    person.ticket = ticket_in(answer.text)
    clock.advance(timedelta(seconds=20))
    assert person.send(verhaal="koop").status_code == 400
    clock.advance(timedelta(seconds=15))
    assert person.send(verhaal="Iemand floot").status_code == 200


@pytest.mark.parametrize(
    "forged", ["", "1.2.3", "x" * 300, "1790000000." + "A" * 22 + "." + "0" * 64]
)
def test_a_ticket_that_is_not_ours_is_refused(forms: FormHouse, forged: str) -> None:
    person = forms.visitor()
    person.open()
    person.ticket = forged
    answer = person.send(verhaal="Iemand floot")
    assert answer.status_code == 400
    assert forms.signals() == []


def test_a_ticket_of_another_municipality_is_refused(forms: FormHouse) -> None:
    person = forms.visitor()
    person.open("bergdam")
    assert person.send(SLUG, verhaal="Iemand floot").status_code == 400


def test_a_form_that_was_open_all_night_is_given_back_with_its_words(
    forms: FormHouse, clock: FrozenClock
) -> None:
    person = forms.visitor()
    person.open()
    clock.advance(timedelta(hours=7))
    answer = person.send(verhaal="Iemand floot")
    assert (answer.status_code, "Iemand floot" in answer.text) == (400, True)
    person.ticket = ticket_in(answer.text)
    assert person.send(verhaal="Iemand floot").status_code == 200


def test_one_connection_cannot_flood_and_an_hour_later_it_may_again(
    strict: FormHouse, clock: FrozenClock
) -> None:
    person = strict.visitor()
    statuses = [person.follow("x").status_code for _ in range(8)]
    assert statuses == [404] * 6 + [429] * 2
    page = person.follow("x").text
    assert 'href="tel:112"' in page
    assert "<script" not in page
    clock.advance(timedelta(minutes=11))
    assert person.follow("x").status_code == 404


# -- what has to be mended --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"soort.straatintimidatie/volgen": ""}, "Kies wat er gebeurde."),
        ({"verhaal": "a" * 4_001}, "4000 tekens"),
        ({"waar": "a" * 301}, "300 tekens"),
        ({"datum": "2026-13-40"}, "Deze datum of tijd klopt niet"),
        ({"datum": "1880-01-01"}, "Deze datum of tijd klopt niet"),
        ({"datum": "2027-01-01"}, "Deze datum is nog niet geweest"),
        ({"tijd": "25:99"}, "Deze datum of tijd klopt niet"),
        ({"bereikbaar": "ja", "contact": "a" * 201}, "200 tekens"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(
    forms: FormHouse, fields: dict[str, str], said: str
) -> None:
    person = forms.visitor()
    person.open()
    answer = person.send(fields={"verhaal": "Mijn <b>woorden</b>"} | fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert "Mijn &lt;b&gt;woorden&lt;/b&gt;" in answer.text or "verhaal" in fields
    assert forms.signals() == []


def test_a_theme_that_is_not_open_cannot_be_chosen(forms: FormHouse) -> None:
    person = forms.visitor()
    person.open()
    fields = {"soort.straatintimidatie/volgen": "", "soort.inbraak": "ja"}
    assert person.send(fields=fields).status_code == 400


def test_odd_bodies_are_refused_without_an_error_of_ours(forms: FormHouse) -> None:
    client = forms.visitor().client
    kind = {"content-type": "multipart/form-data; boundary=x"}
    for body, headers in ((b"\xff\x00" * 50, kind), (b"a=b", {"content-type": "text/plain"})):
        assert client.post(f"/melden/{SLUG}", content=body, headers=headers).status_code == 400
    huge = client.post(f"/melden/{SLUG}", content=b"x" * 26_000_000, headers=kind)
    assert huge.status_code == 413
    assert "Deze foto is te groot" in huge.text


# -- photo and contact ------------------------------------------------------------------------


def test_an_operator_sees_the_photo_and_the_contact_and_others_do_not(forms: FormHouse) -> None:
    person = forms.visitor()
    person.open()
    photo_file = ("mijn vakantie.jpg", jpeg(), "image/jpeg")
    sent = person.send(photo=photo_file, verhaal="Zie foto", bereikbaar="ja", contact="06 12345678")
    assert sent.status_code == 200
    (row,) = forms.signals()
    with forms.operator() as operator, forms.operator("handhaving") as other:
        page = operator.get("/meldkamer").text
        assert "06 12345678" in page
        shown = operator.get(f"/signaal/{row.id}/foto")
        assert shown.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(shown.content)).size == (40, 30)
        assert other.get(f"/signaal/{row.id}/foto").status_code == 404
    assert person.client.get(f"/signaal/{row.id}/foto").status_code in (303, 401)


def test_a_contact_that_was_not_offered_is_not_kept(forms: FormHouse) -> None:
    forms.visitor().report(verhaal="Floot", bereikbaar="nee", contact="06 12345678")
    with forms.house.store.read() as work:
        told = work.reports.find(forms.signals()[0].id, with_contact=True)
    assert told is not None
    assert told.contact == ""


def test_contact_and_photo_lie_sealed(forms: FormHouse, tmp_path: Path) -> None:
    person = forms.visitor()
    person.open()
    photo_file = ("a.jpg", jpeg(), "image/jpeg")
    person.send(photo=photo_file, verhaal="zqxverhaal", bereikbaar="ja", contact="zqxcontact")
    written = b"".join(path.read_bytes() for path in tmp_path.glob("b.db*"))
    assert b"zqxcontact" not in written
    assert b"JFIF" not in written


def test_a_photo_that_is_too_large_costs_no_words(forms: FormHouse) -> None:
    person = forms.visitor()
    person.open()
    large = ("a.jpg", jpeg() + bytes(11_000_000), "image/jpeg")
    answer = person.send(photo=large, verhaal="Mijn woorden")
    assert answer.status_code == 400
    assert "Deze foto is te groot" in answer.text
    assert "Mijn woorden" in answer.text


def test_a_file_that_is_no_photo_is_refused_with_the_words_kept(forms: FormHouse) -> None:
    person = forms.visitor()
    person.open()
    photo_file = ("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    answer = person.send(photo=photo_file, verhaal="Mijn woorden")
    assert answer.status_code == 400
    assert "Deze foto konden wij niet lezen" in answer.text
    assert "Mijn woorden" in answer.text


# -- following --------------------------------------------------------------------------------


def decide(forms: FormHouse, act: str) -> None:
    (row,) = forms.signals()
    with forms.operator() as operator:
        fields = {"csrf": "csrf", "besluit": act, "versie": str(row.version)}
        assert operator.post(f"/signaal/{row.id}/besluit", data=fields).status_code == 303


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("", "nog niet bekeken"),
        ("geen-signaal", "Er is nu geen actie nodig"),
        ("bevestigd", "Een medewerker heeft uw melding bekeken."),
    ],
)
def test_a_reporter_follows_what_became_of_it(forms: FormHouse, act: str, said: str) -> None:
    person = forms.visitor()
    code = person.report(verhaal="Hij siste naar mij")
    if act:
        decide(forms, act)
    page = person.follow(code).text
    assert said in page
    assert "Hij siste" not in page
    assert "Agnes" not in page


@pytest.mark.parametrize("typed", [str.lower, lambda c: c.replace("-", " "), lambda c: f" {c}\n"])
def test_a_code_may_be_typed_sloppily(forms: FormHouse, typed: object) -> None:
    assert callable(typed)
    person = forms.visitor()
    code = person.report(verhaal="Hij siste naar mij")
    assert person.follow(typed(code)).status_code == 200


@pytest.mark.parametrize("wrong", ["", "AAAA-BBBB-CCCC-DDDD", "x" * 500, "../..", "ÀÀÀÀ-2222"])
def test_a_wrong_code_finds_nothing(forms: FormHouse, wrong: str) -> None:
    person = forms.visitor()
    person.report(verhaal="Hij siste naar mij")
    assert person.follow(wrong).status_code == 404


def test_no_code_is_stored_anywhere(forms: FormHouse, tmp_path: Path) -> None:
    code = forms.visitor().report(verhaal="Hij siste naar mij")
    written = b"".join(path.read_bytes() for path in tmp_path.glob("b.db*"))
    for form in (code, code.replace("-", ""), code.lower()):
        assert form.encode() not in written


def asked(
    forms: FormHouse, text: str = "Droeg hij een jas?", to: str = "reporter"
) -> httpx.Response:
    (row,) = forms.signals()
    with forms.operator() as operator:
        fields = {"csrf": "csrf", "aan": to, "vraag": text}
        answer = operator.post(f"/signaal/{row.id}/vraag", data=fields)
    forms.deliver()
    return answer


def question_in(page: str) -> str:
    found = re.search(r'name="vraag" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def respond(person: Visitor, code: str, text: str) -> httpx.Response:
    page = person.follow(code).text
    fields = {"vraag": question_in(page), "ticket": ticket_in(page), "antwoord": text}
    return person.follow(code, "/antwoord", **fields)


def test_a_question_is_answered_without_anybody_knowing_who(forms: FormHouse) -> None:
    person = forms.visitor()
    code = person.report(verhaal="Hij siste naar mij")
    assert asked(forms).status_code == 303
    assert "Droeg hij een jas?" in person.follow(code).text
    answer = respond(person, code, "Ja, een groene")
    assert "Uw antwoord is bij de medewerker" in answer.text
    (row,) = forms.signals()
    with forms.house.store.read() as work:
        (question,) = work.questions.of_incident(row.incident_id, with_text=True)
    assert [a.text for a in question.answers] == ["Ja, een groene"]
    assert question.answers[0].pseudonym == row.pseudonym


def test_the_same_answer_counts_once(forms: FormHouse) -> None:
    person = forms.visitor()
    code = person.report(verhaal="Hij siste naar mij")
    asked(forms)
    page = person.follow(code).text
    fields = {"vraag": question_in(page), "ticket": ticket_in(page), "antwoord": "Ja"}
    for _ in range(2):
        assert person.follow(code, "/antwoord", **fields).status_code == 200
    (row,) = forms.signals()
    with forms.house.store.read() as work:
        (question,) = work.questions.of_incident(row.incident_id)
    assert len(question.answers) == 1


def test_nobody_answers_somebody_elses_question(forms: FormHouse) -> None:
    person, stranger = forms.visitor(), forms.visitor()
    code = person.report(verhaal="Hij siste naar mij")
    asked(forms)
    question = question_in(person.follow(code).text)
    other = stranger.report(verhaal="Andere melding van iets anders")
    ticket = ticket_in(person.follow(code).text)
    fields = {"vraag": question, "ticket": ticket, "antwoord": "Ik was het"}
    assert stranger.follow(other, "/antwoord", **fields).status_code == 404


def test_a_form_has_no_group_to_ask(forms: FormHouse) -> None:
    forms.visitor().report(verhaal="Hij siste naar mij")
    assert asked(forms, to="group").status_code == 400
    (row,) = forms.signals()
    with forms.operator("toezicht") as _:
        pass
    with forms.house.store.read() as work:
        assert work.questions.of_incident(row.incident_id) == []


def test_a_reporter_takes_everything_back(forms: FormHouse) -> None:
    person = forms.visitor()
    person.open()
    photo_file = ("a.jpg", jpeg(), "image/jpeg")
    sent = person.send(
        photo=photo_file, verhaal="Floot", bereikbaar="ja", contact="06", rol="getuige"
    )
    code = code_in(sent.text)
    assert person.follow(code, "/wissen").status_code == 400
    assert "Uw melding is gewist" in person.follow(code, "/wissen", zeker="ja").text
    (row,) = forms.signals()
    assert (row.state, row.text) == (SignalState.ERASED, None)
    with forms.house.store.read() as work:
        told = work.reports.find(row.id, with_contact=True)
        assert work.reports.photo(row.id) is None
    assert told is not None
    assert (told.contact, told.part, told.photo) == ("", None, False)
    assert "Uw melding is gewist" in person.follow(code).text


# -- the municipality's own look --------------------------------------------------------------

FORM = """
logo = "logo.svg"
logo_text = "Gemeente Duinveld"
[colours]
brand = "#ffd400"
brand_dark = "#102030"
[texts.nl]
heading = "Meld het aan Duinveld"
[[place]]
name = "Wijkteam"
phone = "14099"
shown = "14 099"
site = "https://duinveld.example"
nl = "Voor buurtgenoten."
en = "For neighbours."
"""


def test_a_municipality_has_its_own_logo_colours_words_and_help(
    tmp_path: Path, clock: FrozenClock
) -> None:
    with form_house(tmp_path, clock, PlainClassifier(), form=FORM) as forms:
        person = forms.visitor()
        page = person.open().text
        assert "Meld het aan Duinveld" in page
        assert 'alt="Gemeente Duinveld"' in page
        sheet = person.client.get(f"/melden/{SLUG}/huisstijl.css")
        assert sheet.headers["content-type"].startswith("text/css")
        assert "--merk: #ffd400; --merk-inkt: #000000;" in sheet.text
        assert "--merk: #102030; --merk-inkt: #ffffff;" in sheet.text
        logo = person.client.get(f"/melden/{SLUG}/logo")
        assert logo.headers["content-type"] == "image/svg+xml"
        assert "script-src 'self'" in logo.headers["content-security-policy"]
        assert "Wijkteam" in person.send(verhaal="Floot").text
        row = forms.signals()[0]
        with forms.house.store.read() as work:
            (line,) = work.consent.ledger(row.group_id)
        assert re.fullmatch(r"form-2026-11-2-[0-9a-f]{8}", line.text_version)


def test_the_administrator_gets_link_and_code(forms: FormHouse) -> None:
    with forms.operator("beheer") as admin:
        page = admin.get("/beheer/melden").text
    assert f"http://127.0.0.1:8000/melden/{SLUG}" in page
    assert "<svg" in page
    with forms.operator("onderzoek") as other:
        assert other.get("/beheer/melden").status_code == 403
