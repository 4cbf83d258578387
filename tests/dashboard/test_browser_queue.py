# SPDX-License-Identifier: EUPL-1.2
"""The queue in a real browser: one key per message, live, calm under the hands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from core.label import Category, Urgency
from core.signal import SignalState
from tests.dashboard.conftest import Browsing
from tests.dashboard.serving import wait_until
from tests.dashboard.world import World

pytestmark = pytest.mark.browser
Make = Callable[..., Browsing]


def focused(page: Page) -> str:
    """Return the id of the signal whose card has the focus."""
    id: str = page.evaluate("document.activeElement?.closest('.kaart')?.dataset.id ?? ''")
    return id


def top(page: Page, id: str) -> float:
    y: float = page.evaluate(f"document.getElementById('kaart-{id}').getBoundingClientRect().top")
    return y


def is_decided(world: World, id: str) -> bool:
    return state(world, id) is SignalState.DECIDED


def state(world: World, id: str) -> SignalState:
    with world.store.read() as work:
        return work.signals.get(id).state


def test_one_key_decides_a_message_and_the_next_card_gets_the_focus(
    today: World, browsing: Make
) -> None:
    made = [today.signal(f"Inbraak nummer {n}").id for n in range(8)]
    page = browsing().queue()
    page.focus(f"#kaart-{made[0]}")
    for key, id, following in zip("bnbnbnb", made, made[1:], strict=False):
        assert focused(page) == id
        page.keyboard.press(key)
        assert focused(page) == following
    for id in made[:7]:
        wait_until(partial(is_decided, today, id), "it is decided")
    expect(page.locator("#aantal")).to_have_text("1 signaal")


def test_after_the_last_card_the_heading_has_the_focus_and_undo_still_works(
    today: World, browsing: Make
) -> None:
    id = today.signal().id
    page = browsing().queue()
    page.focus(f"#kaart-{id}")
    page.keyboard.press("b")
    expect(page.locator("#rijkop")).to_be_focused()
    expect(page.locator("#leeg")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(f"#kaart-{id}")).to_be_focused()
    assert state(today, id) is SignalState.OPEN
    page.keyboard.press("b")
    wait_until(lambda: state(today, id) is SignalState.DECIDED, "it is decided again")


def test_undo_brings_the_card_back_where_it_was(today: World, browsing: Make) -> None:
    made = [today.signal(f"Inbraak {n}").id for n in range(3)]
    page = browsing().queue()
    page.focus(f"#kaart-{made[1]}")
    page.keyboard.press("n")
    expect(page.locator("#ongedaan")).to_contain_text("Geen signaal: Inbraak")
    page.keyboard.press("z")
    expect(page.locator(f"#kaart-{made[1]}")).to_be_focused()
    order = page.eval_on_selector_all(".kaart", "cards => cards.map((c) => c.dataset.id)")
    assert order == made


def test_another_category_takes_two_keys(today: World, browsing: Make) -> None:
    id = today.signal().id
    page = browsing().queue()
    page.focus(f"#kaart-{id}")
    page.keyboard.press("c")
    expect(page.locator("#kiezer")).to_be_visible()
    page.keyboard.press("6")
    wait_until(lambda: state(today, id) is SignalState.DECIDED, "it is decided")
    with today.store.read() as work:
        assert work.signals.get(id).category is Category.GEWELD


def test_the_other_queue_gets_it_with_one_key(today: World, browsing: Make) -> None:
    id = today.signal().id
    officer = browsing("handhaving").queue("/handhaving")
    page = browsing().queue()
    page.focus(f"#kaart-{id}")
    page.keyboard.press("o")
    expect(officer.locator(f"#kaart-{id}")).to_be_visible()


def test_keys_do_nothing_outside_the_queue_or_when_switched_off(
    today: World, browsing: Make
) -> None:
    id = today.signal().id
    page = browsing().queue()
    page.focus("#hulpknop")
    page.keyboard.press("b")
    page.uncheck("#sneltoetsen")
    page.focus(f"#kaart-{id}")
    page.keyboard.press("b")
    page.wait_for_timeout(300)
    assert state(today, id) is SignalState.OPEN
    page.reload()
    expect(page.locator("#sneltoetsen")).not_to_be_checked()


def test_help_opens_with_a_question_mark(today: World, browsing: Make) -> None:
    id = today.signal().id
    page = browsing().queue()
    page.focus(f"#kaart-{id}")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Werken met de rij")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"#kaart-{id}")).to_be_focused()


def test_every_signal_of_a_burst_is_painted(today: World, browsing: Make) -> None:
    page = browsing().queue()
    made = {today.signal(f"Inbraak {n}").id for n in range(20)}

    wait_until(lambda: page.locator(".kaart").count() == 20, "all are on the screen")

    shown = page.evaluate("[...document.querySelectorAll('.kaart')].map((c) => c.dataset.id)")
    assert set(shown) == made


def test_new_urgent_signals_come_on_top_but_never_move_the_card_in_hand(
    today: World, browsing: Make
) -> None:
    made = [today.signal(f"Inbraak {n}").id for n in range(4)]
    page = browsing().queue()
    for id in (made[0], made[2]):
        page.focus(f"#kaart-{id}")
        before = top(page, id)
        urgent = [today.signal(f"Spoed {n}", urgency=Urgency.SPOED).id for n in range(3)]
        page.wait_for_selector(f"#kaart-{urgent[-1]}", state="attached")
        page.wait_for_timeout(100)
        assert abs(top(page, id) - before) < 1
        assert focused(page) == id
    order = page.eval_on_selector_all(".kaart", "cards => cards.map((c) => c.dataset.rang)")
    assert order == sorted(order)


def test_ordinary_signals_can_be_held_back_but_urgent_ones_come_through(
    today: World, browsing: Make
) -> None:
    page = browsing().queue()
    page.check("#vasthouden")
    quiet = today.signal("Rustig").id
    urgent = today.signal("Spoed", urgency=Urgency.SPOED).id
    expect(page.locator(f"#kaart-{urgent}")).to_be_visible()
    expect(page.locator("#wachtend")).to_contain_text("1 nieuwe signalen tonen")
    expect(page.locator(f"#kaart-{quiet}")).to_have_count(0)
    page.click("#wachtend button")
    expect(page.locator(f"#kaart-{quiet}")).to_be_visible()


def test_what_a_colleague_decides_disappears_except_under_the_hand(
    today: World, browsing: Make
) -> None:
    mine, other = today.signal("Een"), today.signal("Twee")
    page = browsing().queue()
    page.focus(f"#kaart-{mine.id}")
    colleague = browsing("meldkamer", "Bert").queue()
    for id in (other.id, mine.id):
        colleague.focus(f"#kaart-{id}")
        colleague.keyboard.press("b")
    expect(page.locator(f"#kaart-{other.id}")).to_have_count(0)
    expect(page.locator(f"#kaart-{mine.id}")).to_contain_text("Al afgehandeld door Bert")
    expect(page.locator(f"#kaart-{mine.id}")).to_be_focused()


def test_the_second_of_two_operators_sees_who_was_first(today: World, browsing: Make) -> None:
    signal = today.signal()
    person = browsing()
    page = person.queue()
    # The news of the colleague's decision is still on its way to this screen.
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = (address, options) =>
            String(address).startsWith('/kaarten') ? new Promise(() => {}) : real(address, options);
        }"""
    )
    page.focus(f"#kaart-{signal.id}")
    colleague = browsing("meldkamer", "Bert").queue()
    colleague.focus(f"#kaart-{signal.id}")
    colleague.keyboard.press("b")
    wait_until(lambda: state(today, signal.id) is SignalState.DECIDED, "one has decided")
    page.keyboard.press("n")
    expect(page.locator("#bericht")).to_contain_text("Al afgehandeld door Bert")
    expect(page.locator(f"#kaart-{signal.id}")).to_be_attached()
    person.wrong.clear()  # A browser calls every 409 an error.


