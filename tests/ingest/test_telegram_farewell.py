# SPDX-License-Identifier: EUPL-1.2
"""The bot leaves a group that stopped, and shows everybody what they can ask of it."""

from __future__ import annotations

from ingest.commands import ALIASES, COMMANDS
from ingest.telegram.menu import MENU
from tests.ingest.telegram_bot import ADMIN, GROUP, MEMBER, OWNER, Collected, eventually, running
from tests.ingest.telegram_bot import made as connector_of
from tests.partners.telegram_api import TelegramApi, telegram_api

#: Ends a wait in which nothing may happen: what came in before it was handled before it.
_MARK = "zo gewoon mogelijk"


def calls(api: TelegramApi) -> int:
    return api.calls["leaveChat"]


async def test_after_stop_of_an_admin_it_answers_and_leaves() -> None:
    line = Collected()
    async with telegram_api() as api:
        api.group(GROUP, creator=OWNER, administrator=ADMIN)
        connector = connector_of(api)
        async with running(connector, line.submit):
            asked = api.write(GROUP, ADMIN, "/stop")
            await eventually(lambda: len(line.items) == 1)
            assert calls(api) == 0
            await connector.say(str(GROUP), "Ik ben gestopt.", str(asked["message_id"]))
            await eventually(lambda: api.chats[GROUP].closed)
            assert [said["text"] for said in api.sent] == ["Ik ben gestopt."]
            await eventually(lambda: len(line.items) == 2)
    assert type(line.items[1]).__name__ == "Removed"


async def test_without_an_answer_it_leaves_all_the_same() -> None:
    line = Collected()
    async with telegram_api() as api:
        api.group(GROUP, creator=OWNER)
        connector = connector_of(api)
        connector._last_words = 0.05
        async with running(connector, line.submit):
            api.write(GROUP, OWNER, "/stop")
            await eventually(lambda: api.chats[GROUP].closed)
    assert connector.tally["left-without-a-word"] == 1


async def test_a_member_who_stops_does_not_send_it_away() -> None:
    line = Collected()
    async with telegram_api() as api:
        api.group(GROUP, creator=OWNER)
        connector = connector_of(api)
        connector._last_words = 0.0
        async with running(connector, line.submit):
            api.write(GROUP, MEMBER, "/stop")
            api.write(GROUP, OWNER, "/nee")
            api.write(GROUP, MEMBER, _MARK)
            await eventually(lambda: len(line.items) == 3)
        assert calls(api) == 0


async def test_who_says_yes_again_before_it_left_keeps_it() -> None:
    line = Collected()
    async with telegram_api() as api:
        api.group(GROUP, creator=OWNER)
        connector = connector_of(api)
        async with running(connector, line.submit):
            stop = api.write(GROUP, OWNER, "/stop")
            api.write(GROUP, OWNER, "/toestemming")
            await eventually(lambda: len(line.items) == 2)
            await connector.say(str(GROUP), "Ik ben gestopt.", str(stop["message_id"]))
            api.write(GROUP, MEMBER, _MARK)
            await eventually(lambda: len(line.items) == 3)
        assert calls(api) == 0


async def test_groups_get_a_menu_of_commands() -> None:
    async with telegram_api() as api:
        async with running(connector_of(api), Collected().submit):
            await eventually(lambda: bool(api.menu))
        assert [entry["command"] for entry in api.menu["commands"]] == list(MENU)
        assert api.menu["scope"] == {"type": "all_group_chats"}


async def test_a_menu_that_is_refused_keeps_nobody_unread() -> None:
    line = Collected()
    async with telegram_api() as api:
        api.group(GROUP, creator=OWNER)
        api.fail("setMyCommands", 400)
        async with running(connector_of(api), line.submit):
            api.write(GROUP, MEMBER, _MARK)
            await eventually(lambda: len(line.items) == 1)


def test_the_menu_holds_nothing_that_the_bot_does_not_know() -> None:
    assert set(MENU) <= {*COMMANDS, *ALIASES}
    assert all(3 <= len(what) <= 256 for what in MENU.values())
