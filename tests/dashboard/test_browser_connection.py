# SPDX-License-Identifier: EUPL-1.2
"""A connection that breaks: seen at once, and nothing lost when it is back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import Make
from tests.dashboard.serving import serving
from tests.dashboard.world import World

pytestmark = pytest.mark.browser
People = Callable[..., AbstractContextManager[Make]]


@pytest.mark.parametrize("shared", [True, False], ids=["shared worker", "page"])
def test_a_lost_server_is_shown_and_everything_missed_arrives(
    today: World, people: People, shared: bool
) -> None:
    with serving(today.app()) as first:
        port = int(first.url.rsplit(":", 1)[1])
        stack = people(first.url)
        make = stack.__enter__()
        person = make()
        if not shared:
            person.context.add_init_script("delete window.SharedWorker")
        page = person.queue()
        before = today.signal().id
        expect(page.locator(f"#kaart-{before}")).to_be_visible()
    expect(page.locator("#verbinding")).to_have_text("Geen verbinding")
    expect(page.get_by_role("alert").first).to_contain_text("U ziet misschien oude signalen")
    missed = [today.signal(f"Gemist {n}").id for n in range(5)]
    with serving(today.app(), port):
        expect(page.locator("#verbinding")).to_have_text("Live verbonden")
        expect(page.locator("#alarm")).to_be_empty()
        for id in missed:
            expect(page.locator(f"#kaart-{id}")).to_be_visible()
        person.wrong.clear()  # A browser calls a refused connection an error.
        stack.__exit__(None, None, None)


def test_a_session_that_ended_is_told_apart_from_a_broken_line(
    today: World, people: People
) -> None:
    with serving(today.app()) as served, people(served.url) as make:
        person = make("meldkamer", "Agnes")
        page = person.queue()
        with today.store.write() as work:
            account = work.accounts.by_name("agnes")
            assert account is not None
            work.sessions.close_all(account.id)
        served.app.state.hub.close()
        expect(page.locator("#verbinding")).to_have_text("U bent uitgelogd", timeout=15_000)
        expect(page.locator("#alarm")).to_contain_text("Log opnieuw in")
        person.wrong.clear()
