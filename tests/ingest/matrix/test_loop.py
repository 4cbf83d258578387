# SPDX-License-Identifier: EUPL-1.2
"""The durable loop against a server that fails: nothing lost, nothing twice, nothing told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import AsyncMock

import pytest

from core import errors
from core.message import Batch, Change, Command, Role
from core.outcome import Outcome
from ingest.connector import Connector, Speaker
from ingest.connectors.matrix import MatrixConnector, connect
from ingest.matrix.vault import Vault
from tests.ingest.matrix.bot import eventually, running, texts
from tests.ingest.telegram_bot import Collected
from tests.partners.matrix_api import BOT, TOKEN, MatrixApi, matrix_api, membership, sync, text
from tests.partners.matrix_api import event as event_of

ROOM = "!pleintje"
SOMEWHERE = "https://matrix.example"
OLGA, KARIM = "@olga:delft.example", "@karim:delft.example"
MAKER: list[dict[str, Any]] = [
    event_of(OLGA, "m.room.create", state_key="", content={"room_version": "12"}),
    membership(OLGA, "join"),
    membership(KARIM, "join"),
]


@pytest.fixture
async def api() -> AsyncIterator[MatrixApi]:
    async with matrix_api() as running_api:
        running_api.states[ROOM] = MAKER
        yield running_api


def made(api: MatrixApi, **options: Any) -> MatrixConnector:
    given = {"homeserver": api.url, "user": BOT, "token": TOKEN, "first_pause": 0.01}
    return connect("delft", given | {"poll_seconds": 2} | options)


async def test_the_token_moves_only_after_the_commit(api: MatrixApi) -> None:
    line = Collected(failures=[RuntimeError("de opslag is weg")])
    api.push(sync(ROOM, text(KARIM, "een")))
    connector = made(api)
    with pytest.raises(RuntimeError):
        await connector.run(line.submit, asyncio.Event())
    async with running(connector, line.submit):
        await eventually(lambda: texts(line) == ["een"])
    assert line.cursor == "s1"


async def test_an_overloaded_line_is_asked_again(api: MatrixApi) -> None:
    line = Collected(failures=[errors.Overloaded(), errors.Overloaded()])
    api.push(sync(ROOM, text(KARIM, "een")))
    async with running(made(api), line.submit):
        await eventually(lambda: texts(line) == ["een"])


async def test_what_was_committed_is_not_handed_over_again(api: MatrixApi) -> None:
    line = Collected()
    for number in range(6):
        api.push(sync(ROOM, text(KARIM, f"bericht {number}")))
    async with running(made(api), line.submit):
        await eventually(lambda: len(texts(line)) >= 3)
    async with running(made(api), line.submit, cursor=line.cursor):
        await eventually(lambda: len(texts(line)) >= 6)
    assert texts(line) == [f"bericht {number}" for number in range(6)]


async def test_a_long_sync_keeps_its_old_token_until_its_last_batch(api: MatrixApi) -> None:
    line = Collected()
    api.push(sync(ROOM, text(KARIM, "een")))
    api.push(sync(ROOM, *(text(KARIM, f"bericht {n}") for n in range(250))))
    async with running(made(api), line.submit):
        await eventually(lambda: len(texts(line)) == 251)
    assert [batch.cursor for batch in line.batches] == ["s1", "s1", "s1", "s2"]


async def test_a_gap_is_filled_page_by_page_in_order(api: MatrixApi) -> None:
    said = [text(KARIM, f"bericht {n}") for n in range(7)]
    api.push(sync(ROOM, text(KARIM, "ervoor")))
    # The last page overlaps what the sync gives.
    api.pages[ROOM] = [[said[5], said[4], said[3]], [], [said[2], said[1], said[0]]]
    api.push(sync(ROOM, said[5], said[6], limited=True))
    api.fail("messages", 502)
    line = Collected()
    async with running(made(api), line.submit):
        await eventually(lambda: len(texts(line)) == 8)
    assert texts(line) == ["ervoor", *(f"bericht {n}" for n in range(7))]
    (first, *_) = [query for query in api.asked if query.get("dir") == "b"]
    assert (first["from"], first["to"]) == ("voor-2", "s1")


async def test_nothing_from_before_it_came_in_is_asked_for(api: MatrixApi) -> None:
    line = Collected()
    api.push(sync("!elders", text(KARIM, "ergens anders")))
    api.pages[ROOM] = [[text(KARIM, "lang geleden")]]
    said = (text(KARIM, "net ervoor"), membership(BOT, "join"), text(KARIM, "erna"))
    api.push(sync(ROOM, *said, limited=True))
    async with running(made(api), line.submit):
        await eventually(lambda: "erna" in texts(line))
    assert texts(line) == ["ergens anders", "erna"]
    assert api.calls["messages"] == 0


@pytest.mark.parametrize("status", [429, 500, 502, 504])
async def test_errors_of_the_server_pass_by(api: MatrixApi, status: int) -> None:
    api.fail("whoami", status, retry_after_ms=1)
    api.fail("sync", status, times=3, retry_after_ms=1)
    api.cut("sync")
    api.push(sync(ROOM, text(KARIM, "toch gelezen")))
    connector, line = made(api), Collected()
    async with running(connector, line.submit):
        await eventually(lambda: texts(line) == ["toch gelezen"])
    assert connector.tally["failures"] >= 4


async def test_a_sync_without_its_token_is_asked_again(api: MatrixApi) -> None:
    api.fail("sync", 200, rooms={"join": {ROOM: {}}})
    api.push(sync(ROOM, text(KARIM, "een")))
    line = Collected()
    async with running(made(api), line.submit):
        await eventually(lambda: texts(line) == ["een"])


@pytest.mark.parametrize(
    "asked", [{"retry_after_ms": 1000}, {"headers": {"Retry-After": "1"}}], ids=["field", "header"]
)
async def test_a_wait_that_the_server_asks_for_is_kept(
    api: MatrixApi, asked: dict[str, Any]
) -> None:
    api.fail("sync", 429, errcode="M_LIMIT_EXCEEDED", **asked)
    api.push(sync(ROOM, text(KARIM, "later")))
    line, began = Collected(), time.monotonic()
    async with running(made(api), line.submit):
        await eventually(lambda: texts(line) == ["later"])
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize(
    "odd",
    [
        "geen gebeurtenis",
        {},
        {"type": "m.room.message", "sender": KARIM},
        text(KARIM, "x") | {"origin_server_ts": "gisteren"},
        text(KARIM, "x") | {"origin_server_ts": 10**30},
        text(KARIM, "x") | {"content": ["geen", "tabel"]},
        text(KARIM, "x") | {"sender": {"geen": "naam"}},
        text(KARIM, "x", **{"m.relates_to": {"rel_type": "m.replace"}}),
        event_of(KARIM, content={"msgtype": "m.text", "body": {"geen": "tekst"}}),
        event_of(KARIM, "m.room.redaction"),
        event_of(KARIM, "m.room.tombstone", content=[]),
        event_of(KARIM, "m.room.encrypted", content={"algorithm": 3}),
    ],
)
async def test_an_event_that_cannot_be_read_holds_up_nothing(api: MatrixApi, odd: Any) -> None:
    api.push(sync(ROOM, text(KARIM, "ervoor"), odd, text(KARIM, "erna")))
    line = Collected()
    async with running(made(api), line.submit):
        await eventually(lambda: "erna" in texts(line))
    assert texts(line) == ["ervoor", "erna"]


@pytest.mark.parametrize("rooms", [[], {"join": []}, {"join": {ROOM: 3}, "leave": {ROOM: {}}}])
async def test_a_sync_with_odd_rooms_holds_up_nothing(api: MatrixApi, rooms: Any) -> None:
    api.push({"rooms": rooms})
    api.push({"rooms": {"join": {ROOM: {"timeline": "x"}}, "invite": {ROOM: {"invite_state": 3}}}})
    api.push(sync(ROOM, text(KARIM, "erna")))
    line = Collected()
    async with running(made(api), line.submit):
        await eventually(lambda: "erna" in texts(line))


async def test_the_role_is_asked_when_the_command_is_handed_over(api: MatrixApi) -> None:
    api.fail("state", 502)
    api.push(sync(ROOM, text(KARIM, "een"), text(OLGA, "!stop"), text(KARIM, "/stop")))
    line = Collected()
    async with running(made(api), line.submit):
        await eventually(lambda: len(line.items) == 3)
    assert [getattr(item, "role", None) for item in line.items] == [None, Role.OWNER, Role.MEMBER]
    assert isinstance(line.batches[1].items[0], Command)


async def test_out_of_the_room_nobody_governs(api: MatrixApi) -> None:
    del api.states[ROOM]
    api.push(sync(ROOM, text(OLGA, "!toestemming")))
    line = Collected()
    async with running(made(api), line.submit):
        await eventually(lambda: len(line.items) == 1)
    assert line.items[0].role is Role.MEMBER


async def test_an_invitation_is_taken_up_also_when_the_server_is_slow_and_after_a_restart(
    api: MatrixApi,
) -> None:
    invitation: dict[str, Any] = {"rooms": {"invite": {ROOM: {"invite_state": {"events": []}}}}}
    api.fail("join", 504, times=2)
    api.push(invitation)
    async with running(made(api), Collected().submit, cursor="s1"):
        await eventually(lambda: api.entered == [ROOM])


async def test_invitations_from_elsewhere_can_be_declined(api: MatrixApi) -> None:
    invite = membership(OLGA, "invite") | {"state_key": BOT, "sender": "@x:elders.example"}
    api.push({"rooms": {"invite": {ROOM: {"invite_state": {"events": [invite]}}}}})
    async with running(made(api, servers=["delft.example"]), Collected().submit):
        await eventually(lambda: [room for room, _ in api.left] == [ROOM])
    assert api.entered == []


async def test_consent_given_again_keeps_it_in_the_room(api: MatrixApi) -> None:
    api.push(sync(ROOM, text(OLGA, "!stop"), text(OLGA, "!toestemming")))
    connector, line = made(api), Collected()
    async with running(connector, line.submit):
        await eventually(lambda: len(line.items) == 2)
        await connector.say(ROOM, "Ik ben gestopt.", line.items[0].external_id)
        api.push(sync(ROOM, text(KARIM, "verder")))
        await eventually(lambda: "verder" in texts(line))
    assert api.left == []


async def test_the_quote_above_an_answer_stays_out(api: MatrixApi) -> None:
    answer = {"m.in_reply_to": {"event_id": "$eerder"}}
    quote = f"> <{OLGA}> geheim van Olga\n> nog een regel\n\nZie ik ook"
    threaded = answer | {"rel_type": "m.thread", "event_id": "$draad", "is_falling_back": True}
    api.push(
        sync(
            ROOM,
            text(KARIM, quote, **{"m.relates_to": answer}),
            text(KARIM, "in de draad", **{"m.relates_to": threaded}),
            text(KARIM, quote, **{"m.relates_to": threaded}),
            text(KARIM, "> een eigen aanhaling"),
        )
    )
    line = Collected()
    async with running(made(api), line.submit):
        await eventually(lambda: len(texts(line)) == 4)
    assert [(m.text, m.reply_to) for m in line.items] == [
        ("Zie ik ook", "$eerder"),
        ("in de draad", None),
        ("Zie ik ook", None),
        ("> een eigen aanhaling", None),
    ]


async def test_an_erased_edit_takes_its_message_along(api: MatrixApi) -> None:
    first = text(KARIM, "een")
    new = {"msgtype": "m.text", "body": "twee"}
    relation = {"rel_type": "m.replace", "event_id": first["event_id"]}
    change = text(KARIM, "* twee", **{"m.new_content": new, "m.relates_to": relation})
    gone = event_of(KARIM, "m.room.redaction", redacts=change["event_id"])
    api.push(sync(ROOM, first, change))
    api.push(sync(ROOM, gone))
    line = Collected()
    async with running(made(api), line.submit):
        await eventually(lambda: len(line.items) == 4)
    erased = [m.external_id for m in line.items if m.change is Change.DELETE]
    assert erased == [change["event_id"], first["event_id"]]
    assert line.items[1].sent_at == line.items[0].sent_at


async def test_it_stops_at_once_inside_a_long_poll(api: MatrixApi) -> None:
    api.push(sync(ROOM))
    stop = asyncio.Event()
    connector = made(api, poll_seconds=50)
    task = asyncio.create_task(connector.run(Collected().submit, stop))
    await eventually(lambda: api.calls["sync"] == 2)
    stop.set()
    began = time.monotonic()
    await task
    assert time.monotonic() - began < 1
    await connector.close()


async def test_it_stops_in_time_when_the_line_hangs(api: MatrixApi) -> None:
    async def hang(_batch: Batch) -> Outcome:
        await asyncio.sleep(60)
        return Outcome()

    api.push(sync(ROOM, text(KARIM, "een")))
    stop = asyncio.Event()
    connector = made(api)
    task = asyncio.create_task(connector.run(hang, stop))
    await eventually(lambda: api.calls["sync"] == 1)
    stop.set()
    began = time.monotonic()
    await task
    assert time.monotonic() - began < 2.5
    await connector.close()


async def test_a_key_that_comes_later_opens_what_waited_for_it(
    api: MatrixApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bool] = []
    inside = {
        f"${n}": text(KARIM, body) | {"event_id": f"${n}", "type": kind}
        for n, (body, kind) in enumerate(
            [
                ("later", "m.room.message"),
                ("nooit", "m.room.redaction"),
                ("gewist", "m.room.message"),
            ]
        )
    }
    monkeypatch.setattr(Vault, "is_open", property(lambda _: True))
    monkeypatch.setattr(Vault, "receive", AsyncMock())
    monkeypatch.setattr(Vault, "exchange", AsyncMock())
    monkeypatch.setattr(
        Vault, "unlock", lambda _self, event, _room: inside[event["event_id"]] if opened else None
    )
    locked = [event_of(KARIM, "m.room.encrypted") | {"event_id": name} for name in inside]
    api.push(sync(ROOM, *locked, event_of(KARIM, "m.room.redaction", redacts="$2")))
    connector, line = made(api), Collected()
    async with running(connector, line.submit):
        await eventually(lambda: len(line.items) == 1)
        opened.append(True)
        api.push(sync(ROOM, text(KARIM, "erna")))
        await eventually(lambda: "erna" in texts(line))
    # A lock gives nobody the right to erase, and what was erased stays closed.
    assert texts(line) == ["later", "erna"]
    assert connector.tally["locked"] == 3


# Speaking


async def test_a_repeat_has_the_same_transaction(api: MatrixApi) -> None:
    connector = made(api)
    api.states["!elders"] = MAKER
    api.fail("send", 502)
    with pytest.raises(errors.TargetUnavailable):
        await connector.say(ROOM, "hallo", key="sleutel")
    said = [await connector.say(ROOM, "hallo", key="sleutel") for _ in "ab"]
    other = await connector.say("!elders", "hallo", key="sleutel")
    await connector.close()
    assert said[0] == said[1] != other
    assert len(api.sent) == 2


async def test_a_short_wait_is_slept_out_and_a_long_one_is_told(api: MatrixApi) -> None:
    connector = made(api)
    api.fail("send", 429, errcode="M_LIMIT_EXCEEDED", retry_after_ms=20)
    await connector.say(ROOM, "een")
    api.fail("send", 429, errcode="M_LIMIT_EXCEEDED", retry_after_ms=60_000)
    with pytest.raises(errors.TargetUnavailable) as waiting:
        await connector.say(ROOM, "twee")
    await connector.close()
    assert waiting.value.retry_after == 60


async def test_who_is_not_allowed_to_speak_need_not_try_again(api: MatrixApi) -> None:
    connector = made(api)
    api.fail("send", 403, errcode="M_FORBIDDEN", error="Nee")
    with pytest.raises(errors.TargetRefused):
        await connector.say(ROOM, "een")
    with pytest.raises(errors.TargetRefused):
        await connector.say(ROOM, "lang" * 20_000)
    await connector.close()


# Secrets and words


async def test_neither_token_nor_words_are_in_any_log(
    api: MatrixApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("nio", "aiohttp", "peewee", "nio.responses"):
        caplog.set_level(logging.DEBUG, logger=name)
    api.fail("sync", 502, error="kanarie-4710")
    odd = text(KARIM, "x") | {"content": "kanarie-4712"}
    api.push(sync(ROOM, text(KARIM, "kanarie-4711"), odd))
    connector, line = made(api), Collected()
    async with running(connector, line.submit):
        await eventually(lambda: "kanarie-4711" in texts(line))
        await connector.say(ROOM, "kanarie-4713")
        api.fail("send", 403, errcode="M_FORBIDDEN", error="kanarie-4714")
        with pytest.raises(errors.TargetRefused) as refused:
            await connector.say(ROOM, "kanarie-4715")
    assert "matrix: sync failed" in caplog.text
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name != "aiohttp.access")
    said = ours + str(refused.value) + repr(connector) + repr(vars(connector))
    assert "kanarie" not in said
    assert KARIM not in said
    assert TOKEN not in said


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "homeserver|user"),
        ({"user": BOT}, "token"),
        ({"user": "buurtsignaal", "token": TOKEN}, "user"),
        ({"user": BOT, "token": TOKEN}, "homeserver"),
        ({"user": BOT, "token": TOKEN, "homeserver": "http://elders.example"}, "homeserver"),
        ({"user": BOT, "token": "een geheim", "homeserver": SOMEWHERE}, "token"),
        ({"user": BOT, "token": TOKEN, "homeserver": SOMEWHERE, "keys": "/k"}, "keys"),
        ({"user": BOT, "token": TOKEN, "homeserver": SOMEWHERE, "servers": "x"}, "servers"),
        ({"user": BOT, "token": TOKEN, "homeserver": SOMEWHERE, "poll_seconds": 99}, "poll"),
        ({"tokn": 1}, "tokn"),
    ],
)  # fmt: skip
def test_an_odd_option_is_named_and_no_secret_is_shown(options: dict[str, Any], named: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=named) as refused:
        connect("delft", options)
    assert "geheim" not in str(refused.value)
    assert TOKEN not in str(refused.value)


def test_it_is_a_connector_that_can_speak() -> None:
    options = {"homeserver": "https://matrix.example", "user": BOT, "token": TOKEN}
    connector = connect("delft", options)
    assert isinstance(connector, Connector)
    assert isinstance(connector, Speaker)
    assert connector.stream == BOT
