# SPDX-License-Identifier: EUPL-1.2
"""The door with the line behind it: overload, real gate and store, options."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from buurtsignaal.committer import Committer
from core import errors
from core.clock import FrozenClock
from core.outcome import Outcome
from ingest.connector import Connector, Speaker
from ingest.connectors.webhook import connect
from tests.ingest.house import TENANT, House, Intake
from tests.ingest.knocking import Client, Collected, assert_problem, serving
from tests.samples.webhook import (
    OPTIONS,
    SECRET,
    command,
    joined,
    message,
)


@pytest.fixture
def line() -> Collected:
    return Collected()


@pytest.fixture
async def door(line: Collected, clock: FrozenClock) -> AsyncIterator[Client]:
    async with serving(line.submit, clock) as client:
        yield client


# When it does not work


async def test_an_overloaded_line_asks_to_come_back(door: Client, line: Collected) -> None:
    line.failure = errors.Overloaded()
    answer = await door.send(message())
    assert_problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
    line.failure = None
    assert (await door.send(message())).status_code == 202


async def test_when_nothing_was_stored_it_never_says_it_was(door: Client, line: Collected) -> None:
    line.failure = RuntimeError("de schijf is vol")
    assert_problem(await door.send(message()), 503)


# The whole way in: group commit, gate, real store


class RealLine:
    """The committer's thread around gate and store, as the server has it."""

    def __init__(self, house: House) -> None:
        self.intake = Intake(house=house, consenting=False)
        self.committer = Committer(self._handle)

    def _handle(self, batches: Any) -> list[Outcome]:
        return [asyncio.run(self.intake.submit(batch)) for batch in batches]


@pytest.fixture
async def real(house: House) -> AsyncIterator[RealLine]:
    house.clock.advance(timedelta(minutes=1))
    line = RealLine(house)
    yield line
    await line.committer.close()


async def test_the_same_delivery_twice_is_accepted_twice_and_stored_once(
    real: RealLine, house: House
) -> None:
    async with serving(real.committer.submit, house.clock) as client:
        await client.send([joined(), command("toestemming")], id="msg_0")
        for _ in range(3):
            assert (await client.send(message(), id="msg_1")).status_code == 202
        assert (await client.send(message(), id="msg_2")).status_code == 202
    assert len(real.intake.stored) == 1


async def test_a_joining_without_an_id_happens_once_per_delivery(
    real: RealLine, house: House
) -> None:
    async with serving(real.committer.submit, house.clock) as client:
        for _ in range(2):
            await client.send([joined(), command("stop")], id="msg_0")
    with house.store.read() as work:
        (group,) = work.consent.groups(TENANT.slug)
        assert len(work.consent.ledger(group.id)) == 2
        assert group.name == "Vogelbuurt"


async def test_before_consent_and_after_stop_nothing_is_read(real: RealLine, house: House) -> None:
    async with serving(real.committer.submit, house.clock) as client:
        await client.send(message("m0", "te vroeg"))
        await client.send([joined(), command("toestemming", "member", "c0"), message("m1")])
        await client.send([command("toestemming", "owner", "c1"), message("m2", "gelezen")])
        await client.send([command("stop", "owner", "c2"), message("m3", "te laat")])
        await client.send(message("m4", "te laat"))
    assert [admitted.text for admitted in real.intake.stored] == ["gelezen"]


async def test_many_apps_at_once_share_commits_and_lose_nothing(
    real: RealLine, house: House
) -> None:
    async with serving(real.committer.submit, house.clock) as client:
        await client.send([joined(), command("toestemming")])
        answers = await asyncio.gather(
            *(client.send(message(f"m{n}", f"nummer {n}"), id=f"msg_{n}") for n in range(60))
        )
    assert {answer.status_code for answer in answers} == {202}
    assert {a.text for a in real.intake.stored} == {f"nummer {n}" for n in range(60)}


# Options


def test_it_is_a_connector_that_can_speak() -> None:
    connector = connect("delft", OPTIONS)
    assert isinstance(connector, Connector)
    assert isinstance(connector, Speaker)


async def test_it_waits_for_apps_until_it_has_to_stop(line: Collected) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(connect("delft", OPTIONS).run(line.submit, stop))
    await asyncio.sleep(0.05)
    assert not running.done()
    stop.set()
    await asyncio.wait_for(running, 1)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "senders"),
        ({"senders": {}}, "senders"),
        ({"senders": {"a": {"secrets": []}}}, "secrets"),
        ({"senders": {"a": {"secrets": ["whsec_geheim"]}}}, "whsec_"),
        ({"senders": {"a": {"secrets": ["whsec_" + "QUFB"]}}}, "24 to 64"),
        ({"senders": {"A b": {"secrets": [SECRET]}}}, "small letters"),
        ({"senders": {"a": {"secrets": [SECRET], "origin": "krant"}}}, "origin"),
        ({"senders": {"a": {"secrets": [SECRET], "soort": "x"}}}, "soort"),
        (
            {"senders": {"a": {"secrets": [SECRET], "callback": "http://app.example/"}}},
            "callback",
        ),
        (
            {"senders": {"a": {"secrets": [SECRET], "callback": "https://u:p@app.example/"}}},
            "callback",
        ),
        (
            {"senders": {"a": {"secrets": [SECRET], "callback": "https://app.example/"}}},
            "callback_secret",
        ),
    ],
)
def test_an_odd_option_is_named_and_no_secret_is_shown(options: dict[str, Any], named: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=named) as refused:
        connect("delft", options)
    assert "geheim" not in str(refused.value)
    assert SECRET not in str(refused.value)
