# SPDX-License-Identifier: EUPL-1.2
"""The Matrix connector against a real homeserver."""

from __future__ import annotations

import asyncio

import pytest

from core import errors
from core.message import Change, Joined, Message, Removed
from tests.ingest.house import House, Intake
from tests.ingest.matrix.bot import changes, eventually, made, running, said_by, texts
from tests.ingest.telegram_bot import Collected
from tests.partners.synapse import Person, Synapse

# The first time ever, the server is installed.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


async def test_invited_it_joins_and_announces_itself(bot: Person, olga: Person) -> None:
    line = Collected()
    async with running(made(bot), line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: any(isinstance(item, Joined) for item in line.items))
    (joined,) = [item for item in line.items if isinstance(item, Joined)]
    assert (joined.chat, joined.name) == (room, "Vogelbuurt")
    assert bot.id in olga.members(room)


async def test_who_made_the_room_gives_consent_in_room_version_12(
    bot: Person, olga: Person, karim: Person, real_house: House
) -> None:
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        room = olga.room(bot.id, karim.id)
        karim.join(room)
        await eventually(lambda: bot.id in olga.members(room))
        state = {e["type"]: e for e in olga.state(room) if e["state_key"] == ""}
        assert state["m.room.create"]["content"]["room_version"] == "12"
        assert olga.id not in state["m.room.power_levels"]["content"].get("users", {})
        karim.write(room, "voor de toestemming")
        karim.write(room, "!toestemming")
        karim.write(room, "na een ja van een gewoon lid")
        olga.write(room, "!toestemming")
        karim.write(room, "met toestemming")
        await eventually(lambda: "met toestemming" in texts(line))
    assert [admitted.text for admitted in line.stored] == ["met toestemming"]


@pytest.mark.parametrize(("version", "power", "may"), [
    ("12", 50, True),
    ("12", 49, False),
    ("10", 50, True),
    ("10", 0, False),
])  # fmt: skip
async def test_a_member_gives_consent_with_enough_power(
    bot: Person, olga: Person, karim: Person, real_house: House, version: str, power: int, may: bool
) -> None:
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        room = olga.room(
            bot.id,
            karim.id,
            room_version=version,
            power_level_content_override={"users": {karim.id: power}}
            | ({} if version == "12" else {"users": {karim.id: power, olga.id: 100}}),
        )
        karim.join(room)
        await eventually(lambda: bot.id in olga.members(room))
        karim.write(room, "/toestemming")
        olga.write(room, "een bericht")
        await eventually(lambda: "een bericht" in texts(line))
    assert [admitted.text for admitted in line.stored] == (["een bericht"] if may else [])


async def test_who_made_an_older_room_gives_consent(
    bot: Person, olga: Person, real_house: House
) -> None:
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        room = olga.room(bot.id, room_version="11")
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "/toestemming")
        olga.write(room, "een bericht")
        await eventually(lambda: "een bericht" in texts(line))
    assert [admitted.text for admitted in line.stored] == ["een bericht"]


async def test_an_outage_loses_nothing_and_doubles_nothing(
    bot: Person, olga: Person, real_house: House
) -> None:
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "/toestemming")
        olga.write(room, "ervoor")
        await eventually(lambda: "ervoor" in texts(line))
    for number in range(270):
        await asyncio.to_thread(olga.write, room, f"bericht {number}")
    again = made(bot)
    async with running(again, line.submit, cursor=line.cursor(again)):
        await eventually(lambda: len(line.stored) >= 271, seconds=60)
        olga.write(room, "erna")
        await eventually(lambda: "erna" in texts(line))
    expected = ["ervoor", *(f"bericht {n}" for n in range(270)), "erna"]
    assert [admitted.text for admitted in line.stored] == expected
    assert texts(line) == expected


async def test_an_edit_a_redaction_and_an_answer_are_followed(
    bot: Person, olga: Person, karim: Person
) -> None:
    line = Collected()
    async with running(made(bot), line.submit):
        room = olga.room(bot.id, karim.id)
        karim.join(room)
        await eventually(lambda: bot.id in olga.members(room))
        first = olga.write(room, "Er ligt een boom over het pad")
        karim.write(room, "Ik zie hem ook", answers=first)
        olga.edit(room, first, "Er ligt een boom over het fietspad")
        karim.edit(room, first, "woorden in de mond gelegd")
        change = olga.edit(room, first, "Toch niet")
        # What is erased before anybody fetched it is never seen at all.
        await eventually(lambda: changes(line, Change.EDIT) == 2)
        olga.erase(room, change)
        olga.erase(room, first)
        await eventually(lambda: changes(line, Change.DELETE) == 3)
    found = [i for i in line.items if isinstance(i, Message)]
    told = [(m.change, m.text, m.reply_to, m.external_id == first) for m in found]
    assert told == [
        (Change.NEW, "Er ligt een boom over het pad", None, True),
        (Change.NEW, "Ik zie hem ook", first, False),
        (Change.EDIT, "Er ligt een boom over het fietspad", None, True),
        (Change.EDIT, "Toch niet", None, True),
        (Change.DELETE, "", None, False),
        (Change.DELETE, "", None, True),
        (Change.DELETE, "", None, True),
    ]


