# SPDX-License-Identifier: EUPL-1.2
"""Which language somebody gets: what they chose, then what their browser asks, then Dutch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.audit import Tag
from core.signal import Act
from dashboard.preference import preferred, safe_path
from tests.dashboard.visitor import Visitor, csrf_of
from tests.dashboard.world import PASSWORD, World

SignedIn = Callable[..., Visitor]


@pytest.fixture
def somebody(visitor: Callable[[], Visitor]) -> Visitor:
    return visitor()


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "nl"),
        ("en", "en"),
        ("en-GB,en;q=0.9,nl;q=0.8", "en"),
        ("nl,en;q=0.9", "nl"),
        ("en;q=0.5, nl;q=0.5", "nl"),
        ("de, fr;q=0.9, en;q=0.2", "en"),
        ("de", "nl"),
        ("en;q=0", "nl"),
        ("en;q=x", "nl"),
        ("*", "nl"),
        (",;;q==,en" * 500, "en"),
    ],
)
def test_a_browser_is_answered_in_its_best_language(header: str, lang: str) -> None:
    assert preferred(header) == lang


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("/lijst?q=a", "/lijst?q=a"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example", "/"),
        ("/a\nb", "/"),
        ("", "/"),
    ],
)
def test_a_language_button_only_leads_to_our_own_pages(address: str, where: str) -> None:
    assert safe_path(address) == where


def test_public_pages_follow_the_link_before_the_browser(somebody: Visitor) -> None:
    dutch = somebody.get("/inloggen?taal=nl", **{"Accept-Language": "en"}).text
    assert '<html lang="nl"' in dutch
    assert "Gebruikersnaam" in dutch
    english = somebody.get("/inloggen?taal=en").text
    assert '<html lang="en"' in english
    assert "User name" in english
    assert '<link rel="alternate" hreflang="nl" href="/inloggen?taal=nl">' in english
    assert 'action="/inloggen?taal=en"' in english
    assert 'href="/meedoen?taal=en"' in english


def test_a_language_that_we_do_not_have_is_ignored(somebody: Visitor) -> None:
    assert '<html lang="nl"' in somebody.get("/meedoen?taal=../x").text


def test_a_page_that_does_not_exist_says_so_in_english(somebody: Visitor) -> None:
    answer = somebody.get("/bestaat-niet", **{"Accept-Language": "en"})
    assert (answer.status_code, "Not found" in answer.text) == (404, True)


def test_the_language_of_the_login_page_stays_after_signing_in(
    world: World, somebody: Visitor
) -> None:
    account = world.account("meldkamer", "Agnes")
    token = csrf_of(somebody.get("/inloggen?taal=en").text)
    fields = {"naam": account.username, "wachtwoord": PASSWORD, "csrf": token}
    assert somebody.client.post("/inloggen?taal=en", data=fields).status_code == 303
    with world.store.read() as work:
        assert work.accounts.get(account.id).language == "en"
    assert '<html lang="en"' in somebody.get("/meldkamer").text


def test_whoever_chooses_english_keeps_it_and_it_is_written_down(
    world: World, signed_in: SignedIn
) -> None:
    agnes = signed_in("meldkamer", "Agnes")
    assert '<html lang="nl"' in agnes.get("/lijst").text
    answer = agnes.post("/taal", taal="en", terug="/lijst")
    assert (answer.status_code, answer.headers["location"]) == (303, "/lijst")
    page = agnes.get("/lijst", **{"Accept-Language": "nl"}).text
    assert '<html lang="en"' in page
    assert "Search in the messages" in page
    assert world.audited(Tag.ACCOUNT_CHANGED.value) == 1


def test_choosing_a_language_needs_our_own_form(signed_in: SignedIn) -> None:
    agnes = signed_in("meldkamer", "Agnes")
    assert agnes.client.post("/taal", data={"taal": "en"}).status_code == 403
    assert agnes.post("/taal", taal="fr").status_code == 400
    assert agnes.post("/taal", taal="en", terug="//elsewhere.example").headers["location"] == "/"


def test_an_error_speaks_the_language_of_whoever_made_it(world: World, signed_in: SignedIn) -> None:
    agnes = signed_in("meldkamer", "Agnes")
    agnes.post("/taal", taal="en", terug="/")
    signal = world.signal()
    problem = agnes.send(f"/signaal/{signal.id}/uitstellen", minuten="7").json()
    assert problem["detail"] == "Choose how long you want to put off the signal."
    assert problem["title"] == "Something is not right"


def test_a_report_stays_dutch_whatever_language_the_operator_reads(
    world: World, signed_in: SignedIn
) -> None:
    agnes = signed_in("meldkamer", "Agnes")
    agnes.post("/taal", taal="en", terug="/")
    signal = world.signal()
    page = agnes.get("/meldkamer").text
    assert "Burglary" in page
    assert "Urgentie: Actueel" in page
    agnes.decide(signal, Act.CONFIRM.value)
    with world.store.read() as work:
        sent = [row for row in work.outbox.of_signal(signal.id) if row.kind == "report"]
    assert sent
    assert all("Inbraak" in str(row.payload) for row in sent)


def test_a_link_of_somebody_else_does_not_change_ones_language(signed_in: SignedIn) -> None:
    agnes = signed_in("meldkamer", "Agnes")
    assert '<html lang="nl"' in agnes.get("/lijst?taal=en").text
    assert '<html lang="nl"' in agnes.get("/lijst").text