def test_two_tabs_share_one_stream(today: World, browsing: Make) -> None:
    person = browsing()
    first, second = person.queue(), person.queue()
    id = today.signal().id
    for page in (first, second):
        expect(page.locator(f"#kaart-{id}")).to_be_visible()


def test_twelve_tabs_are_all_live(today: World, browsing: Make) -> None:
    person = browsing()
    pages = [person.queue() for _ in range(12)]
    id = today.signal().id
    for page in pages:
        expect(page.locator(f"#kaart-{id}")).to_be_attached()


def test_without_a_shared_worker_the_page_listens_itself(today: World, browsing: Make) -> None:
    person = browsing()
    person.context.add_init_script("delete window.SharedWorker")
    page = person.queue()
    id = today.signal().id
    expect(page.locator(f"#kaart-{id}")).to_be_visible()


def test_without_scripts_the_page_works_with_buttons(today: World, browsing: Make) -> None:
    signal = today.signal()
    page = browsing(java_script_enabled=False).open("/meldkamer")
    page.get_by_role("button", name="Bevestigen").click()
    expect(page.get_by_text("Uw besluit is opgeslagen")).to_be_visible()
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(page.locator(f"#kaart-{signal.id}")).to_be_visible()


def test_a_person_can_sign_in_and_out(today: World, browsing: Make) -> None:
    person = browsing("beheer", "Bea")
    person.context.clear_cookies()
    page = person.open("/")
    page.get_by_label("Gebruikersnaam").fill("bea")
    page.get_by_label("Wachtwoord").fill("een heel lang wachtwoord")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Beheer")).to_be_visible()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_text("U bent uitgelogd")).to_be_visible()


def test_the_kladblok_text_is_copied_whole(today: World, browsing: Make) -> None:
    signal = today.signal(subcategory="woning")
    person = browsing()
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = person.queue()
    page.get_by_text("Meer over dit signaal").click()
    page.get_by_role("button", name="Kopieer tekst").click()
    expect(page.get_by_role("button", name="Gekopieerd")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("bzibwn INBRAAK\nUrgentie: Actueel\nPlaats: Parallelweg 14")
    assert signal.id not in copied
