# SPDX-License-Identifier: EUPL-1.2
"""The control room in a real browser: stop button, sample, calls, floods, colleagues, the wall."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from core.label import Category, Urgency
from core.signal import Reason, SignalState, View
from store.signalrow import SignalRow
from tests.dashboard.conftest import Browsing
from tests.dashboard.serving import serving, wait_until
from tests.dashboard.test_browser_pages import Theme, picture, violations
from tests.dashboard.world import World

pytestmark = pytest.mark.browser
Make = Callable[..., Browsing]

#: Counts the tones that a page starts.
COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) {
  window.tones += 1;
  return start.apply(this, at);
};
"""


@pytest.fixture
def hasty(today: World, people: Callable[[str], AbstractContextManager[Make]]) -> Iterator[Make]:
    """A municipality where nobody may wait: urgent signals are escalated after two seconds."""
    today.tenant = replace(today.tenant, escalate_seconds=2.0, flood_signals=5)
    today.settings = replace(today.settings, lookout=0.2)
    with serving(today.app()) as served, people(served.url) as make:
        yield make


@pytest.fixture
def blind(today: World, people: Callable[[str], AbstractContextManager[Make]]) -> Iterator[Make]:
    """A municipality in which every signal is judged without a label."""
    today.tenant = replace(today.tenant, blind_share=1.0)
    with serving(today.app()) as served, people(served.url) as make:
        yield make


def urgent(world: World, text: str = "Er wordt nu ingebroken", **more: str) -> SignalRow:
    return world.signal(text, urgency=Urgency.SPOED, place="", **more)  # type: ignore[arg-type]


def said(page: Page, word: str) -> bool:
    """Whether the cards or the board of a page show a word; also while it is being loaded."""
    shown = """(word) => [...document.querySelectorAll(".kaart__kop, .kaart__feiten, #bord")]
      .some((part) => part.innerText.includes(word))"""
    try:
        return bool(page.evaluate(shown, word))
    except PlaywrightError:
        return True


def row_of(world: World, id: str) -> SignalRow:
    with world.store.read() as work:
        return work.signals.get(id)


# -- the stop button --------------------------------------------------------------------------


def test_the_stop_button_takes_what_the_model_thinks_off_every_open_screen_and_back(
    today: World, browsing: Make
) -> None:
    old = today.signal("Fiets weg", received_at=today.clock.now() - timedelta(minutes=9), place="")
    new = urgent(today)
    operator = browsing("meldkamer", "Agnes")
    screens = [operator.queue(), operator.open(f"/incident/{new.incident_id}")]
    screens.append(browsing("wandbord").queue("/wandbord"))
    screens[1].wait_for_selector('#verbinding[data-stand="verbonden"]')
    screens[0].focus(f"#kaart-{old.id}")
    supervisor = browsing("toezicht", "Tess").open("/scores")

    def telling() -> bool:
        return any(said(page, word) for page in screens for word in ("Inbraak", "93%", "SPOED"))

    assert telling()
    supervisor.get_by_role("button", name="Zet de scores uit").click()
    pressed = time.monotonic()
    wait_until(lambda: not telling(), "no screen shows a score")
    sys.stdout.write(f"scores off every screen after {time.monotonic() - pressed:.2f} s\n")
    ids = screens[0].eval_on_selector_all(".kaart", "cards => cards.map((c) => c.dataset.id)")
    assert ids == [old.id, new.id]
    expect(screens[0].locator(f"#kaart-{old.id}")).to_be_focused()
    supervisor.get_by_role("button", name="Zet de scores weer aan").click()
    expect(screens[0].locator(f"#kaart-{new.id}")).to_contain_text("Inbraak")


# -- the blind sample -------------------------------------------------------------------------


def test_without_a_label_one_key_asks_what_it_is(today: World, blind: Make) -> None:
    first, second = today.signal("Een"), today.signal("Twee")
    page = blind().queue()
    page.focus(f"#kaart-{first.id}")
    page.keyboard.press("b")
    expect(page.get_by_role("dialog", name="Welke categorie is het?")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(f"#kaart-{second.id}")).to_be_focused()
    expect(page.locator("#ongedaan")).to_contain_text("Categorie gekozen: Zonder label")
    wait_until(lambda: row_of(today, first.id).state is SignalState.DECIDED, "it is decided")
    with today.store.read() as work:
        [known] = work.decisions.of_signal(first.id)
    assert known.decision.shown is View.BLIND


# -- picking up, escalating, sound ------------------------------------------------------------


