# SPDX-License-Identifier: EUPL-1.2
"""What comes in through the Telegram connector, from an emulator over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.message import Change, Command, Joined, Message, Moved, Removed, Role
from ingest.telegram.intake import ALLOWED_UPDATES
from tests.ingest.telegram_bot import (
    ADMIN,
    GROUP,
    MEMBER,
    OWNER,
    Collected,
    eventually,
    made,
    running,
    taken,
)
from tests.partners.telegram_api import ANONYMOUS, TelegramApi, telegram_api


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    async with telegram_api() as running:
        running.group(GROUP, creator=OWNER, administrator=ADMIN)
        yield running


# What comes in


async def test_a_message_becomes_a_message_with_its_moment_and_ids(api: TelegramApi) -> None:
    first = api.write(GROUP, MEMBER, "Er wordt ingebroken op nummer 5")
    api.write(GROUP, MEMBER, "ik zie het ook", reply_to_message=first)
    one, two = await taken(api, 2)
    assert one == Message(
        source="telegram",
        chat="-1001",
        external_id="1",
        sender="3",
        sent_at=one.sent_at,
        text="Er wordt ingebroken op nummer 5",
    )
    assert one.sent_at.isoformat() == "2026-11-21T12:00:00+00:00"
    assert two.reply_to == "1"


async def test_only_messages_edits_and_own_membership_are_asked_for(api: TelegramApi) -> None:
    api.write(GROUP, MEMBER, "hallo")
    await taken(api, 1)
    assert api.asked["allowed_updates"] == list(ALLOWED_UPDATES)
    assert len(ALLOWED_UPDATES) == 3


async def test_a_caption_counts_as_text_and_a_bare_picture_does_not(api: TelegramApi) -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    api.write(GROUP, MEMBER, None, photo=photo)
    api.write(GROUP, MEMBER, None, photo=photo, caption="grofvuil bij de container")
    items = await taken(api, 1)
    assert [item.text for item in items] == ["grofvuil bij de container"]


async def test_an_edit_is_a_new_revision_of_the_same_message(api: TelegramApi) -> None:
    first = api.write(GROUP, MEMBER, "brand?")
    api.edit(first, "brand!", at=api.now + 40)
    api.edit(first, "toch geen brand", at=api.now + 80)
    one, two, three = await taken(api, 3)
    assert one.external_id == two.external_id == three.external_id
    assert [i.change for i in (one, two, three)] == [Change.NEW, Change.EDIT, Change.EDIT]
    assert len({i.revision for i in (one, two, three)}) == 3
    assert two.sent_at == one.sent_at


@pytest.mark.parametrize(
    "odd",
    [
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}},
        {"is_automatic_forward": True},
        {"from": {"id": 9, "is_bot": True, "first_name": "bot"}},
        {"from": ANONYMOUS, "sender_chat": {"id": -77, "type": "channel", "title": "ander"}},
        {"via_bot": {"id": 9, "is_bot": True, "first_name": "bot"}},
    ],
)
async def test_forwards_and_bots_are_ignored(api: TelegramApi, odd: dict[str, Any]) -> None:
    api.write(GROUP, MEMBER, "doorgestuurd", **odd)
    api.write(GROUP, MEMBER, "eigen woorden")
    assert [item.text for item in await taken(api, 1)] == ["eigen woorden"]


# Commands


@pytest.mark.parametrize(
    ("sender", "role"), [(OWNER, Role.OWNER), (ADMIN, Role.ADMIN), (MEMBER, Role.MEMBER)]
)
async def test_the_role_is_what_telegram_says_it_is(
    api: TelegramApi, sender: int, role: Role
) -> None:
    api.write(GROUP, sender, "/toestemming@BuurtBot 30 dagen")
    (item,) = await taken(api, 1)
    assert isinstance(item, Command)
    assert (item.name, item.argument, item.role) == ("toestemming", "30 dagen", role)


async def test_the_role_is_asked_again_for_every_command(api: TelegramApi) -> None:
    line = Collected()
    async with running(made(api), line.submit):
        api.write(GROUP, ADMIN, "/status")
        await eventually(lambda: len(line.items) == 1)
        del api.chats[GROUP].governors[ADMIN]
        api.write(GROUP, ADMIN, "/stop")
        await eventually(lambda: len(line.items) == 2)
    assert [item.role for item in line.items] == [Role.ADMIN, Role.MEMBER]


async def test_an_anonymous_administrator_governs(api: TelegramApi) -> None:
    here = {"id": GROUP, "type": "supergroup", "title": "Buurtapp"}
    api.write(GROUP, 0, "/stop", **{"from": ANONYMOUS, "sender_chat": here})
    (item,) = await taken(api, 1)
    assert item.role is Role.ADMIN
    assert api.calls["getChatAdministrators"] == 0


async def test_commands_of_other_bots_are_not_looked_at(api: TelegramApi) -> None:
    api.write(GROUP, MEMBER, "/stop@AnderBot")
    api.write(GROUP, MEMBER, "/meld er ligt glas op de stoep")
    api.write(GROUP, MEMBER, "/o nee, weer ingebroken")
    items = await taken(api, 2)
    assert [item.text for item in items] == ["er ligt glas op de stoep", "/o nee, weer ingebroken"]


async def test_when_roles_cannot_be_asked_the_command_waits_and_nothing_is_lost(
    api: TelegramApi,
) -> None:
    api.fail("getChatAdministrators", 502, times=3)
    api.write(GROUP, MEMBER, "ervoor")
    api.write(GROUP, OWNER, "/toestemming")
    api.write(GROUP, MEMBER, "erna")
    before, command, after = await taken(api, 3)
    assert (before.text, command.role, after.text) == ("ervoor", Role.OWNER, "erna")


async def test_a_private_chat_gets_the_explanation_once_and_nothing_goes_on(
    api: TelegramApi,
) -> None:
    line = Collected()
    async with running(made(api), line.submit):
        api.write(55, 55, "/start")
        api.write(55, 55, "mijn buurman heet Jan en ...")
        last = api.push(poll={})
        api.push(message={"kapot": True})
        await eventually(lambda: bool(api.sent) and line.cursor == str(last + 2))
    assert line.items == []
    assert [message["chat"]["id"] for message in api.sent] == [55]
    assert "groepen" in api.sent[0]["text"]


# Joining, leaving, moving


async def test_joining_and_leaving_are_told(api: TelegramApi) -> None:
    api.membership(GROUP, "left", "member")
    api.membership(GROUP, "member", "administrator")
    api.membership(GROUP, "administrator", "kicked")
    joined, removed = await taken(api, 2)
    assert isinstance(joined, Joined)
    assert joined.name == "Buurtapp"
    assert isinstance(removed, Removed)
    assert joined.external_id != removed.external_id


async def test_both_words_of_a_move_are_the_same_deed(api: TelegramApi) -> None:
    api.group(-5, creator=OWNER)
    api.migrate(-5, -1005)
    one, two = await taken(api, 2)
    assert one == two
    assert isinstance(one, Moved)
    assert (one.chat, one.new_chat) == ("-5", "-1005")
