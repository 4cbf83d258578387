# SPDX-License-Identifier: EUPL-1.2
"""Sources that we ask: each with its partner behind the proxy."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any
from unittest.mock import patch

from websockets.asyncio.client import connect as open_socket

from core.clock import AMSTERDAM, Clock, FrozenClock
from core.order import Order, approve
from core.topic import Topic
from ingest.connectors import bluesky, mail, mastodon, rss, telegram, x, xmpp
from ingest.mail.mailbox import Mailbox
from tests.faults.line import FORBIDDEN, Line, words
from tests.ingest.house import order
from tests.partners.fault_proxy import FaultProxy
from tests.partners.feed_server import feed_server
from tests.partners.imap_server import imap_server
from tests.partners.jetstream import jetstream
from tests.partners.mastodon_api import mastodon_api
from tests.partners.telegram_api import TOKEN, telegram_api
from tests.partners.x_api import XApi, x_api
from tests.partners.xmpp_server import xmpp_server
from tests.samples.mail import ANNA, letter, resolve, signed
from tests.samples.mail_sample import options as imap_options

_QUICK = "ingest.fetching._SECONDS"
#: What only an order that X did not approve asks for.
_NOT_APPROVED = Topic(terms=(FORBIDDEN,))


def _orders(source: str, clock: FrozenClock) -> Callable[[], Any]:
    wanted = order("order-1", source, clock.now())
    running = approve(wanted, "burgemeester", wanted.starts_at)

    async def orders() -> Sequence[Order]:
        return [running]

    return orders


@asynccontextmanager
async def by_telegram(proxy: FaultProxy, _clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    async with telegram_api() as api:
        api.group(-1001, creator=1)
        api.group(-1002, FORBIDDEN, creator=1)
        proxy.upstream = int(api.base_url.rsplit(":", 1)[1].split("/", maxsplit=1)[0])
        base = api.base_url.replace(str(proxy.upstream), str(proxy.port))
        options = {"token": TOKEN, "api": base, "poll_seconds": 1, "first_pause": 0.01}
        made = telegram.connect("delft", options)
        made._address = replace(made._address, timeout=0.4)
        sent: dict[int, dict[str, Any]] = {}

        def write(n: int) -> None:
            api.now = int(theirs.now().timestamp())
            sent[n] = api.write(-1001, 3, words(n))
            api.write(-1002, 3, f"{FORBIDDEN} {n}")

        yield Line(made, write, again=lambda n: api.push(message=sent[n]))
        await made.close()


@asynccontextmanager
async def by_imap(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    async with imap_server() as server:
        proxy.upstream = server.port
        given = imap_options(proxy.port)
        given["groups"] = given["groups"] | {"elders": {"senders": ["@elders.example"]}}
        made = mail.connect("delft", given, resolve=resolve, clock=clock, most=5)
        assert isinstance(made._way, Mailbox)
        made._way = replace(made._way, timeout=0.4)

        def put(n: int) -> None:
            date = format_datetime(theirs.now().astimezone(AMSTERDAM))
            server.add(
                signed(letter(words(n), sender=ANNA, id=f"m{n}", date=date)),
                received=clock.now().isoformat(),
            )

        def write(n: int) -> None:
            put(n)
            if n % 5 == 0:  # A signature takes a while.
                text = f"{FORBIDDEN} {n}"
                server.add(signed(letter(text, sender="x@elders.example", id=f"v{n}")))

        yield Line(made, write, again=put)


@asynccontextmanager
async def by_rss(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    items: list[str] = []
    async with feed_server(news=b"") as server:
        proxy.upstream = server.port
        feed = f"http://127.0.0.1:{proxy.port}/news"

        def put(title: str) -> None:
            date = format_datetime((theirs.now() - timedelta(minutes=1)).astimezone(AMSTERDAM))
            items.insert(
                0,
                f"<item><title>{title}</title><guid>{title}</guid><pubDate>{date}</pubDate></item>",
            )
            page = f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>"
            server.pages["/news"] = page.encode()

        def write(n: int) -> None:
            put(words(n))
            put(f"{FORBIDDEN} {n}")

        with patch(_QUICK, 0.4):
            options = {"feeds": [feed], "poll_seconds": 0.03, "first_pause": 0.01}
            made = rss.connect("delft", options)
            made.obey(_orders("rss", clock))
            put("Begin")
            yield Line(made, write, again=lambda n: put(words(n)))


@asynccontextmanager
async def by_mastodon(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    async with mastodon_api() as api:
        proxy.upstream = api.port

        def write(n: int) -> None:
            api.write(words(n), "vuurwerk", at=theirs.now() + timedelta(milliseconds=n - 500_000))
            api.write(
                f"{FORBIDDEN} #vuurwerk {n}",
                "vuurwerk",
                visibility="unlisted",
                at=theirs.now() + timedelta(milliseconds=n - 500_000),
            )

        with patch(_QUICK, 0.4):
            options = {"instance": f"http://127.0.0.1:{proxy.port}", "poll_seconds": 0.03}
            made = mastodon.connect("delft", options | {"first_pause": 0.01})
            made.obey(_orders("mastodon", clock))
            yield Line(made, write)


@asynccontextmanager
async def by_bluesky(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    async with jetstream() as server:
        proxy.upstream = server.port
        server.alone.add("did:plc:stil")
        server.began = int(theirs.now().timestamp() * 1_000_000)
        sent: dict[int, dict[str, Any]] = {}

        def write(n: int) -> None:
            at = theirs.now().isoformat()
            sent[n] = server.write(words(n), createdAt=at)
            server.write(f"{FORBIDDEN} vuurwerk {n}", "did:plc:stil")

        def again(n: int) -> None:
            late = {**sent[n], "time_us": server.began + len(server.events) * 1_000_000}
            server.events.append(late)

        quick = partial(open_socket, ping_interval=0.2, ping_timeout=0.3, open_timeout=0.5)
        with patch("ingest.connectors.bluesky.open_socket", quick):
            made = bluesky.connect(
                "delft", server.options | {"jetstream": f"ws://127.0.0.1:{proxy.port}"}
            )
            made.obey(_orders("bluesky", clock))
            yield Line(made, write, again=again)


@asynccontextmanager
async def by_x(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    """Ask X again and again."""
    async with _x(proxy, clock, theirs, stream=False) as (line, _):
        yield line


@asynccontextmanager
async def by_x_stream(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    """Hear posts on an open line; X says each of them once."""
    telling: set[asyncio.Task[None]] = set()
    async with _x(proxy, clock, theirs, stream=True) as (line, api):

        async def tell(id: str) -> None:
            with contextlib.suppress(ConnectionError):
                await api.tell(id)

        def write(n: int) -> None:
            known = set(api.posts)
            line.write(n)
            for id in api.posts.keys() - known:
                task = asyncio.create_task(tell(id))
                telling.add(task)
                task.add_done_callback(telling.discard)

        yield replace(line, write=write)
        await asyncio.gather(*telling)


@asynccontextmanager
async def _x(
    proxy: FaultProxy, clock: FrozenClock, theirs: Clock, *, stream: bool
) -> AsyncIterator[tuple[Line, XApi]]:
    async with x_api() as api:
        proxy.upstream = int(api.url.rsplit(":", 1)[1])
        begun = clock.now()
        approved = order("order-1", "x", begun, approval_reference="X-2026-117")
        forbidden = order("order-2", "x", begun, topic=_NOT_APPROVED)
        running = [approve(each, "burgemeester", each.starts_at) for each in (approved, forbidden)]

        async def orders() -> Sequence[Order]:
            return running

        def write(n: int) -> None:
            at = theirs.now() - timedelta(seconds=60) + timedelta(milliseconds=n)
            api.write(words(n), at=at)
            api.write(f"{FORBIDDEN} {n}", at=at)

        options = {
            "mode": "goedgekeurd",
            "token": "GEHEIM",
            "posts_per_month": 1_000_000,
            "poll_seconds": 0.03,
            "first_pause": 0.01,
            "stream": stream,
            "api": f"http://127.0.0.1:{proxy.port}",
        }
        with patch("ingest.x.api._SECONDS", 0.4), patch("ingest.x.stream._SILENCE", 0.4):
            made = x.connect("delft", options, now=clock.now)
            made.obey(orders)
            yield Line(made, write), api


@asynccontextmanager
async def by_xmpp(proxy: FaultProxy, clock: FrozenClock, theirs: Clock) -> AsyncIterator[Line]:
    async with xmpp_server() as server:
        proxy.upstream = server.port
        server.people = [("Olga", "owner", "olga@localhost/app")]

        def write(n: int) -> None:
            server.says("Olga", words(n), theirs.now().isoformat())
            server.whispers("Olga", f"{FORBIDDEN} {n}")

        with patch("ingest.xmpp.line._SECONDS", 0.5), patch("ingest.xmpp.line._PING", 0.2):
            made = xmpp.connect(
                "delft",
                server.options | {"port": proxy.port, "first_pause": 0.01},
                now=clock.now,
            )
            yield Line(made, write, again=server.repeat, enters=True)
