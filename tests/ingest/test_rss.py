# SPDX-License-Identifier: EUPL-1.2
"""RSS and Atom from a real server on this machine: asked politely, read inside an order only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from core import errors
from core.message import Change, Origin
from ingest.connectors.rss import Rss, connect
from tests.ingest.house import Intake, order
from tests.ingest.orders_desk import Desk, reading
from tests.partners.feed_server import FeedServer, feed_server, soon
from tests.samples.sample import FOLDER

NEWS = (FOLDER / "rss.xml").read_bytes()
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Stad</title><id>urn:stad</id>
<updated>2026-11-21T11:00:00Z</updated>
<entry><id>urn:1</id><title>Vuurwerk {word}</title><author><name>Iris Bakker</name></author>
<published>2026-11-21T09:00:00+01:00</published><updated>{updated}</updated>
<summary type="html">Bij de &lt;em&gt;brug&lt;/em&gt;</summary></entry></feed>"""


@pytest.fixture
def desk(intake: Intake) -> Desk:
    return Desk(intake, "rss")


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server(news=NEWS) as served:
        yield served


def made(server: FeedServer, desk: Desk, *paths: str) -> Rss:
    feeds = [server.url(path) for path in paths or ("/news",)]
    rss = connect("delft", {"feeds": feeds, "poll_seconds": 0.02, "first_pause": 0.01})
    rss.obey(desk.running)
    return rss


def texts(intake: Intake) -> list[str]:
    return [admitted.text for admitted in intake.stored]


async def read_until(rss: Rss, intake: Intake, condition: Callable[[], object]) -> None:
    async with reading(rss, intake):
        await soon(condition)


