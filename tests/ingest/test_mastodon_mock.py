# SPDX-License-Identifier: EUPL-1.2
"""The same connector against ``mastodon_mock``, a server that others wrote from Mastodon's API."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.clock import FrozenClock
from core.message import Change
from ingest.connectors.mastodon import Mastodon, connect
from tests.ingest.house import Intake
from tests.ingest.orders_desk import Desk, reading
from tests.partners.feed_server import soon

_CONFIG = """
domain = "127.0.0.1"
url_scheme = "http"
[database]
path = ":memory:"
[streaming]
heartbeat_seconds = 0.2
[seed]
statuses = []
follows = []
[[seed.accounts]]
username = "sanne"
access_token = "token-sanne"
[[seed.accounts]]
username = "bram"
access_token = "token-bram"
[[seed.accounts]]
username = "stil"
access_token = "token-stil"
"""

#: The mock has no way to say that one wants to be found, so it is told before it starts.
_START = """
import sys
import sqlalchemy
from mastodon_mock.cli import main
from mastodon_mock.db.models import Account

@sqlalchemy.event.listens_for(Account, "before_insert")
def _(mapper, connection, account):
    account.indexable = account.username != "stil"

main(sys.argv[1:])
"""


@dataclass(frozen=True)
class Somebody:
    """A person with an account, who writes through the public API."""

    client: httpx.Client
    token: str = field(repr=False)

    def _call(self, method: str, path: str, **body: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}"}
        answer = self.client.request(method, path, headers=headers, data=body or None)
        answer.raise_for_status()
        return answer.json()

    def says(self, text: str, visibility: str = "public") -> str:
        posted = self._call("POST", "/api/v1/statuses", status=text, visibility=visibility)
        return str(posted["id"])

    def edits(self, id: str, text: str) -> None:
        self._call("PUT", f"/api/v1/statuses/{id}", status=text)

    def deletes(self, id: str) -> None:
        self._call("DELETE", f"/api/v1/statuses/{id}")

    def sets(self, **profile: Any) -> None:
        self._call("PATCH", "/api/v1/accounts/update_credentials", **profile)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mastodon")
    (folder / "mock.toml").write_text(_CONFIG, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    arguments = ["serve", "--config", "mock.toml", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _START, *arguments],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(f"http://127.0.0.1:{port}", process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{address}/api/v1/streaming/health", trust_env=False)
        except httpx.HTTPError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"mastodon_mock did not start:\n{log.read_text()}")
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def clock() -> FrozenClock:
    """The mock writes its own times."""
    return FrozenClock(datetime.now(UTC))


@pytest.fixture
def people(address: str) -> Iterator[tuple[Somebody, Somebody]]:
    with httpx.Client(base_url=address, trust_env=False) as client:
        sanne, bram = Somebody(client, "token-sanne"), Somebody(client, "token-bram")
        for person in (sanne, bram):
            person.sets(note="Hoi")
        yield sanne, bram


@pytest.fixture
def desk(intake: Intake) -> Desk:
    return Desk(intake, "mastodon")


def made(address: str, desk: Desk, **changed: Any) -> Mastodon:
    options = {"instance": address, "poll_seconds": 0.05, "first_pause": 0.01}
    feed = connect("delft", options | changed)
    feed.obey(desk.running)
    return feed


def words(intake: Intake, start: str) -> list[str]:
    return [m.text for m in intake.messages if m.text.startswith(start)]


async def test_posts_edits_and_deletions_of_a_real_server_are_followed(
    address: str, desk: Desk, intake: Intake, people: tuple[Somebody, Somebody]
) -> None:
    desk.give()
    sanne, bram = people
    first = sanne.says("A1 knal #vuurwerk")
    second = bram.says("A2 nog een #vuurwerk")
    bram.says("A3 stil #vuurwerk", visibility="unlisted")
    bram.says("A4 iets anders #koffie")
    async with reading(made(address, desk, review_seconds=0.1), intake):
        await soon(lambda: len(words(intake, "A")) == 2)
        sanne.edits(first, "A1 harde knal #vuurwerk")
        await soon(lambda: len(words(intake, "A")) == 3)
        bram.deletes(second)
        await soon(lambda: intake.messages[-1].change is Change.DELETE)
    assert words(intake, "A") == [
        "A1 knal #vuurwerk",
        "A2 nog een #vuurwerk",
        "A1 harde knal #vuurwerk",
    ]
    assert intake.messages[-1].external_id == second


async def test_a_cut_of_many_posts_is_made_up_for(
    address: str, desk: Desk, intake: Intake, people: tuple[Somebody, Somebody]
) -> None:
    desk.give()
    sanne, _ = people
    sanne.says("B000 #vuurwerk")
    async with reading(made(address, desk), intake):
        await soon(lambda: words(intake, "B"))
    for number in range(1, 101):
        sanne.says(f"B{number:03} #vuurwerk")
    async with reading(made(address, desk), intake):
        await soon(lambda: len({*words(intake, "B")}) == 101)
    stored = [a.text for a in intake.stored if a.text.startswith("B")]
    assert stored == [f"B{number:03} #vuurwerk" for number in range(101)]


async def test_a_profile_that_says_no_is_respected(
    address: str, desk: Desk, intake: Intake, people: tuple[Somebody, Somebody]
) -> None:
    desk.give()
    sanne, bram = people
    Somebody(bram.client, "token-stil").says("C1 #vuurwerk")
    bram.sets(note="Liever geen #nobot")
    bram.says("C2 #vuurwerk")
    sanne.says("C3 #vuurwerk")
    async with reading(made(address, desk), intake):
        await soon(lambda: words(intake, "C"))
    assert words(intake, "C") == ["C3 #vuurwerk"]


async def test_its_stream_rings(
    address: str,
    desk: Desk,
    intake: Intake,
    people: tuple[Somebody, Somebody],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.mastodon.listening._SETTLE", 0.05)
    desk.give()
    sanne, _ = people
    feed = made(address, desk, stream=True, poll_seconds=3600, review_seconds=3600)
    first = sanne.says("D1 #vuurwerk")
    async with reading(feed, intake):
        await soon(lambda: words(intake, "D"))
        await _heard(feed)
        sanne.says("D2 #vuurwerk")
        await soon(lambda: len(words(intake, "D")) == 2)
        sanne.deletes(first)
        await soon(lambda: intake.messages[-1].change is Change.DELETE)


async def _heard(feed: Mastodon) -> None:
    """Give the stream the time to open; the mock does not say who listens."""

    await asyncio.sleep(1.0)


async def test_its_faults_are_lived_through(
    address: str, desk: Desk, intake: Intake, people: tuple[Somebody, Somebody]
) -> None:
    desk.give()
    sanne, _ = people
    sanne.says("E1 #vuurwerk")
    with httpx.Client(base_url=address, trust_env=False) as client:
        for kind in ("status", "malformed"):
            rule = {
                "match": {"path_regex": "/api/v1/timelines/tag/"},
                "effect": {"type": kind, "status": 503},
                "count": 3,
            }
            client.post("/api/v1/_mock/faults", json=rule).raise_for_status()
    feed = made(address, desk)
    async with reading(feed, intake):
        await soon(lambda: words(intake, "E"))
    assert feed.tally["failures"] >= 3