def test_what_nobody_picks_up_is_called_out_to_the_second_operator_until_one_does(
    today: World, hasty: Make
) -> None:
    agnes, bert = hasty("meldkamer", "Agnes"), hasty("meldkamer", "Bert")
    bert.context.add_init_script(COUNT_TONES)
    hers, his = agnes.queue(), bert.queue()
    his.get_by_role("button", name="Geluid uit").click()
    expect(his.get_by_role("button", name="Geluid aan")).to_be_visible()
    before = his.evaluate("window.tones")
    wall = hasty("wandbord").queue("/wandbord")
    signal = urgent(today)
    hers.focus(f"#kaart-{signal.id}")
    expect(his.locator("#roep")).to_contain_text(
        "Voor u: niemand pakte dit op: Inbraak", timeout=20_000
    )
    expect(wall.locator(".bord__regel--raised")).to_contain_text("Niemand pakte dit op")
    wait_until(lambda: his.evaluate("window.tones") >= before + 3, "it sounded")
    assert "ingebroken" not in wall.locator("main").inner_text()
    his.locator("#roep").get_by_role("button", name="Naar de kaart").click()
    expect(his.locator(f"#kaart-{signal.id}")).to_be_focused()
    his.keyboard.press("a")
    expect(hers.locator(f"#kaart-{signal.id}")).to_contain_text("Opgepakt door Bert")
    for page in (hers, his):
        expect(page.locator("#roep")).to_be_hidden()
    expect(wall.locator(".bord__regel--taken")).to_contain_text("Opgepakt")
    assert row_of(today, signal.id).state is SignalState.OPEN


def test_no_page_makes_a_sound_before_somebody_did_something(today: World, browsing: Make) -> None:
    person = browsing()
    person.context.add_init_script(COUNT_TONES + "localStorage.setItem('geluid', 'aan');")
    page = person.queue()
    expect(page.locator("#geluid")).to_have_text("Geluid wacht op een klik")
    first = urgent(today)
    expect(page.locator(f"#kaart-{first.id}")).to_be_visible()
    assert page.evaluate("window.tones") == 0
    page.keyboard.press("Shift")
    expect(page.locator("#geluid")).to_have_text("Geluid aan")
    urgent(today, "Nog een inbraak")
    wait_until(lambda: page.evaluate("window.tones") == 1, "it sounded")
    expect(page.locator("#gesproken")).to_contain_text("Nieuwe spoed: Inbraak")


# -- floods -----------------------------------------------------------------------------------


def test_a_flood_leaves_the_urgent_ones_and_the_card_in_hand_and_shows_a_way_back(
    today: World, hasty: Make
) -> None:
    mine = today.signal("Deze heb ik vast", place="")
    page = hasty().queue()
    page.focus(f"#kaart-{mine.id}")
    calm = [today.signal(f"Rustig {n}", place="").id for n in range(4)]
    incident = today.incident()
    loud = [urgent(today, f"Spoed {n}", incident=incident).id for n in range(3)]
    expect(page.locator("#drukte")).to_be_visible(timeout=20_000)
    expect(page.locator("#drukte")).to_contain_text("meer dan 5 signalen in 10 minuten")
    expect(page.locator("#drukte")).to_contain_text("6 andere signalen wachten")
    expect(page.locator(f"#kaart-{mine.id}")).to_be_visible()
    for id in (*calm, *loud[1:]):
        expect(page.locator(f"#kaart-{id}")).to_be_hidden()
    page.keyboard.press("n")
    expect(page.locator(f"#kaart-{loud[0]}")).to_be_focused()
    page.get_by_role("link", name="Toon alles").click()
    expect(page.locator(f"#kaart-{calm[0]}")).to_be_visible()
    page.get_by_role("link", name="Toon alleen spoed").click()
    expect(page.locator(f"#kaart-{calm[0]}")).to_be_hidden()


# -- putting off, explaining, copying -----------------------------------------------------------


def test_two_keys_put_a_signal_off(today: World, browsing: Make) -> None:
    first, second = today.signal("Een"), urgent(today, "Twee")
    page = browsing("meldkamer", "Agnes").queue()
    page.focus(f"#kaart-{first.id}")
    page.keyboard.press("s")
    expect(page.get_by_role("dialog", name="Hoe lang uitstellen?")).to_be_visible()
    page.keyboard.press("3")
    expect(page.locator(f"#kaart-{first.id}")).to_have_count(0)
    expect(page.locator(f"#kaart-{second.id}")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="3 1 uur")).to_be_hidden()
    page.keyboard.press("3")
    page.keyboard.press("Escape")
    expect(page.locator(f"#kaart-{second.id}")).to_be_focused()
    page.get_by_role("link", name="Uitgesteld").click()
    expect(page.locator(f"#kaart-{first.id}")).to_contain_text("door Agnes")
    page.get_by_role("button", name="Haal terug").click()
    expect(page.locator(f"#kaart-{first.id}")).to_be_visible()