async def test_it_speaks_once_and_does_not_hear_itself(bot: Person, olga: Person) -> None:
    line, connector = Collected(), made(bot)
    async with running(connector, line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        asked = olga.write(room, "/status")
        words = "Ik lees niets. Stuur /toestemming."
        said = [await connector.say(room, words, asked, key="k") for _ in "ab"]
        olga.write(room, "dank je")
        await eventually(lambda: "dank je" in texts(line))
    assert said[0] == said[1]
    (notice,) = said_by(bot, olga, room)
    assert notice["content"]["body"] == "Ik lees niets. Stuur !toestemming."
    assert notice["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": asked}}
    assert texts(line) == ["dank je"]


async def test_after_stop_it_leaves_and_may_be_invited_again(
    bot: Person, olga: Person, real_house: House
) -> None:
    line, connector = Intake(house=real_house, consenting=False), made(bot)
    async with running(connector, line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "!toestemming")
        olga.write(room, "een")
        await eventually(lambda: "een" in texts(line))
        order = olga.write(room, "!stop")
        await eventually(lambda: line.batches[-1].items[-1].external_id == order)
        await connector.say(room, "Ik ben gestopt.", order, key="stop")
        await eventually(lambda: bot.id not in olga.members(room))
        olga.write(room, "niet voor de bot")
        olga.invite(room, bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "twee")
        await eventually(lambda: "twee" in texts(line))
        with pytest.raises(errors.TargetRefused):
            await connector.say("!elders:localhost", "hallo")
    assert [admitted.text for admitted in line.stored] == ["een"]
    assert texts(line) == ["een", "twee"]


async def test_put_out_and_invited_again_in_an_outage_ends_consent(
    bot: Person, olga: Person, real_house: House
) -> None:
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "!toestemming")
        olga.write(room, "een")
        await eventually(lambda: "een" in texts(line))
    olga.kick(room, bot.id)
    olga.invite(room, bot.id)
    again = made(bot)
    async with running(again, line.submit, cursor=line.cursor(again)):
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "twee")
        await eventually(lambda: "twee" in texts(line))
    assert [admitted.text for admitted in line.stored] == ["een"]


async def test_put_out_counts_as_withdrawn(bot: Person, olga: Person) -> None:
    line = Collected()
    async with running(made(bot), line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        olga.kick(room, bot.id)
        await eventually(lambda: isinstance(line.items[-1], Removed) if line.items else False)
    assert [type(item) for item in line.items] == [Removed, Joined, Removed]


async def test_a_new_version_of_a_room_takes_consent_along(
    bot: Person, olga: Person, real_house: House
) -> None:
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        room = olga.room(bot.id, room_version="11", preset="public_chat")
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "!toestemming")
        olga.write(room, "een")
        await eventually(lambda: "een" in texts(line))
        answer = olga.do("POST", "rooms", room, "upgrade", body={"new_version": "12"})
        new = answer["replacement_room"]
        await eventually(lambda: bot.id in olga.members(new))
        olga.write(new, "twee")
        await eventually(lambda: "twee" in texts(line))
    assert [admitted.text for admitted in line.stored] == ["een", "twee"]


async def test_a_room_that_only_says_it_replaces_another_gets_no_consent(
    bot: Person, olga: Person, karim: Person, real_house: House
) -> None:
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "!toestemming")
        await eventually(lambda: len(line.batches) > 1)
        false = karim.room(bot.id, creation_content={"predecessor": {"room_id": room}})
        await eventually(lambda: bot.id in karim.members(false))
        karim.write(false, "gestolen")
        olga.write(room, "een")
        await eventually(lambda: {"een", "gestolen"} <= set(texts(line)))
    assert [admitted.text for admitted in line.stored] == ["een"]


async def test_an_invitation_to_talk_alone_is_declined(bot: Person, olga: Person) -> None:
    connector = made(bot)
    async with running(connector, Collected().submit):
        room = olga.room(bot.id, is_direct=True)
        await eventually(lambda: connector.tally["declined"] == 1)
        await eventually(
            lambda: any(
                e["state_key"] == bot.id and e["content"]["membership"] == "leave"
                for e in olga.state(room)
                if e["type"] == "m.room.member"
            )
        )


