# SPDX-License-Identifier: EUPL-1.2
"""X: off unless chosen, counted without a post, read with approval only, and never for too much."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from core import errors
from core.message import Change, Counted
from core.topic import Topic
from ingest.connectors.x import X, connect
from ingest.feed import Kept
from ingest.x.ledger import CapReached, Ledger
from ingest.x.query import queries_of
from tests.ingest.house import Intake, order
from tests.ingest.orders_desk import Desk, reading
from tests.partners.feed_server import soon
from tests.partners.x_api import NOON, XApi, x_api

APPROVED = {"approval_reference": "X-2026-117"}


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.x.listening.LOOK", 0.1)
    monkeypatch.setattr("ingest.x.listening._PAUSE", 0.05)


@pytest.fixture
def desk(intake: Intake) -> Desk:
    return Desk(intake, "x")


@pytest.fixture
async def api() -> AsyncIterator[XApi]:
    async with x_api() as served:
        yield served


def made(api: XApi, desk: Desk, intake: Intake, **changed: Any) -> X:
    options = {
        "mode": "goedgekeurd",
        "token": "GEHEIM",
        "posts_per_month": 1000,
        "poll_seconds": 0.03,
        "first_pause": 0.01,
        "api": api.url,
    }
    feed = connect("delft", options | changed, now=intake.house.clock.now)
    feed.obey(desk.running)
    return feed


def texts(intake: Intake) -> list[str]:
    return [admitted.text for admitted in intake.stored]


async def test_it_is_off_unless_somebody_chose_otherwise(
    api: XApi, desk: Desk, intake: Intake
) -> None:
    desk.give(**APPROVED)
    api.write("Vuurwerk bij de brug")
    feed = connect("delft", {}, now=intake.house.clock.now)
    feed.obey(desk.running)
    async with reading(feed, intake):
        await asyncio.sleep(0.2)
    assert api.asked == []
    assert intake.batches == []


async def test_counting_asks_for_numbers_only_and_stores_nothing_else(
    api: XApi, desk: Desk, intake: Intake
) -> None:
    running = desk.give()
    for minute in range(7):
        api.write("Vuurwerk bij de brug", at=NOON + timedelta(minutes=minute))
    api.write("Vuurwerk", at=NOON + timedelta(hours=2))
    async with reading(made(api, desk, intake, mode="aggregaat"), intake):
        await soon(lambda: sum(c.n for c in counts(intake)) == 8, seconds=60)
        await asyncio.sleep(0.2)
    assert api.paths() == {"/2/tweets/counts/recent"}
    assert api.charged == 0
    assert intake.messages == []
    assert {c.chat for c in counts(intake)} == {running.id}
    assert [c.n for c in counts(intake) if c.n] == [7, 1]


def counts(intake: Intake) -> Sequence[Counted]:
    return [i for batch in intake.batches for i in batch.items if isinstance(i, Counted)]


async def test_an_hour_counts_once_however_often_it_is_told(
    api: XApi, desk: Desk, intake: Intake
) -> None:
    order = desk.give()
    api.write("Vuurwerk")
    for _ in range(2):
        feed = made(api, desk, intake, mode="aggregaat")
        stop = asyncio.Event()
        run = asyncio.create_task(feed.run(intake.submit, stop))  # without its cursor
        await soon(lambda: bool(counts(intake)))
        await asyncio.sleep(0.3)
        stop.set()
        await run
        assert counted_in(intake, order.id) == {"2026-11-21": 1}


def counted_in(intake: Intake, chat: str) -> dict[str, int]:
    """Return what the store counted in public, by day."""
    with intake.house.store.read() as work:
        group = work.consent.find("delft", "x", chat)
        rows = work.counters.per_day(group.id, "") if group else []
    return {row.day: row.n for row in rows if row.kind == "public" and row.n}


async def test_without_the_approval_of_x_in_the_order_nothing_is_read(
    api: XApi, desk: Desk, intake: Intake
) -> None:
    desk.give()
    api.write("Vuurwerk")
    feed = made(api, desk, intake, stream=True)
    async with reading(feed, intake):
        await asyncio.sleep(0.2)
    assert api.asked == []
    assert feed.tally["no-approval"] == 1


async def test_everything_since_the_order_began_is_read_over_pages(
    api: XApi, desk: Desk, intake: Intake
) -> None:
    desk.give(**APPROVED)
    for number in range(230):
        api.write(f"{number} vuurwerk", at=NOON + timedelta(seconds=number))
    async with reading(made(api, desk, intake), intake):
        await soon(lambda: len(intake.stored) == 230, seconds=60)
    assert len(set(texts(intake))) == 230
    assert api.charged == 230


async def test_nobody_asks_who_wrote_it(api: XApi, desk: Desk, intake: Intake) -> None:
    desk.give(**APPROVED)
    api.write("Vuurwerk")
    api.write("Vuurwerk alweer")
    async with reading(made(api, desk, intake), intake):
        await soon(lambda: len(intake.stored) == 2)
    told = " ".join(f"{path} {query}" for path, query in api.asked)
    assert not [word for word in ("author", "user", "expansions", "from:") if word in told]
    assert len({admitted.pseudonym for admitted in intake.stored}) == 2


@pytest.mark.parametrize(
    "term", ["@anna", "from:anna", "to:anna", 'brug" OR from:anna', "x.com/anna://", "(brug)"]
)
def test_a_query_never_names_an_account_even_if_an_order_did(term: str) -> None:
    wanted = order("order-1", "x", NOON, topic=Topic(terms=("vuurwerk", term)))
    with pytest.raises(errors.BadInput) as caught:
        queries_of(wanted)
    assert "anna" not in str(caught.value)


def test_a_long_order_becomes_several_queries_that_x_accepts() -> None:
    terms = tuple(f"#overlast{'x' * 25}{number}" for number in range(20))
    queries = queries_of(order("order-1", "x", NOON, topic=Topic(terms=terms)))
    assert len(queries) > 1
    assert all(len(query) <= 512 for query in queries)
    assert all(any(term in query for query in queries) for term in terms)


async def test_what_is_missed_by_a_stream_that_is_cut_is_searched(
    api: XApi, desk: Desk, intake: Intake
) -> None:
    desk.give(**APPROVED)
    api.write("Vuurwerk 0")
    async with reading(made(api, desk, intake, stream=True), intake):
        await soon(lambda: bool(api.lines))
        await soon(lambda: len(intake.stored) == 1)
        await api.tell(api.write("Vuurwerk 1"))
        await soon(lambda: len(intake.stored) == 2)
        api.cut()
        api.write("Vuurwerk 2")
        await soon(lambda: len(intake.stored) == 3)
        await soon(lambda: bool(api.lines))
        await api.tell(api.write("Vuurwerk 3"))
        await soon(lambda: len(intake.stored) == 4)
    assert sorted(texts(intake)) == [f"Vuurwerk {n}" for n in range(4)]


async def test_the_rules_at_x_are_those_of_the_orders_and_others_stay(
    api: XApi, desk: Desk, intake: Intake
) -> None:
    desk.give(**APPROVED)
    api.rules = {
        "1": {"value": '("oud") lang:nl -is:retweet', "tag": "buurtsignaal order-0 0"},
        "2": {"value": "iets", "tag": "van een ander"},
    }
    async with reading(made(api, desk, intake, stream=True), intake):
        await soon(lambda: bool(api.lines))
    assert {rule["tag"] for rule in api.rules.values()} == {
        "van een ander",
        "buurtsignaal order-1 0",
    }


async def test_a_line_closes_when_its_order_is_over(api: XApi, desk: Desk, intake: Intake) -> None:
    desk.give(**APPROVED)
    async with reading(made(api, desk, intake, stream=True), intake):
        await soon(lambda: bool(api.lines))
        desk.orders.clear()
        await soon(lambda: not api.lines)


@pytest.mark.parametrize("stream", [False, True], ids=["searching", "listening"])
async def test_reading_stops_before_the_cap_says_so_and_stays_stopped_after_a_restart(
    api: XApi,
    desk: Desk,
    intake: Intake,
    caplog: pytest.LogCaptureFixture,
    stream: bool,
) -> None:
    desk.give(**APPROVED)
    for number in range(400):
        api.write(f"{number} vuurwerk", at=NOON + timedelta(seconds=number))
    for _ in range(3):
        feed = made(api, desk, intake, posts_per_month=250, stream=stream)
        async with reading(feed, intake):
            await soon(partial(_capped, feed), seconds=60)
    assert api.charged <= 250
    assert len([r for r in caplog.records if "cap of 250" in r.getMessage()]) == 3
    intake.house.clock.advance(timedelta(days=10))
    # Another month, another cap; the order of November is over by then.
    assert Ledger(intake.cursor(feed), most=250).left(intake.house.clock.now()) == 250


def _capped(feed: X) -> bool:
    return feed.tally["cap"] > 1


def test_what_is_asked_for_is_paid_before_it_comes() -> None:
    november = datetime(2026, 11, 21, tzinfo=UTC)
    ledger = Ledger(None, most=200)
    assert ledger.set_aside(100, 10, november) == 100
    again = Ledger(ledger.cursor(), most=200)
    assert again.left(november) == 100
    assert again.set_aside(100, 10, november) == 80  # the rest is for reviews
    with pytest.raises(CapReached):
        again.set_aside(100, 10, november)
    assert again.set_aside(20, 20, november, reviewing=True) == 20
    assert again.left(november + timedelta(days=10)) == 200


async def test_what_is_deleted_hidden_or_changed_on_x_is_erased_here_too(
    api: XApi, desk: Desk, intake: Intake
) -> None:
    desk.give(**APPROVED)
    ids = [api.write(f"Vuurwerk {name}") for name in ("blijft", "weg", "dicht", "anders", "beter")]
    kept = [Kept(chat="order-1", external_id=id, sent_at=NOON) for id in ids]
    async with reading(made(api, desk, intake), intake):
        await soon(lambda: len(intake.stored) == 5)
    # Another process, that knows nothing but what is kept.
    del api.posts[ids[1]]
    api.hidden.add(ids[2])
    api.edit(ids[3], "Iets heel anders")
    api.edit(ids[4], "Vuurwerk en nu beter")
    feed = made(api, desk, intake)

    async def recall() -> Sequence[Kept]:
        return kept

    feed.remember(recall)
    async with reading(feed, intake):
        await soon(lambda: len(changes(intake, Change.DELETE)) >= 3)
        await soon(lambda: "Vuurwerk en nu beter" in texts(intake))
    assert set(changes(intake, Change.DELETE)) == set(ids[1:4])
    assert set(changes(intake, Change.EDIT)) == {ids[4]}


def changes(intake: Intake, kind: Change) -> list[str]:
    return [m.external_id for m in intake.messages if m.change is kind]


async def test_what_is_kept_is_reviewed_after_its_order_too(
    api: XApi, desk: Desk, intake: Intake
) -> None:
    feed = made(api, desk, intake)

    async def recall() -> Sequence[Kept]:
        return [Kept(chat="order-1", external_id="2124065294119862272", sent_at=NOON)]

    feed.remember(recall)
    async with reading(feed, intake):
        await soon(lambda: changes(intake, Change.DELETE) == ["2124065294119862272"])


async def test_an_x_that_is_away_is_left_in_peace_and_nobody_is_quoted(
    api: XApi, desk: Desk, intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    desk.give(**APPROVED)
    api.write("Vuurwerk in de Dorpsstraat")
    api.failing = [(503, {}), (429, {"retry-after": "1"}), (503, {})]
    began = asyncio.get_running_loop().time()
    with caplog.at_level(logging.DEBUG):
        feed = made(api, desk, intake)
        async with reading(feed, intake):
            await soon(lambda: len(intake.stored) == 1)
    assert feed.tally["failures"] == 3
    assert asyncio.get_running_loop().time() - began >= 1
    # All but what the partner itself writes down of its visitors.
    ours = [r for r in caplog.records if r.name.split(".")[0] in {"ingest", "tweepy"}]
    told = " ".join(record.getMessage() for record in ours)
    assert "503" in told
    assert not [word for word in ("Dorpsstraat", "vuurwerk", "GEHEIM") if word in told]


@pytest.mark.parametrize(
    "options",
    [
        {"mode": "aan"},
        {"mode": "goedgekeurd", "token": "GEHEIM"},
        {"mode": "goedgekeurd", "token": "GEHEIM", "posts_per_month": 10},
        {"mode": "goedgekeurd", "posts_per_month": 1000},
        {"mode": "aggregaat"},
        {"mode": "aggregaat", "token": "GEHEIM", "api": "http://elders.example"},
        {"mode": "aggregaat", "token": "GEHEIM", "stream": "ja"},
    ],
)
def test_odd_options_are_refused_without_the_secret(options: dict[str, Any]) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        connect("delft", options)
    assert "GEHEIM" not in str(caught.value)