async def test_without_an_order_no_server_is_asked_anything(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    async with reading(made(server, desk), intake):
        await asyncio.sleep(0.3)
    assert server.asked == []


async def test_a_connector_that_was_told_of_no_orders_reads_nothing(
    server: FeedServer, intake: Intake
) -> None:
    rss = connect("delft", {"feeds": [server.url("/news")], "poll_seconds": 0.02})
    async with reading(rss, intake):
        await asyncio.sleep(0.2)
    assert server.asked == []


async def test_only_what_is_about_the_topic_is_handed_over(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    await read_until(made(server, desk), intake, lambda: len(intake.messages) >= 3)
    assert [message.text.split("\n")[0] for message in intake.messages] == [
        "Vuurwerk afgestoken op de markt",
        "Straten blank door #wateroverlast",
        "Weer vuurwerk, nu bij het station",
    ]
    assert {message.origin for message in intake.messages} == {Origin.PUBLIC}
    first = intake.messages[0].text
    assert first.endswith("Omwonenden hoorden harde knallen.")
    assert "alert" not in first


async def test_an_unchanged_feed_costs_a_304_and_nothing_else(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    await read_until(made(server, desk), intake, lambda: server.statuses.count(304) > 2)
    assert server.statuses.count(200) == 1
    assert len(intake.batches) == 1
    # The next run starts from the committed cursor and asks conditionally at once.
    server.statuses.clear()
    await read_until(made(server, desk), intake, lambda: server.statuses)
    assert set(server.statuses) == {304}


async def test_last_modified_is_sent_back_as_it_came(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    moment = "Sat, 21 Nov 2026 10:00:00 GMT"
    server.faults["/news"] = (200, {"Last-Modified": moment})
    await read_until(made(server, desk), intake, lambda: len(server.asked) > 1)
    assert server.asked[1].headers["If-Modified-Since"] == moment


async def test_a_new_item_is_read_and_the_old_ones_are_known(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    async with reading(made(server, desk), intake):
        await soon(lambda: len(intake.stored) == 3)
        item = (
            "<item><title>Vuurwerk in het park</title><guid>x</guid>"
            "<pubDate>Sat, 21 Nov 2026 11:30:00 GMT</pubDate></item></channel>"
        )
        server.pages["/news"] = NEWS.replace(b"</channel>", item.encode())
        await soon(lambda: len(intake.stored) > 3)
    assert texts(intake)[3:] == ["Vuurwerk in het park"]


async def test_an_atom_entry_that_was_updated_is_an_edit(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    first, later = "2026-11-21T09:00:00+01:00", "2026-11-21T10:00:00+01:00"
    server.pages["/atom"] = ATOM.format(word="gehoord", updated=first).encode()
    async with reading(made(server, desk, "/atom"), intake):
        await soon(lambda: intake.stored)
        server.pages["/atom"] = ATOM.format(word="gezien", updated=later).encode()
        await soon(lambda: len(intake.stored) > 1)
    new, edit = intake.messages
    assert (new.change, edit.change) == (Change.NEW, Change.EDIT)
    assert new.external_id == edit.external_id
    assert new.sender == "Iris Bakker"
    assert edit.text == "Vuurwerk gezien\nBij de brug"
    assert edit.sent_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "body",
    [b"<html><body>Vuurwerk</body></html>", b"", b"\x00\xff\xfe", b"{}", b"<rss"],
    ids=["html", "empty", "bytes", "json", "cut"],
)
async def test_what_is_no_feed_is_a_noted_problem(
    server: FeedServer, desk: Desk, intake: Intake, body: bytes
) -> None:
    desk.give()
    server.pages["/bad"] = body
    rss = made(server, desk, "/bad", "/news")
    await read_until(rss, intake, lambda: len(intake.stored) == 3)
    assert rss.problems.total
    assert "Vuurwerk" not in str(rss.problems.first)


async def test_of_broken_xml_what_is_whole_is_read_and_the_rest_noted(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    server.pages["/news"] = NEWS[: NEWS.index(b"Weer vuurwerk")]
    rss = made(server, desk)
    await read_until(rss, intake, lambda: len(intake.stored) >= 2)
    assert any("XML" in problem.what for problem in rss.problems.first)


async def test_an_undated_item_is_noted_and_left_out(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    rss = made(server, desk)
    await read_until(rss, intake, lambda: len(intake.stored) == 3)
    assert [problem.line for problem in rss.problems.first] == [5]


async def test_a_feed_that_is_away_is_asked_later_and_holds_up_no_other(
    server: FeedServer, desk: Desk, intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    desk.give()
    server.pages["/down"] = NEWS
    server.faults["/down"] = (503, {})
    rss = made(server, desk, "/down", "/news")
    with caplog.at_level(logging.WARNING):
        async with reading(rss, intake):
            await soon(lambda: len(intake.stored) == 3 and rss.tally["failures"] > 1)
            del server.faults["/down"]
            await soon(lambda: any(r.path == "/down" for r in server.asked[-3:]))
    assert "answered 503" in caplog.text
    assert server.url("") not in caplog.text


async def test_retry_after_is_obeyed(server: FeedServer, desk: Desk, intake: Intake) -> None:
    desk.give()
    server.faults["/news"] = (429, {"Retry-After": "3600"})
    async with reading(made(server, desk), intake):
        await soon(lambda: server.asked)
        await asyncio.sleep(0.3)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "there", ["http://localhost:{port}/news", "http://169.254.169.254/", "file:///etc/passwd"]
)
async def test_a_feed_sends_us_to_no_other_host(
    server: FeedServer, desk: Desk, intake: Intake, there: str
) -> None:
    desk.give()
    server.faults["/old"] = (301, {"Location": there.format(port=server.port)})
    rss = made(server, desk, "/old")
    await read_until(rss, intake, lambda: rss.tally["failures"])
    assert {request.path for request in server.asked} == {"/old"}


async def test_a_redirect_on_the_same_host_is_followed(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    server.faults["/old"] = (301, {"Location": "/news"})
    await read_until(made(server, desk, "/old"), intake, lambda: len(intake.stored) == 3)


async def test_a_bomb_of_entities_is_no_feed(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    server.pages["/bomb"] = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "vuurwerk">{layers}]>'
        "<rss version='2.0'><channel><item><title>&l9;</title>"
        "<pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"
    ).encode()
    await read_until(made(server, desk, "/bomb", "/news"), intake, lambda: len(intake.stored) >= 3)
    assert all(len(text) < 1_000 for text in texts(intake))


async def test_an_answer_that_is_too_large_is_not_read(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    server.pages["/big"] = NEWS + b" " * (4 * 1024 * 1024)
    rss = made(server, desk, "/big")
    await read_until(rss, intake, lambda: rss.tally["failures"])
    assert intake.messages == []


async def test_each_order_gets_its_own_messages_and_nothing_after_its_end(
    server: FeedServer, desk: Desk, intake: Intake
) -> None:
    desk.give()
    desk.give("order-2", topic=order("x", "rss", intake.house.clock.now()).topic)
    async with reading(made(server, desk), intake):
        await soon(lambda: len(intake.stored) == 6)
        intake.house.clock.advance(timedelta(days=4))
        await asyncio.sleep(0.2)
        asked = len(server.asked)
        await asyncio.sleep(0.3)
    assert {message.chat for message in intake.messages} == {"order-1", "order-2"}
    # The orders are over: nobody is asked any more.
    assert len(server.asked) == asked


@pytest.mark.parametrize(
    "feeds",
    [None, [], "https://x.example/", ["http://nieuws.example/"], ["https://a:b@x.example/"], [1]],
)
def test_an_unsafe_address_is_refused_without_being_told(feeds: object) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        connect("delft", {"feeds": feeds})
    assert "example" not in str(caught.value)
