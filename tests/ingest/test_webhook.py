# SPDX-License-Identifier: EUPL-1.2
"""The door for apps, served by uvicorn: what comes in and who may."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.clock import FrozenClock
from core.message import Batch, Change, Command, Joined, Message, Moved, Removed, Role
from core.outcome import Outcome
from tests.ingest.house import TENANT
from tests.ingest.knocking import ADDRESS, NOW, Client, Collected, assert_problem, serving
from tests.samples.webhook import (
    EVENTS,
    OLD_SECRET,
    SECRET,
    body_of,
    command,
    message,
    signed,
)


@pytest.fixture
def line() -> Collected:
    return Collected()


@pytest.fixture
async def door(line: Collected, clock: FrozenClock) -> AsyncIterator[Client]:
    async with serving(line.submit, clock) as client:
        yield client


# What comes in


async def test_one_of_each_event_becomes_one_item_each(door: Client, line: Collected) -> None:
    answer = await door.send(EVENTS)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 8, "rejected": []})
    kinds = [type(item) for item in line.items]
    assert kinds == [Joined, Command, Message, Message, Message, Message, Moved, Removed]
    joined, order, first, second, edit, gone, moved, removed = line.items
    assert joined.name == "Vogelbuurt"
    assert (order.name, order.role, order.argument) == ("toestemming", Role.ADMIN, "30 dagen")
    assert first.sent_at.isoformat() == "2026-11-21T13:00:00+01:00"
    assert second.reply_to == first.external_id == edit.external_id
    assert (edit.change, gone.change) == (Change.EDIT, Change.DELETE)
    assert edit.revision != first.revision
    assert (moved.chat, moved.new_chat, removed.chat) == (
        "buurtapp/g1",
        "buurtapp/g2",
        "buurtapp/g2",
    )


async def test_groups_and_members_of_an_app_carry_its_name(door: Client, line: Collected) -> None:
    await door.send(message())
    assert (line.items[0].chat, line.items[0].sender) == ("buurtapp/g1", "buurtapp/anna-de-vries")
    assert (line.batches[0].tenant, line.batches[0].source) == (TENANT.slug, "webhook")


async def test_unknown_fields_are_ignored(door: Client, line: Collected) -> None:
    answer = await door.send(message(likes=3) | {"app_version": {"major": 2}})
    assert answer.status_code == 202
    assert len(line.items) == 1


@pytest.mark.parametrize(
    ("role", "ours"), [("owner", Role.OWNER), ("admin", Role.ADMIN), ("member", Role.MEMBER)]
)
async def test_the_app_vouches_for_roles(
    door: Client, line: Collected, role: str, ours: Role
) -> None:
    await door.send(command("/Stop", role))
    assert (line.items[0].role, line.items[0].name) == (ours, "stop")


async def test_nothing_is_answered_before_the_commit(clock: FrozenClock) -> None:
    committed = asyncio.Event()

    async def slow(_batch: Batch) -> Outcome:
        await committed.wait()
        return Outcome()

    async with serving(slow, clock) as client:
        sending = asyncio.create_task(client.send(message()))
        await asyncio.sleep(0.2)
        assert not sending.done()
        committed.set()
        assert (await sending).status_code == 202


# Who may come in


async def test_old_and_new_secret_both_hold_while_one_is_replaced(
    door: Client, line: Collected
) -> None:
    assert (await door.send(message("a"), secret=OLD_SECRET)).status_code == 202
    assert (await door.send(message("b"), secret=SECRET)).status_code == 202
    body = body_of(message("c"))
    wrong = signed(body, NOW, secret=base64.b64encode(b"x" * 30).decode())["webhook-signature"]
    good = signed(body, NOW)["webhook-signature"]
    both = await door.send(message("c"), webhook_signature=f"{wrong} v2,abc {good}")
    assert both.status_code == 202
    assert len(line.items) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "whsec_" + base64.b64encode(b"y" * 32).decode()},
        {"at": NOW - 301},
        {"at": NOW + 301},
        {"webhook_timestamp": "nu"},
        {"webhook_timestamp": "1e9"},
        {"webhook_timestamp": str(NOW + 1)},
        {"webhook_id": "msg_2"},
        {"webhook_id": "x" * 151},
        {"webhook_signature": "v1"},
        {"webhook_signature": "v1,"},
        {"webhook_signature": "v1,geen base64!"},
        {"webhook_signature": "v1a,AAAA"},
    ],
)
async def test_what_is_not_signed_just_now_is_refused(
    door: Client, line: Collected, changed: dict[str, Any]
) -> None:
    assert_problem(await door.send(message(), **changed), 401)
    assert line.items == []


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_missing_header_is_named(door: Client, missing: str) -> None:
    body = body_of(message())
    headers = {name: value for name, value in signed(body, NOW).items() if name != missing}
    assert_problem(await door.http.post(ADDRESS, content=body, headers=headers), 401, missing)


async def test_a_changed_body_is_refused(door: Client, line: Collected) -> None:
    headers = signed(body_of(message(text="vrede")), NOW)
    changed = body_of(message(text="oorlog"))
    answer = await door.http.post(ADDRESS, content=changed, headers=headers)
    assert_problem(answer, 401)
    assert line.items == []


async def test_within_five_minutes_clocks_may_differ(door: Client) -> None:
    assert (await door.send(message("a"), at=NOW - 299)).status_code == 202
    assert (await door.send(message("b"), at=NOW + 299)).status_code == 202


@pytest.mark.parametrize(
    "path",
    [
        "/intake/webhook/delft/onbekend",
        "/intake/webhook/gouda/buurtapp",
        "/intake/webhook/delft",
        "/intake/webhook/delft/buurtapp/",
        "/delft/buurtapp",
    ],
)
async def test_an_unknown_sender_is_not_found(door: Client, path: str) -> None:
    body = body_of(message())
    assert_problem(await door.http.post(path, content=body, headers=signed(body, NOW)), 404)


async def test_only_post_is_accepted(door: Client) -> None:
    answer = await door.http.get(ADDRESS)
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "changed",
    [{"content_type": "text/plain"}, {"content_type": ""}, {"content_encoding": "gzip"}],
)
async def test_only_plain_json_is_accepted(door: Client, changed: dict[str, Any]) -> None:
    assert_problem(await door.send(message(), **changed), 415, "application/json")


async def test_a_body_without_a_length_is_refused(door: Client) -> None:
    answer = await door.raw(
        f"POST {ADDRESS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    assert b" 411 " in answer.split(b"\r\n", 1)[0]