async def test_the_wait_that_the_server_asks_for_is_kept(
    server: Synapse, bot: Person, olga: Person
) -> None:
    connector = made(bot)
    async with running(connector, Collected().submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        server.person("beheer", admin=True).slow_down(bot.id, 1)
        said = [await connector.say(room, f"zin {n}", key=str(n)) for n in range(3)]
    heard = [e["event_id"] for e in olga.messages(room) if e["sender"] == bot.id]
    assert [each for each in heard if each in said] == said


async def test_a_refused_token_ends_the_run_without_being_shown(bot: Person) -> None:
    connector = made(bot, token="syt_geheim_4711_geheim")
    with pytest.raises(errors.ConfigurationError) as refused:
        await connector.run(Collected().submit, asyncio.Event())
    await connector.close()
    assert "4711" not in str(refused.value) + repr(connector) + repr(vars(connector))


async def test_a_token_of_somebody_else_is_refused(bot: Person, olga: Person) -> None:
    connector = made(bot, token=olga.token)
    with pytest.raises(errors.ConfigurationError, match="another user"):
        await connector.run(Collected().submit, asyncio.Event())
    await connector.close()


async def test_a_new_name_in_an_outage_is_no_new_arrival(
    bot: Person, olga: Person, real_house: House
) -> None:
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "!toestemming")
        olga.write(room, "ervoor")
        await eventually(lambda: "ervoor" in texts(line))
    for number in range(120):
        await asyncio.to_thread(olga.write, room, f"bericht {number}")
        if number == 10:
            bot.do("PUT", "profile", bot.id, "displayname", body={"displayname": "Buurtsignaal"})
    again = made(bot)
    async with running(again, line.submit, cursor=line.cursor(again)):
        await eventually(lambda: "bericht 119" in texts(line))
    expected = ["ervoor", *(f"bericht {n}" for n in range(120))]
    assert [admitted.text for admitted in line.stored] == expected


async def test_put_out_in_an_outage_counts_as_withdrawn(bot: Person, olga: Person) -> None:
    line = Collected()
    async with running(made(bot), line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: any(isinstance(item, Joined) for item in line.items))
    olga.kick(room, bot.id)
    async with running(made(bot), line.submit, cursor=line.cursor):
        await eventually(lambda: isinstance(line.items[-1], Removed))


async def test_an_invitation_from_before_a_restart_is_taken_up(bot: Person, olga: Person) -> None:
    line = Collected()
    async with running(made(bot), line.submit):
        olga.room(bot.id)
        await eventually(lambda: bool(line.items))
    room = olga.room(bot.id)
    # The server told of it already, to a run that ended before it could go in.
    where = f"/_matrix/client/v3/sync?since={line.cursor}"
    told = bot.server.ask("GET", where, token=bot.token)
    assert room in told["rooms"]["invite"]
    async with running(made(bot), line.submit, cursor=told["next_batch"]):
        await eventually(lambda: bot.id in olga.members(room))


async def test_cut_off_again_and_again_every_message_is_stored_once(
    bot: Person, olga: Person, real_house: House
) -> None:
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        room = olga.room(bot.id)
        await eventually(lambda: bot.id in olga.members(room))
        olga.write(room, "!toestemming")
        olga.write(room, "0")
        await eventually(lambda: "0" in texts(line))
    writing = asyncio.create_task(
        asyncio.to_thread(lambda: [olga.write(room, str(n)) for n in range(1, 200)])
    )
    while not writing.done():
        connector = made(bot)
        # Cancelled without warning, as a kill would.
        run = asyncio.create_task(
            connector.run(line.submit, asyncio.Event(), cursor=line.cursor(connector))
        )
        await asyncio.sleep(0.3)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        await connector.close()
    await writing
    last = made(bot)
    async with running(last, line.submit, cursor=line.cursor(last)):
        await eventually(lambda: len(line.stored) == 200)
    assert [admitted.text for admitted in line.stored] == [str(n) for n in range(200)]


async def test_a_room_that_it_was_in_before_its_first_run_is_announced(
    bot: Person, olga: Person, real_house: House
) -> None:
    room = olga.room(bot.id)
    bot.join(room)
    for number in range(60):
        await asyncio.to_thread(olga.write, room, f"eerder {number}")
    line = Intake(house=real_house, consenting=False)
    async with running(made(bot), line.submit):
        await eventually(lambda: "eerder 59" in texts(line))
        olga.write(room, "!toestemming")
        olga.write(room, "erna")
        await eventually(lambda: "erna" in texts(line))
    items = [item for batch in line.batches for item in batch.items]
    assert [item.chat for item in items if isinstance(item, Joined)] == [room]
    assert [admitted.text for admitted in line.stored] == ["erna"]
