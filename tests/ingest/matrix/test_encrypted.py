# SPDX-License-Identifier: EUPL-1.2
"""Encrypted rooms on a real homeserver: read with keys, and said to be unreadable without."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from core import errors
from core.message import Change, Message
from ingest.matrix.notice import UNREADABLE
from tests.ingest.house import House, Intake
from tests.ingest.matrix.bot import eventually, made, running, said_by, texts
from tests.ingest.telegram_bot import Collected
from tests.partners.matrix_app import ENCRYPTION, app
from tests.partners.synapse import Person

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, Any]:
    return {"keys": str(tmp_path / "keys"), "secret": "een geheim van de gemeente"}


async def test_an_encrypted_room_is_read_and_answered_with_keys(
    bot: Person, olga: Person, real_house: House, keys: dict[str, Any], tmp_path: Path
) -> None:
    line, connector = Intake(house=real_house, consenting=False), made(bot, **keys)
    async with running(connector, line.submit), app(olga, tmp_path / "olga") as phone:
        room = olga.room(bot.id, initial_state=[ENCRYPTION])
        await eventually(lambda: bot.id in olga.members(room))
        await phone.sync()
        await phone.write(room, "voor de toestemming")
        await phone.write(room, "!toestemming")
        first = await phone.write(room, "kanarie-4711")
        await eventually(lambda: "kanarie-4711" in texts(line))
        new = {"msgtype": "m.text", "body": "kanarie-4712"}
        relation = {"rel_type": "m.replace", "event_id": first}
        changed = {"m.new_content": new, "m.relates_to": relation}
        await phone.write(room, "* kanarie-4712", **changed)
        await eventually(lambda: "kanarie-4712" in texts(line))
        olga.erase(room, first)
        await eventually(lambda: line.messages[-1].change is Change.DELETE)
        said = [await connector.say(room, "Ik lees mee.", first, key="k") for _ in "ab"]
        await phone.sync()
    assert [admitted.text for admitted in line.stored] == ["kanarie-4711", "kanarie-4712"]
    assert [m.external_id for m in line.messages[1:]] == [first] * 3
    assert (bot.id, "Ik lees mee.") in phone.shown
    assert said[0] == said[1]
    # The server has seen none of it.
    assert {e["type"] for e in said_by(bot, olga, room)} == {"m.room.encrypted"}
    assert "kanarie" not in str(olga.messages(room))


async def test_after_an_outage_an_encrypted_room_is_read_on(
    bot: Person, olga: Person, keys: dict[str, Any], tmp_path: Path
) -> None:
    line = Collected()
    async with app(olga, tmp_path / "olga") as phone:
        async with running(made(bot, **keys), line.submit):
            room = olga.room(bot.id, initial_state=[ENCRYPTION])
            await eventually(lambda: bot.id in olga.members(room))
            await phone.sync()
            await phone.write(room, "ervoor")
            await eventually(lambda: "ervoor" in texts(line))
        for number in range(80):
            await phone.write(room, f"bericht {number}")
        again = made(bot, **keys)
        async with running(again, line.submit, cursor=line.cursor):
            await eventually(lambda: len(texts(line)) >= 81)
        assert again.tally["locked"] == 0
    assert texts(line) == ["ervoor", *(f"bericht {n}" for n in range(80))]


async def test_a_sync_that_was_not_stored_is_opened_again(
    bot: Person, olga: Person, keys: dict[str, Any], tmp_path: Path
) -> None:
    line, connector = Collected(), made(bot, **keys)
    async with app(olga, tmp_path / "olga") as phone:
        async with running(connector, line.submit):
            room = olga.room(bot.id, initial_state=[ENCRYPTION])
            await eventually(lambda: bot.id in olga.members(room))
        await phone.sync()
        await phone.write(room, "een")
        line.failures = [ConnectionError("the store is away")]
        with pytest.raises(ConnectionError):
            async with running(connector, line.submit, cursor=line.cursor) as run:
                await eventually(run.done)
        async with running(made(bot, **keys), line.submit, cursor=line.cursor):
            await eventually(lambda: "een" in texts(line))


async def test_without_keys_it_says_so_and_counts_nothing_as_read(
    bot: Person, olga: Person, tmp_path: Path
) -> None:
    line, connector = Collected(), made(bot)
    async with running(connector, line.submit), app(olga, tmp_path / "olga") as phone:
        room = olga.room(bot.id, initial_state=[ENCRYPTION])
        await eventually(lambda: len(said_by(bot, olga, room)) == 1)
        await phone.sync()
        await phone.write(room, "!toestemming")
        await phone.write(room, "onleesbaar")
        await eventually(lambda: connector.tally["locked"] == 2)
        with pytest.raises(errors.TargetRefused):
            await connector.say(room, "Dit gaat niet open de kamer in.")
    (notice,) = said_by(bot, olga, room)
    assert notice["content"]["body"] == UNREADABLE
    assert not [item for item in line.items if isinstance(item, Message)]


async def test_a_room_that_becomes_encrypted_is_told_once(bot: Person, olga: Person) -> None:
    line = Collected()
    async with running(made(bot), line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        olga.put_state(room, "m.room.encryption", ENCRYPTION["content"])
        await eventually(lambda: len(said_by(bot, olga, room)) == 1)
        cursor = line.cursor
    async with running(made(bot), line.submit, cursor=cursor):
        olga.write(room, "toch open")
        await eventually(lambda: "toch open" in texts(line))
    assert len(said_by(bot, olga, room)) == 1


async def test_keys_are_for_nobody_else_and_need_their_secret(
    bot: Person, olga: Person, keys: dict[str, Any]
) -> None:
    line = Collected()
    async with running(made(bot, **keys), line.submit):
        room = olga.room(bot.id, initial_state=[ENCRYPTION])
        await eventually(lambda: bot.id in olga.members(room))
    folder = Path(keys["keys"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir())
    wrong = made(bot, **(keys | {"secret": "een ander geheim"}))
    with pytest.raises(errors.ConfigurationError, match="cannot be opened") as refused:
        async with running(wrong, line.submit) as run:
            await eventually(run.done)
    assert "geheim" not in str(refused.value)