def test_a_second_key_says_why_it_was_no_signal(today: World, browsing: Make) -> None:
    signal = today.signal()
    page = browsing().queue()
    page.focus(f"#kaart-{signal.id}")
    page.keyboard.press("n")
    page.keyboard.press("3")

    def reason() -> str | None:
        with today.store.read() as work:
            known = work.decisions.of_signal(signal.id)
        return known[0].decision.reason if known else None

    wait_until(lambda: reason() == Reason.JOKE.value, "the reason is stored")
    expect(page.get_by_role("button", name="Grap of uitdrukking")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_one_key_copies_the_words_for_the_kladblok(today: World, browsing: Make) -> None:
    signal = today.signal(subcategory="woning")
    person = browsing()
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = person.queue()
    page.focus(f"#kaart-{signal.id}")
    page.keyboard.press("l")
    expect(page.locator("#gesproken")).to_have_text("Kladbloktekst gekopieerd.")
    assert page.evaluate("navigator.clipboard.readText()").startswith("bzibwn INBRAAK")


# -- two operators at once ----------------------------------------------------------------------


def test_colleagues_see_who_has_a_card_in_hand(today: World, browsing: Make) -> None:
    signal, other = today.signal("Een"), today.signal("Twee")
    hers, his = browsing("meldkamer", "Agnes").queue(), browsing("meldkamer", "Bert").queue()
    hers.focus(f"#kaart-{signal.id}")
    label = his.locator(f"#kaart-{signal.id} [data-aanwezig]")
    expect(label).to_have_text("Agnes kijkt hier ook")
    hers.focus(f"#kaart-{other.id}")
    expect(label).to_be_hidden()
    hers.close()
    expect(his.locator(f"#kaart-{other.id} [data-aanwezig]")).to_be_hidden()


def test_of_two_who_pick_up_the_second_is_told(today: World, browsing: Make) -> None:
    signal = urgent(today)
    bert = browsing("meldkamer", "Bert")
    hers, his = browsing("meldkamer", "Agnes").queue(), bert.queue()
    his.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = (address, options) =>
            String(address).startsWith('/kaarten') ? new Promise(() => {}) : real(address, options);
        }"""
    )
    for page in (hers, his):
        page.focus(f"#kaart-{signal.id}")
    hers.keyboard.press("a")
    expect(hers.locator(f"#kaart-{signal.id}")).to_contain_text("Opgepakt door Agnes")
    his.keyboard.press("a")
    expect(his.locator("#bericht")).to_contain_text("Agnes pakte dit al op")
    bert.wrong.clear()  # A browser calls every 409 an error.


# -- without a script, and for everybody ----------------------------------------------------------


def test_without_scripts_one_can_pick_up_put_off_and_choose_without_a_label(
    today: World, blind: Make
) -> None:
    signal = urgent(today)
    page = blind("meldkamer", "Agnes", java_script_enabled=False).open("/meldkamer")
    page.get_by_role("button", name="Ik pak dit op").click()
    expect(page.get_by_text("Opgepakt door Agnes")).to_be_visible()
    page.get_by_text("Meer over dit signaal").click()
    page.get_by_role("button", name="5 minuten", exact=True).click()
    expect(page.get_by_text("De rij is leeg")).to_be_visible()
    page.get_by_role("link", name="Uitgesteld").click()
    page.get_by_role("button", name="Haal terug").click()
    page.locator(".kaart select").select_option("geweld")
    page.get_by_role("button", name="Dit is het").click()
    assert row_of(today, signal.id).category is Category.GEWELD


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_that_can_appear_in_the_queue_is_accessible(
    today: World, hasty: Make, theme: Theme
) -> None:
    page = hasty("meldkamer", "Agnes", color_scheme=theme).queue()
    hasty("meldkamer", "Bert").queue().wait_for_timeout(700)
    signals = [urgent(today, f"Spoed {n}") for n in range(12)]
    expect(page.locator("#roep")).to_be_visible(timeout=20_000)
    expect(page.locator("#drukte")).to_be_visible(timeout=20_000)
    wrong = _look(page, "druk", theme)
    page.focus(f"#kaart-{signals[3].id}")
    page.keyboard.press("n")
    wrong += _look(page, "redenen", theme)
    page.keyboard.press("s")
    wrong += _look(page, "uitstellen", theme)
    assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_screens_without_scores_are_accessible(
    today: World, browsing: Make, theme: Theme
) -> None:
    urgent(today)
    supervisor = browsing("toezicht", color_scheme=theme).open("/scores")
    supervisor.get_by_role("button", name="Zet de scores uit").click()
    wrong = _look(supervisor, "scores-uit", theme)
    wrong += _look(browsing("meldkamer", color_scheme=theme).queue(), "zonder-scores", theme)
    wrong += _look(browsing("wandbord", color_scheme=theme).queue("/wandbord"), "bord-uit", theme)
    assert wrong == []


def _look(page: Page, name: str, theme: Theme) -> list[str]:
    picture(page, "meldkamer", f"/{name}", theme)
    return violations(page)
