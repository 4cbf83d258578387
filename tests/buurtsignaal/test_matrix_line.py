# SPDX-License-Identifier: EUPL-1.2
"""A room on a real homeserver and the whole line: it hears, answers, and goes when told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from buurtsignaal.bootstrap import House, build_pipeline
from buurtsignaal.committer import Committer
from buurtsignaal.connections import Connection
from buurtsignaal.demo import scene
from buurtsignaal.runtime import Runtime
from core.clock import Clock, SystemClock
from ingest.connectors.matrix import connect
from tests.buurtsignaal.conftest import TENANT, PlainClassifier
from tests.ingest.matrix.bot import eventually, said_by
from tests.partners.synapse import Person, Synapse, synapse

# The first time ever, the server is installed.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    with synapse(tmp_path_factory.mktemp("synapse")) as running_server:
        yield running_server


@pytest.fixture
def clock() -> Clock:
    return SystemClock()


@pytest.fixture(autouse=True)
def _receivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's receivers have an address; nothing is sent there."""
    monkeypatch.setenv("BUURTSIGNAAL_POLITIE_MAIL_HOST", "127.0.0.1")
    monkeypatch.setenv("BUURTSIGNAAL_POLITIE_MAIL_PORT", "2525")
    monkeypatch.setenv("BUURTSIGNAAL_GEMEENTE_WEBHOOK_URL", "http://127.0.0.1:2526/")
    monkeypatch.setenv("BUURTSIGNAAL_GEMEENTE_WEBHOOK_SECRET", scene.WEBHOOK_SECRET)


@asynccontextmanager
async def running(house: House, classifier: PlainClassifier, bot: Person) -> AsyncIterator[None]:
    committer = Committer(build_pipeline(house, classifier, speaking=frozenset({"matrix"})).handle)
    options = {"homeserver": bot.server.url, "user": bot.id, "token": bot.token}
    connection = Connection(tenant=TENANT, connector=connect(TENANT, options))
    stop = asyncio.Event()
    run = asyncio.create_task(Runtime(house, committer, [connection]).run(stop))
    try:
        yield
    finally:
        stop.set()
        await run
        await committer.close()


async def test_it_announces_itself_reads_with_consent_and_leaves_when_stopped(
    server: Synapse, house: House, classifier: PlainClassifier
) -> None:
    bot, olga = server.person("buurtsignaal"), server.person("olga")

    def last_words() -> str:
        said = said_by(bot, olga, room)
        return str(said[-1]["content"]["body"]) if said else ""

    async with running(house, classifier, bot):
        room = olga.room(bot.id)
        await eventually(lambda: "Een beheerder van deze groep zet mij aan" in last_words())
        assert "!toestemming" in last_words()
        olga.write(room, "inbraak voor de toestemming")
        olga.write(room, "!toestemming")
        await eventually(lambda: "Vanaf nu lees ik nieuwe berichten" in last_words())
        olga.write(room, "inbraak met toestemming")
        await eventually(lambda: len(classifier.asked) == 1)
        olga.write(room, "!stop")
        olga.write(room, "inbraak na het stoppen")
        await eventually(lambda: bot.id not in olga.members(room))
        assert "Ik ben gestopt" in last_words()
    assert [question.text for question in classifier.asked] == ["inbraak met toestemming"]
