# SPDX-License-Identifier: EUPL-1.2
"""The whole line with a real server and a real browser."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from buurtsignaal.bootstrap import build
from buurtsignaal.importing import ensure_group
from buurtsignaal.people import add_account
from tests.partners.telegram_api import TOKEN, TelegramApi, telegram_api
from tests.rig import killing
from tests.rig.app import App
from tests.rig.browser import browser, sign_in
from tests.rig.installation import SENDER, TENANT, Installation
from tests.rig.servant import servant
from tests.rig.town import Town, town

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GROUP = -1001
PASSWORD = "een lang wachtwoord van de test"
BURGLARY = "Er wordt nu ingebroken bij Molenlaan 12, ik zie twee mannen door het raam klimmen!"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that a journey touches."""

    installation: Installation
    api: TelegramApi
    town: Town
    app: App
    page: Page
    #: Our id of the app's group.
    group: str

    def says(self, text: str, *, sender: int = 100) -> None:
        """Let somebody in the Telegram group write."""
        self.api.now = int(time.time())
        self.api.write(GROUP, sender, text)

    async def consents(self) -> None:
        """Let the owner of the Telegram group say yes; messages count from then on."""
        self.api.group(GROUP, creator=1)
        self.says("/toestemming", sender=1)
        await until(lambda: self.heard("lees ik nieuwe berichten"))
        await asyncio.sleep(1.1)

    def heard(self, words: str) -> bool:
        """Whether the Telegram group heard these words."""
        return any(words in message["text"] for message in self.api.sent)


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    async with (
        telegram_api() as api,
        town() as receivers,
        browser() as chromium,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        installation = Installation(
            folder=folder, telegram=(api.base_url, TOKEN), town=receivers.url
        )
        group = await asyncio.to_thread(furnish, installation)
        async with servant(installation) as server:
            await server.start()
            page = await (await chromium.new_context(locale="nl-NL")).new_page()
            yield Scene(
                installation=installation,
                api=api,
                town=receivers,
                app=App(installation, client),
                page=page,
                group=group,
            )


def furnish(installation: Installation) -> str:
    """Make accounts and the app's group; return our id of it."""
    house = build(killing.settings_of(installation))
    group = ensure_group(
        house, tenant=TENANT, source="webhook", chat=f"{SENDER}/g", name="Groep", area="zeewijk"
    )
    for role in ("meldkamer", "handhaving", "groepsbeheer"):
        add_account(
            house,
            tenant=TENANT,
            username=role,
            display_name=role.title(),
            role=role,
            password=PASSWORD,
            groups=(group.id,) if role == "groepsbeheer" else (),
        )
    house.store.close()
    return group.id


async def until(condition: Callable[[], object], patience: float = 20.0) -> None:
    async with asyncio.timeout(patience):
        while not condition():
            await asyncio.sleep(0.02)


async def test_from_consent_to_the_queue_a_decision_and_back_to_the_group(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await sign_in(here.page, here.installation.url, "meldkamer", PASSWORD)
        await here.page.goto(f"{here.installation.url}/meldkamer")
        await here.consents()

        here.says(BURGLARY)
        card = here.page.locator("article.kaart")
        await expect(card).to_contain_text("Molenlaan 12", timeout=20_000)
        await until(lambda: here.heard("Bel 112"))

        await card.focus()
        await here.page.keyboard.press("b")
        await until(lambda: here.town.got("/politie"))
        await until(lambda: here.heard("Dank u voor uw melding"))

        report = here.town.got("/politie")[0]
        assert report["specversion"] == "1.0"
        assert "Molenlaan 12" in str(report["data"])
        assert await here.page.locator("article.kaart:not(.kaart--weg)").count() == 0


async def test_withdrawal_stops_reading_within_a_second_and_erases_what_waits(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as here:
        await sign_in(here.page, here.installation.url, "meldkamer", PASSWORD)
        await here.page.goto(f"{here.installation.url}/meldkamer")
        await here.consents()
        here.says(BURGLARY)
        await expect(here.page.locator("article.kaart")).to_have_count(1, timeout=20_000)

        here.says("/stop", sender=1)
        stopped = time.monotonic()
        await until(lambda: here.heard("Ik ben gestopt"))
        took = time.monotonic() - stopped
        here.says("Er wordt alweer ingebroken, nu bij Molenlaan 14!")
        await asyncio.sleep(1.5)
        await here.page.goto(f"{here.installation.url}/meldkamer")

        assert took < 1.0
        assert await here.page.locator("article.kaart").count() == 0
        read, signals = await asyncio.to_thread(killing.count, here.installation, _label)
        assert (read, dict(signals)) == (1, {"gewist": 1})


def _label(text: str) -> str:
    return text or "gewist"


async def test_a_group_admin_opts_in_and_out_on_the_page(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        page = here.page
        await sign_in(page, here.installation.url, "groepsbeheer", PASSWORD)
        await here.app.write("g", "lid", BURGLARY, id="before")

        await page.goto(f"{here.installation.url}/groep/{here.group}")
        for box in await page.get_by_role("checkbox").all():
            await box.check()
        await page.get_by_role("button", name="toestemming").click()
        await page.wait_for_url("**?aan")
        await here.app.write("g", "lid", BURGLARY, id="during")
        await until(lambda: here.town.got("/groep"))

        await page.get_by_role("button", name="Stop").first.click()
        await page.wait_for_url("**?uit")
        await here.app.write("g", "lid", BURGLARY, id="after")

        read, _ = await asyncio.to_thread(killing.count, here.installation, _label)
        assert read == 1
