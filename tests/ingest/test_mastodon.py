# SPDX-License-Identifier: EUPL-1.2
"""Mastodon's hashtags from a real server on this machine: followed closely, people left alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core import errors
from core.message import Change
from ingest.connectors.mastodon import Mastodon, connect
from tests.ingest.house import Intake
from tests.ingest.orders_desk import Desk, reading
from tests.partners.feed_server import soon
from tests.partners.mastodon_api import NOON, MastodonApi, mastodon_api


@pytest.fixture
def desk(intake: Intake) -> Desk:
    return Desk(intake, "mastodon")


@pytest.fixture
async def api() -> AsyncIterator[MastodonApi]:
    async with mastodon_api() as served:
        yield served


def made(api: MastodonApi, desk: Desk, **changed: Any) -> Mastodon:
    options = {"instance": api.url, "poll_seconds": 0.02, "first_pause": 0.01}
    feed = connect("delft", options | changed)
    feed.obey(desk.running)
    return feed


def texts(intake: Intake) -> list[str]:
    return [admitted.text for admitted in intake.stored]


async def test_without_an_order_the_server_is_asked_nothing(
    api: MastodonApi, desk: Desk, intake: Intake
) -> None:
    api.write("#vuurwerk", "vuurwerk")
    async with reading(made(api, desk, stream=True), intake):
        await asyncio.sleep(0.3)
    assert api.asked == []


async def test_everything_since_the_order_began_is_read_and_nothing_before(
    api: MastodonApi, desk: Desk, intake: Intake
) -> None:
    began = desk.give().begins
    for number in range(130):
        api.write(f"{number} #vuurwerk", "vuurwerk", at=began + timedelta(minutes=number - 10))
    async with reading(made(api, desk), intake):
        await soon(lambda: len(intake.stored) >= 120)
    assert texts(intake) == [f"{number} #vuurwerk" for number in range(10, 130)]


async def test_after_an_outage_min_id_brings_all_that_was_missed(
    api: MastodonApi, desk: Desk, intake: Intake
) -> None:
    desk.give()
    api.write("0 #vuurwerk", "vuurwerk")
    async with reading(made(api, desk), intake):
        await soon(lambda: intake.stored)
    for number in range(1, 501):
        api.write(f"{number} #vuurwerk", "vuurwerk", at=NOON + timedelta(seconds=number))
    api.asked.clear()
    async with reading(made(api, desk), intake):
        await soon(lambda: len(intake.stored) >= 501)
    assert texts(intake) == [f"{number} #vuurwerk" for number in range(501)]
    assert "min_id" in api.asked[0].query


async def test_a_post_that_arrives_late_is_found_by_looking_back(
    api: MastodonApi, desk: Desk, intake: Intake
) -> None:
    desk.give()
    api.write("op tijd #vuurwerk", "vuurwerk")
    async with reading(made(api, desk, review_seconds=0.05), intake):
        await soon(lambda: intake.stored)
        # From another server: written earlier, so its id lies before what was read.
        api.write("laat #vuurwerk", "vuurwerk", at=NOON - timedelta(hours=1))
        await soon(lambda: len(intake.stored) > 1)
    assert texts(intake)[1:] == ["laat #vuurwerk"]


async def test_an_edit_is_handed_over_once(api: MastodonApi, desk: Desk, intake: Intake) -> None:
    desk.give()
    number = api.write("Knal #vuurwerk", "vuurwerk")
    async with reading(made(api, desk, review_seconds=0.05), intake):
        await soon(lambda: intake.stored)
        api.edit(number, "Harde knal #vuurwerk")
        await soon(lambda: len(intake.stored) > 1)
        await asyncio.sleep(0.3)
    assert [(m.change, m.text) for m in intake.messages] == [
        (Change.NEW, "Knal #vuurwerk"),
        (Change.EDIT, "Harde knal #vuurwerk"),
    ]


async def test_a_deleted_post_is_forgotten(api: MastodonApi, desk: Desk, intake: Intake) -> None:
    desk.give()
    number = api.write("Knal #vuurwerk", "vuurwerk")
    api.write("Nog een #vuurwerk", "vuurwerk")
    async with reading(made(api, desk, review_seconds=0.05), intake):
        await soon(lambda: len(intake.stored) == 2)
        del api.posts[number]
        await soon(lambda: intake.messages[-1].change is Change.DELETE)
        await asyncio.sleep(0.2)
    gone = [m for m in intake.messages if m.change is Change.DELETE]
    assert [(m.external_id, m.text) for m in gone] == [(str(number), "")]


async def test_a_post_that_only_the_page_left_out_is_not_taken_for_deleted(
    api: MastodonApi, desk: Desk, intake: Intake
) -> None:
    desk.give()
    number = api.write("Knal #vuurwerk", "vuurwerk")
    async with reading(made(api, desk, review_seconds=0.05), intake):
        await soon(lambda: intake.stored)
        api.posts[number]["tags"] = []
        await soon(lambda: f"/api/v1/statuses/{number}" in api.paths)
    assert {m.change for m in intake.messages} == {Change.NEW}


@pytest.mark.parametrize(
    "changed",
    [
        {"visibility": "unlisted"},
        {"visibility": "private"},
        {"visibility": "direct"},
        {"reblog": {"id": "1"}},
        {"account": {"indexable": False}},
        {"account": {"noindex": True}},
        {"account": {"note": '<p>Moe van <a href="#">#<span>nobot</span></a></p>'}},
        {"account": {"note": "#NoBots please"}},
        {"account": {"note": "# no-index"}},
        {"created_at": "gisteren"},
        {"created_at": "2026-11-21T10:00:00"},
    ],
    ids=str,
)
async def test_who_wants_to_be_left_alone_is(
    api: MastodonApi, desk: Desk, intake: Intake, changed: dict[str, Any]
) -> None:
    desk.give()
    api.write("Niet voor ons #vuurwerk", "vuurwerk", **changed)
    api.write("Wel voor ons #vuurwerk", "vuurwerk")
    async with reading(made(api, desk), intake):
        await soon(lambda: intake.stored)
    assert [m.text for m in intake.messages] == ["Wel voor ons #vuurwerk"]


@pytest.mark.parametrize(
    "changed", [{"visibility": "private"}, {"account": {"indexable": False, "note": ""}}], ids=str
)
async def test_who_changes_their_mind_is_forgotten(
    api: MastodonApi, desk: Desk, intake: Intake, changed: dict[str, Any]
) -> None:
    desk.give()
    number = api.write("Knal #vuurwerk", "vuurwerk")
    async with reading(made(api, desk, review_seconds=0.05), intake):
        await soon(lambda: intake.stored)
        api.posts[number] |= changed
        await soon(lambda: intake.messages[-1].change is Change.DELETE)
    assert intake.messages[-1].external_id == str(number)


async def test_no_path_leads_to_an_account(api: MastodonApi, desk: Desk, intake: Intake) -> None:
    desk.give()
    number = api.write("#vuurwerk", "vuurwerk")
    async with reading(made(api, desk, review_seconds=0.02, stream=True), intake):
        await soon(lambda: intake.stored and api.listeners)
        del api.posts[number]
        await soon(lambda: intake.messages[-1].change is Change.DELETE)
    allowed = ("/api/v1/timelines/tag/", "/api/v1/statuses/", "/api/v1/streaming/hashtag")
    assert all(path.startswith(allowed) for path in api.paths)


async def test_the_stream_rings_and_polling_reads(
    api: MastodonApi,
    desk: Desk,
    intake: Intake,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.mastodon.listening._SETTLE", 0.05)
    desk.give()
    number = api.write("0 #vuurwerk", "vuurwerk")
    feed = made(api, desk, stream=True, poll_seconds=3600, review_seconds=3600)
    async with reading(feed, intake):
        await soon(lambda: intake.stored and len(api.listeners) == 2)
        api.write("1 #vuurwerk", "vuurwerk")
        await api.tell("update", '{"content": "nooit gelezen"}')
        await soon(lambda: len(intake.stored) == 2)
        api.edit(number, "0 anders #vuurwerk")
        await api.tell("status.update")
        await soon(lambda: len(intake.stored) == 3)
        del api.posts[number]
        await api.tell("delete", str(number))
        await soon(lambda: intake.messages[-1].change is Change.DELETE)


@pytest.mark.parametrize("headers", [{"Retry-After": "3600"}, {"X-RateLimit-Reset": "{reset}"}])
async def test_a_server_that_asks_for_rest_gets_it(
    api: MastodonApi, desk: Desk, intake: Intake, headers: dict[str, str]
) -> None:
    desk.give()
    api.fault = (429, {k: v.format(reset="2099-01-01T00:00:00.000Z") for k, v in headers.items()})
    async with reading(made(api, desk), intake):
        await soon(lambda: len(api.asked) >= 2)
        await asyncio.sleep(0.3)
    assert len(api.asked) == 2  # Each hashtag once.


async def test_a_server_that_is_out_of_order_is_asked_again(
    api: MastodonApi, desk: Desk, intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    desk.give()
    api.write("Knal bij Sanne #vuurwerk", "vuurwerk")
    api.malformed = True
    feed = made(api, desk)
    with caplog.at_level(logging.DEBUG):
        async with reading(feed, intake):
            await soon(lambda: feed.tally["failures"] > 2)
            api.malformed, api.fault = False, (502, {})
            await soon(lambda: "502" in caplog.text)
            api.fault = None
            await soon(lambda: intake.stored)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("ingest")]
    assert not [line for line in ours if "Sanne" in line or "sanne" in line or api.url in line]


async def test_the_end_of_an_order_ends_the_asking(
    api: MastodonApi, desk: Desk, intake: Intake
) -> None:
    desk.give()
    api.write("#vuurwerk", "vuurwerk")
    async with reading(made(api, desk), intake):
        await soon(lambda: intake.stored)
        intake.house.clock.advance(timedelta(days=4))
        await asyncio.sleep(0.2)
        asked = len(api.asked)
        await asyncio.sleep(0.3)
    assert len(api.asked) == asked


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"instance": "http://mastodon.example"},
        {"instance": "https://jan:geheim@mastodon.example"},
        {"instance": "https://mastodon.example", "stream": "ja"},
        {"instance": "https://mastodon.example", "poll_seconds": 0},
        {"instance": "https://mastodon.example", "account": "@jan"},
    ],
    ids=str,
)
def test_an_odd_option_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        connect("delft", options)
    assert "geheim" not in str(caught.value)
    assert "@jan" not in str(caught.value)
