# SPDX-License-Identifier: EUPL-1.2
"""The report form in a real browser: with and without scripts, light and dark, on any phone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from core.clock import SystemClock
from tests.buurtsignaal.conftest import PlainClassifier
from tests.dashboard.test_browser_pages import picture, violations
from tests.dashboard.test_report_form import jpeg
from tests.rig.formhouse import SLUG, FormHouse, code_in, form_house

pytestmark = pytest.mark.browser

FORM = """
logo = "logo.svg"
logo_text = "Gemeente Duinveld"
[colours]
brand = "#0b5345"
[texts.nl]
title = "Stop Intimidatie Duinveld"
"""


@pytest.fixture
def forms(tmp_path: Path) -> Iterator[FormHouse]:
    with form_house(
        tmp_path, SystemClock(), PlainClassifier(), form=FORM, report_seconds=0.5
    ) as made:
        yield made


class Person:
    """Somebody with a phone or a computer; notes everything that the browser asks for."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.asked: list[Request] = []
        self.wrong: list[str] = []

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.on("request", self._note)
        page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" else None)
        page.goto(self.url + path)
        return page

    def _note(self, request: Request) -> None:
        self.asked.append(request)

    def check(self) -> None:
        """Nothing from elsewhere, no script, no cookie, no complaint of the browser."""
        assert [r.url for r in self.asked if not r.url.startswith(self.url)] == []
        assert [r.url for r in self.asked if r.resource_type == "script"] == []
        assert self.context.cookies() == []
        assert self.wrong == []


@pytest.fixture
def people(forms: FormHouse, chromium: Browser) -> Iterator[Callable[..., Person]]:
    with ExitStack() as stack:

        def make(**options: Any) -> Person:
            context = chromium.new_context(**options)
            stack.callback(context.close)
            context.set_default_timeout(45_000)
            return Person(context, forms.url)

        yield make


def report(forms: FormHouse, **fields: str) -> str:
    """Report with a photo, no faster than a person; return the page that thanks."""
    sent = forms.visitor()
    sent.open()
    time.sleep(0.6)
    answer = sent.send(photo=("a.jpg", jpeg(), "image/jpeg"), fields=fields)
    assert answer.status_code == 200, answer.text
    return answer.text


PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_somebody_reports_and_hears_what_became_of_it(
    forms: FormHouse, people: Callable[..., Person], scripts: bool
) -> None:
    person = people(java_script_enabled=scripts, viewport=PHONE)
    page = person.open("/melden")
    page.get_by_role("link", name="Duinveld", exact=True).click()
    assert not page.get_by_text("Wacht niet op ons").is_visible()
    page.get_by_label("Nee, ik ben nu niet veilig").check()
    assert page.get_by_role("link", name="Bel nu 112").is_visible()
    page.get_by_label("Ja, ik ben nu veilig").check()
    assert not page.get_by_text("Wacht niet op ons").is_visible()

    # Forgetting something costs nothing.
    page.get_by_label("Vertel het in uw eigen woorden").fill("Een man bleef achter mij lopen")
    page.get_by_label("Waar was het?").fill("Kerkstraat 12")
    page.wait_for_timeout(600)
    page.get_by_role("button", name="Verstuur mijn melding").click()
    page.get_by_role("alert").get_by_role("link", name="Kies wat er gebeurde.").click()
    assert page.get_by_label("Waar was het?").input_value() == "Kerkstraat 12"

    page.get_by_label("Volgen of achternalopen").check()
    page.get_by_label("Ja, het overkwam mij").check()
    photo = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    page.get_by_label("Wilt u een foto meesturen?").set_input_files(photo)  # type: ignore[arg-type]
    assert not page.get_by_label("Uw telefoonnummer of e-mailadres").is_visible()
    page.get_by_role("button", name="Verstuur mijn melding").click()
    page.get_by_role("heading", name="Dank u. Uw melding is binnen.").wait_for()
    assert page.get_by_role("img", name="Wat gebeurt er nu?").is_visible()
    code = page.locator(".code__zelf").inner_text()
    # A reload sends the same form again, and is the same report.
    page.reload()
    assert page.locator(".code__zelf").inner_text() == code
    (row,) = forms.signals()
    assert row.text == "Een man bleef achter mij lopen\nWaar: Kerkstraat 12"

    with forms.operator() as operator:
        fields = {"csrf": "csrf", "aan": "reporter", "vraag": "Droeg hij een jas?"}
        assert operator.post(f"/signaal/{row.id}/vraag", data=fields).status_code == 303
    forms.deliver()
    page.get_by_role("link", name="Volg uw melding").first.click()
    page.get_by_label("Uw code").fill(code.lower())
    page.get_by_role("button", name="Bekijk mijn melding").click()
    assert page.get_by_text("Droeg hij een jas?").is_visible()
    page.get_by_label("Uw antwoord").fill("Ja, een groene")
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    assert page.get_by_text("Uw antwoord is bij de medewerker").is_visible()
    assert code not in page.url

    page.get_by_text("Uw melding wissen").click()
    page.get_by_label("Ja, wis mijn melding").check()
    page.get_by_role("button", name="Wis mijn melding").click()
    assert page.get_by_text("Uw melding is gewist.").first.is_visible()
    assert forms.signals()[0].text is None
    # The browser itself says in its console that the form came back with 400.
    person.wrong = [w for w in person.wrong if "400" not in w]
    person.check()


