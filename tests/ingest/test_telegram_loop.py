# SPDX-License-Identifier: EUPL-1.2
"""The durable loop: nothing lost, nothing twice, nothing told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core import errors
from core.message import Batch
from core.outcome import Outcome
from ingest.connector import Connector, Speaker
from ingest.connectors.telegram import connect
from tests.ingest.house import House, Intake
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
from tests.partners.telegram_api import TOKEN, TelegramApi, telegram_api


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    async with telegram_api() as running:
        running.group(GROUP, creator=OWNER, administrator=ADMIN)
        yield running


# Nothing is lost, nothing twice


async def test_the_offset_moves_only_after_the_commit(api: TelegramApi) -> None:
    line = Collected(failures=[RuntimeError("de opslag is weg")])
    api.write(GROUP, MEMBER, "een")
    with pytest.raises(RuntimeError):
        await made(api).run(line.submit, asyncio.Event())
    assert len(api.updates) == 1
    async with running(made(api), line.submit):
        await eventually(lambda: len(line.items) == 1)


async def test_an_overloaded_line_is_asked_again(api: TelegramApi) -> None:
    line = Collected(failures=[errors.Overloaded(), errors.Overloaded()])
    api.write(GROUP, MEMBER, "een")
    async with running(made(api), line.submit):
        await eventually(lambda: len(line.items) == 1)


async def test_what_was_committed_is_not_handed_over_again(api: TelegramApi) -> None:
    for number in range(250):
        api.write(GROUP, MEMBER, f"bericht {number}")
    line = Collected()
    async with running(made(api), line.submit):
        await eventually(lambda: len(line.items) >= 100)
    many = len(line.items)
    async with running(made(api), line.submit, cursor=line.cursor):
        await eventually(lambda: len(line.items) == 250)
    assert many < 251
    assert [item.text for item in line.items] == [f"bericht {n}" for n in range(250)]


async def test_a_new_numbering_after_a_week_of_silence_loses_nothing(api: TelegramApi) -> None:
    api.renumber(17)
    api.write(GROUP, MEMBER, "na een stille week")
    line = Collected()
    async with running(made(api), line.submit, cursor="900000000"):
        await eventually(lambda: len(line.items) == 1)
    assert line.cursor == "18"


@pytest.mark.parametrize("status", [409, 500, 502])
async def test_errors_of_telegram_pass_by(api: TelegramApi, status: int) -> None:
    api.fail("getMe", status)
    api.fail("getUpdates", status, times=3)
    api.write(GROUP, MEMBER, "toch gelezen")
    connector, line = made(api), Collected()
    async with running(connector, line.submit):
        await eventually(lambda: len(line.items) == 1)
    assert connector.tally["failures"] == 4


async def test_a_wait_that_telegram_asks_for_is_kept(api: TelegramApi) -> None:
    api.fail("getUpdates", 429, parameters={"retry_after": 1})
    api.write(GROUP, MEMBER, "later")
    began = time.monotonic()
    await taken(api, 1)
    assert time.monotonic() - began >= 1


async def test_a_cut_connection_in_the_middle_loses_nothing(api: TelegramApi) -> None:
    line = Collected()
    async with running(made(api), line.submit):
        for number in range(30):
            api.write(GROUP, MEMBER, f"bericht {number}")
            if number % 10 == 3:
                api.cut("getUpdates")
            await asyncio.sleep(0.01)
        await eventually(lambda: len(line.items) >= 30)
    assert [item.text for item in line.items] == [f"bericht {n}" for n in range(30)]


@pytest.mark.parametrize(
    "odd",
    [
        {"message": {"message_id": "x"}},
        {"message": ["geen", "object"]},
        {"message": {"message_id": 5, "date": "gisteren", "chat": {"id": -1, "type": "group"}}},
        {
            "message": {
                "message_id": 5,
                "date": 1,
                "from": {"id": 1, "is_bot": False, "first_name": "x"},
                "chat": {"id": -1, "type": "group"},
                "text": {"geen": "tekst"},
            }
        },
        {},
    ],
)
async def test_an_update_that_cannot_be_read_is_counted_and_holds_up_nothing(
    api: TelegramApi, odd: dict[str, Any]
) -> None:
    api.write(GROUP, MEMBER, "ervoor")
    api.push(**odd)
    api.write(GROUP, MEMBER, "erna")
    connector, line = made(api), Collected()
    async with running(connector, line.submit):
        await eventually(lambda: len(line.items) == 2)
    assert [item.text for item in line.items] == ["ervoor", "erna"]
    assert connector.tally["malformed"] == 1


async def test_it_stops_at_once_inside_a_long_poll(api: TelegramApi) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(made(api, poll_seconds=50).run(Collected().submit, stop))
    await eventually(lambda: api.calls["getUpdates"] == 1)
    stop.set()
    began = time.monotonic()
    await task
    assert time.monotonic() - began < 1


async def test_it_stops_in_time_when_the_line_hangs(api: TelegramApi) -> None:
    async def hang(_batch: Batch) -> Outcome:
        await asyncio.sleep(60)
        return Outcome()

    api.write(GROUP, MEMBER, "een")
    stop = asyncio.Event()
    task = asyncio.create_task(made(api).run(hang, stop))
    await eventually(lambda: api.calls["getUpdates"] == 1)
    stop.set()
    began = time.monotonic()
    await task
    assert time.monotonic() - began < 2


# Secrets and words


async def test_neither_token_nor_words_are_in_any_log(
    api: TelegramApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "telegram"):
        caplog.set_level(logging.DEBUG, logger=name)
    api.fail("getUpdates", 502)
    api.write(GROUP, MEMBER, "kanarie-4711")
    api.push(message={"message_id": 1, "text": "kanarie-4712"})
    connector = made(api)
    line = Collected()
    async with running(connector, line.submit):
        await eventually(lambda: len(line.items) == 1)
        await connector.say(str(GROUP), "kanarie-4713")
        api.chats[GROUP].closed = True
        with pytest.raises(errors.TargetRefused) as refused:
            await connector.say(str(GROUP), "kanarie-4714")
    assert "telegram: @BuurtBot" in caplog.text
    said = caplog.text + str(refused.value) + repr(connector) + repr(vars(connector))
    assert "kanarie" not in said
    assert TOKEN.split(":")[1] not in said


async def test_a_refused_token_ends_the_run_without_being_shown(api: TelegramApi) -> None:
    connector = made(api, token=TOKEN[:-1] + "x")
    with pytest.raises(errors.ConfigurationError) as refused:
        await connector.run(Collected().submit, asyncio.Event())
    assert "AAE-own" not in str(refused.value)


@pytest.mark.parametrize(("reads_all", "mode"), [(True, "mode off"), (False, "mode on")])
async def test_the_privacy_mode_is_told_at_the_start(
    caplog: pytest.LogCaptureFixture, reads_all: bool, mode: str
) -> None:
    caplog.set_level(logging.INFO)
    async with telegram_api(reads_all=reads_all) as api, running(made(api), Collected().submit):
        await eventually(lambda: api.calls["getUpdates"] > 0)
    assert mode in caplog.text


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "token"),
        ({"token": "geheim"}, "token"),
        ({"token": TOKEN, "api": "http://elders.example/bot"}, "api"),
        ({"token": TOKEN, "api": "https://api.telegram.org/"}, "api"),
        ({"token": TOKEN, "poll_seconds": "veel"}, "poll_seconds"),
        ({"token": TOKEN, "tokn": 1}, "tokn"),
    ],
)
def test_an_odd_option_is_named_and_no_secret_is_shown(options: dict[str, Any], named: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=named) as refused:
        connect("delft", options)
    assert "geheim" not in str(refused.value)
    assert TOKEN not in str(refused.value)


def test_it_is_a_connector_that_can_speak() -> None:
    connector = connect("delft", {"token": TOKEN})
    assert isinstance(connector, Connector)
    assert isinstance(connector, Speaker)
    assert connector.stream == "123456789"


# The whole way in, with the real gate and a real store


async def test_after_stop_nothing_more_is_read(api: TelegramApi, house: House) -> None:
    house.clock.advance(timedelta(minutes=1))
    line = Intake(house=house, consenting=False)
    connector = made(api)
    async with running(connector, line.submit):
        api.membership(GROUP, "left", "member")
        api.write(GROUP, MEMBER, "voor de toestemming")
        api.write(GROUP, MEMBER, "/toestemming")
        api.write(GROUP, MEMBER, "na een ja van een gewoon lid")
        api.write(GROUP, ADMIN, "/toestemming")
        api.write(GROUP, MEMBER, "met toestemming")
        await eventually(lambda: len(line.messages) == 3)
        api.write(GROUP, ADMIN, "/stop")
        api.write(GROUP, MEMBER, "na het stoppen")
        await eventually(lambda: len(line.messages) == 4)
    assert [admitted.text for admitted in line.stored] == ["met toestemming"]
    assert line.cursor(connector) == str(1008)


async def test_thrown_out_is_withdrawn_and_a_move_takes_consent_along(
    api: TelegramApi, house: House
) -> None:
    house.clock.advance(timedelta(minutes=1))
    line = Intake(house=house, consenting=False)
    async with running(made(api), line.submit):
        api.write(GROUP, ADMIN, "/toestemming")
        api.migrate(GROUP, -1002)
        api.write(-1002, MEMBER, "in de nieuwe groep")
        await eventually(lambda: len(line.messages) == 1)
        api.membership(-1002, "member", "kicked")
        api.write(-1002, MEMBER, "nagekomen")
        await eventually(lambda: len(line.messages) == 2)
    assert [admitted.text for admitted in line.stored] == ["in de nieuwe groep"]


async def test_with_cuts_and_restarts_every_message_is_stored_once(
    api: TelegramApi, house: House
) -> None:
    house.clock.advance(timedelta(minutes=1))
    house.allow(house.group(str(GROUP)))
    line = Intake(house=house, consenting=False)
    for number in range(300):
        api.write(GROUP, MEMBER, f"bericht {number}")
    for many in (1, 2, 3):
        connector = made(api)
        api.cut("getUpdates")
        # Cancelled without warning, as a kill would.
        run = asyncio.create_task(
            connector.run(line.submit, asyncio.Event(), cursor=line.cursor(connector))
        )
        await eventually(lambda enough=many: len(line.batches) >= enough)  # type: ignore[misc]
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        await connector.close()
    async with running(made(api), line.submit, cursor=line.cursor(made(api))):
        await eventually(lambda: len(line.stored) == 300)
    assert [admitted.text for admitted in line.stored] == [f"bericht {n}" for n in range(300)]
