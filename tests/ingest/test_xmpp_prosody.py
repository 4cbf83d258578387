# SPDX-License-Identifier: EUPL-1.2
"""A room on a real prosody: who governs it decides, nothing said meanwhile is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from core.clock import FrozenClock
from core.message import Change, Command, Joined, Message, Removed, Role
from ingest.connectors.xmpp import XmppConnector, connect
from store.database import Store
from tests.ingest.house import House, Intake
from tests.ingest.orders_desk import reading
from tests.partners import feed_server
from tests.partners.prosody import ROOM, Person, Prosody, missing, prosody

#: A server, its people and the bot share this machine with other tests.
soon = partial(feed_server.soon, seconds=60)

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "there")


@pytest.fixture
def house(sqlite_store: Store) -> House:
    """A house whose clock agrees with that of the server."""
    return House(store=sqlite_store, clock=FrozenClock(datetime.now(UTC) + timedelta(minutes=5)))


@pytest.fixture
async def server() -> AsyncIterator[Prosody]:
    async with prosody() as running:
        yield running


@pytest.fixture
async def olga(server: Prosody) -> AsyncIterator[Person]:
    """Who made the room."""
    person = Person(server, "olga")
    await person.enter()
    await person.open_room()
    yield person
    await person.leave()


@pytest.fixture
async def karim(server: Prosody, olga: Person) -> AsyncIterator[Person]:
    """Who came in later."""
    assert olga
    person = Person(server, "karim")
    await person.enter()
    yield person
    await person.leave()


def made(server: Prosody) -> XmppConnector:
    return connect("delft", server.options)


def of(intake: Intake, kind: type) -> list[object]:
    return [item for batch in intake.batches for item in batch.items if isinstance(item, kind)]


def texts(intake: Intake) -> list[str]:
    return [message.text for message in intake.messages]


async def test_it_comes_in_visibly_and_reads_nothing_from_before(
    server: Prosody, olga: Person, intake: Intake
) -> None:
    olga.says("Dit was er al")
    await soon(lambda: bool(olga.heard))
    async with reading(made(server), intake):
        await soon(lambda: bool(of(intake, Joined)))
        olga.says("Er ligt een bank bij de container")
        await soon(lambda: bool(intake.messages))
    assert texts(intake) == ["Er ligt een bank bij de container"]
    assert {message.chat for message in intake.messages} == {ROOM}


async def test_the_room_says_who_governs_it(
    server: Prosody, olga: Person, karim: Person, intake: Intake
) -> None:
    async with reading(made(server), intake):
        await soon(lambda: bool(of(intake, Joined)))
        karim.says("!toestemming")
        olga.says("!toestemming 30 dagen")
        await soon(lambda: len(of(intake, Command)) == 2)
    roles = {c.argument: c.role for c in of(intake, Command) if isinstance(c, Command)}
    assert roles == {"": Role.MEMBER, "30 dagen": Role.OWNER}


async def test_what_was_said_while_it_was_away_comes_from_the_archive(
    server: Prosody, olga: Person, intake: Intake
) -> None:
    async with reading(made(server), intake):
        await soon(lambda: bool(of(intake, Joined)))
        olga.says("Bericht 0")
        await soon(lambda: len(intake.messages) == 1)
    for number in range(1, 121):
        olga.says(f"Bericht {number}")
    await soon(lambda: len(olga.heard) == 121)
    async with reading(made(server), intake):
        await soon(lambda: len(intake.stored) == 121)
        olga.says("Bericht 121")
        await soon(lambda: len(intake.stored) == 122)
    assert [admitted.text for admitted in intake.stored] == [f"Bericht {n}" for n in range(122)]


async def test_a_correction_changes_and_a_retraction_erases(
    server: Prosody, olga: Person, karim: Person, intake: Intake
) -> None:
    feed = made(server)
    async with reading(feed, intake):
        await soon(lambda: bool(of(intake, Joined)))
        olga.says("Bank bij de flat")
        await soon(lambda: len(olga.heard) == 1 and len(intake.messages) == 1)
        _, _, room_id, own_id = olga.heard[0]
        olga.says("Bank bij de school", corrects=own_id)
        await soon(lambda: len(intake.messages) == 2)
        karim.says("Weg ermee", retracts=room_id)
        await soon(lambda: feed.tally["not-theirs"] == 1)
        olga.says("", retracts=room_id)
        await soon(lambda: len(intake.messages) == 3)
    assert [m.change for m in intake.messages] == [Change.NEW, Change.EDIT, Change.DELETE]
    assert {m.external_id for m in intake.messages} == {room_id}


async def test_what_was_corrected_and_retracted_meanwhile_is_found_in_the_archive(
    server: Prosody, olga: Person, intake: Intake
) -> None:
    async with reading(made(server), intake):
        await soon(lambda: bool(of(intake, Joined)))
        olga.says("Bank bij de flat")
        await soon(lambda: len(olga.heard) == 1 and len(intake.messages) == 1)
    _, _, room_id, own_id = olga.heard[0]
    olga.says("Bank bij de school", corrects=own_id)
    # A writer's app adds words for apps that know no retraction; without, prosody keeps none.
    olga.says("Dit bericht is ingetrokken", retracts=room_id)
    await soon(lambda: len(olga.heard) == 3)
    async with reading(made(server), intake):
        await soon(lambda: intake.messages[-1].change is Change.DELETE)
    assert [m.change for m in intake.messages[-2:]] == [Change.EDIT, Change.DELETE]
    # What was taken back on the same page of the archive never gets past the gate.
    assert [a.text for a in intake.stored] == ["Bank bij de flat"]
    assert {m.external_id for m in intake.messages} == {room_id}


async def test_after_stop_it_goes_and_comes_back_when_it_is_invited(
    server: Prosody, olga: Person, intake: Intake
) -> None:
    feed = made(server)
    async with reading(feed, intake):
        await soon(lambda: bool(of(intake, Joined)))
        olga.says("!stop")
        await soon(lambda: bool(of(intake, Command)))
        stop = of(intake, Command)[0]
        assert isinstance(stop, Command)
        await feed.say(ROOM, "Ik stop en ga weg.", stop.external_id)
        await soon(lambda: "Buurtsignaal" not in olga.present())
    async with reading(made(server), intake):
        olga.says("Dit hoort niemand")
        await asyncio.sleep(0.5)
        assert "Buurtsignaal" not in olga.present()
        olga.invites("bot@localhost")
        await soon(lambda: "Buurtsignaal" in olga.present())
        await soon(lambda: len(of(intake, Joined)) == 2)
        olga.says("Er ligt een bank bij de container")
        await soon(lambda: bool(intake.messages))
    assert texts(intake) == ["Er ligt een bank bij de container"]


async def test_being_put_out_is_a_withdrawal(server: Prosody, olga: Person, intake: Intake) -> None:
    async with reading(made(server), intake):
        await soon(lambda: bool(of(intake, Joined)))
        await olga.puts_out("Buurtsignaal")
        await soon(lambda: bool(of(intake, Removed)))


async def test_what_it_says_is_heard_and_not_read_again(
    server: Prosody, olga: Person, intake: Intake
) -> None:
    feed = made(server)
    async with reading(feed, intake):
        await soon(lambda: bool(of(intake, Joined)))
        id = await feed.say(ROOM, "Ik lees mee. Stoppen? Stuur /stop", key="k1")
        await soon(lambda: bool(olga.heard))
        await asyncio.sleep(0.3)
    assert olga.heard[0][1:3] == ("Ik lees mee. Stoppen? Stuur !stop", id)
    assert of(intake, Message) == []