def test_the_whole_form_can_be_filled_in_with_the_keyboard(
    forms: FormHouse, people: Callable[..., Person]
) -> None:
    page = people().open(f"/melden/{SLUG}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
    page.get_by_label("Nasissen, nafluiten of naroepen").focus()
    page.keyboard.press("Space")
    page.get_by_label("Waar was het?").focus()
    page.keyboard.type("achter het station")
    page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Dank u.").wait_for()
    assert forms.signals()[0].text is not None


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_page_has_an_accessibility_fault_that_a_machine_can_find(
    forms: FormHouse, people: Callable[..., Person], theme: str, lang: str
) -> None:
    person = people(color_scheme=theme, viewport=PHONE)
    wrong = []
    plain = ("/melden", "/melden/bergdam", "/melden/oostwolde", "/melden/volgen", "/melden/x")
    for path in plain:
        page = person.open(f"{path}?taal={lang}")
        wrong += violations(page)
        picture(page, f"form-{lang}", path, theme)
    page = person.open(f"/melden/{SLUG}?taal={lang}")
    page.locator('[name="veilig"][value="nee"]').check()
    page.locator('[name="bereikbaar"][value="ja"]').check()
    wrong += violations(page)
    picture(page, f"form-{lang}", "/formulier", theme)
    page.locator(".knop--huis").click()
    page.get_by_role("alert").wait_for()
    wrong += violations(page)
    picture(page, f"form-{lang}", "/fouten", theme)
    page.locator('[type="checkbox"]').first.check()
    page.wait_for_timeout(600)
    page.locator(".knop--huis").click()
    page.locator(".code__zelf").wait_for()
    wrong += violations(page)
    picture(page, f"form-{lang}", "/bedankt", theme)
    code = page.locator(".code__zelf").inner_text()
    (row,) = forms.signals()
    with forms.operator() as operator:
        fields = {"csrf": "csrf", "aan": "reporter", "vraag": "Droeg hij een jas?"}
        assert operator.post(f"/signaal/{row.id}/vraag", data=fields).status_code == 303
    forms.deliver()
    page.goto(f"{forms.url}/melden/volgen?taal={lang}")
    page.locator("#veld-code").fill(code)
    page.locator(".knop--huis").click()
    page.locator("summary").click()
    wrong += violations(page)
    picture(page, f"form-{lang}", "/stand", theme)
    assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_operators_side_is_accessible_too(
    forms: FormHouse, people: Callable[..., Person], theme: str
) -> None:
    report(forms, verhaal="Floot", bereikbaar="ja", contact="06 1", veilig="nee")
    wrong = []
    for role, path in (("meldkamer", "/meldkamer"), ("beheer", "/beheer/melden")):
        with forms.operator(role) as browser:
            token = browser.cookies["session"]
        person = people(color_scheme=theme)
        person.context.add_cookies([{"name": "session", "value": token, "url": forms.url}])
        page = person.open(path)
        wrong += violations(page)
        picture(page, role, path, theme)
    assert wrong == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_scrolls_sideways_and_every_target_can_be_hit(
    forms: FormHouse, people: Callable[..., Person], width: int
) -> None:
    person = people(viewport={"width": width, "height": 800})
    code = code_in(report(forms, verhaal="Floot"))
    found = []
    thanks = f"/melden/{SLUG}?bedankt"
    for path in ("/melden", f"/melden/{SLUG}", thanks, "/melden/oostwolde", "/melden/volgen"):
        page = person.open(path)
        if path == thanks:
            page.locator('[type="checkbox"]').first.check()
            page.wait_for_timeout(600)
            page.locator(".knop--huis").click()
            page.locator(".code__zelf").wait_for()
        if path == "/melden/volgen":
            page.locator("#veld-code").fill(code)
            # Styles and all: what is measured before they are there has no size.
            with page.expect_navigation(wait_until="load"):
                page.locator(".knop--huis").click()
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        small = page.eval_on_selector_all(
            "button, .keuze, summary, main a, header a, .noodlijn a, input[type=text]",
            "all => all.filter((e) => e.offsetParent && e.offsetHeight < 44 && "
            "!e.closest('.val')).map((e) => e.outerHTML.slice(0, 80))",
        )
        found += [(path, over)] if over > 0 else []
        found += [(path, what) for what in small]
    assert found == []


def test_the_page_is_light_enough_for_a_bad_connection(
    forms: FormHouse, people: Callable[..., Person]
) -> None:
    person = people(viewport=PHONE)
    page = person.open(f"/melden/{SLUG}")
    page.wait_for_load_state("networkidle")
    kinds = [request.resource_type for request in person.asked]
    assert kinds.count("script") == 0
    assert set(kinds) <= {"document", "stylesheet", "image", "other"}
    assert len(kinds) <= 12
    person.check()
