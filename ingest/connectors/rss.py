# SPDX-License-Identifier: EUPL-1.2
"""News and notices that a publisher offers as RSS or Atom, inside a monitoring order.

RSS 2.0: rssboard.org/rss-specification. Atom: RFC 4287. Conditional requests: RFC 9110, 13.
"""

from __future__ import annotations

import asyncio
import calendar
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser
import httpx

from core import errors
from core.message import Change, Message, Origin
from core.order import Order
from ingest.connector import Submit
from ingest.feed import Handing, Marks, Orders, no_orders, seconds, web_address
from ingest.fetching import get, new_client
from ingest.limits import MOST_BYTES
from ingest.markup import words_of
from ingest.options import Options
from ingest.problem import Problems
from ingest.pulse import Pulse
from ingest.rounds import Rounds

_OPTIONS = ("feeds", "poll_seconds", "first_pause")
#: Most entries of one feed that are looked at.
_MOST = 2_000
_SCHEMES = ("https", "http")


class Rss:
    """Asks each feed now and then what is new, for each order that runs."""

    name = "rss"
    stream = "feeds"
    consent = (
        "Een goedgekeurde volgopdracht van hooguit 14 dagen; zonder opdracht wordt niets gelezen."
    )

    def __init__(
        self, tenant: str, feeds: Sequence[str], *, every: float, first_pause: float
    ) -> None:
        self._tenant = tenant
        self._feeds = tuple(feeds)
        self._every = every
        self._first_pause = first_pause
        self._orders: Orders = no_orders
        #: What could not be used since the run began: number of the feed's entry, and why.
        self.problems = Problems()
        #: What was left out, by reason, and how often a feed failed; since the start.
        self.tally: Counter[str] = Counter()
        #: How the source is doing.
        self.pulse = Pulse()

    def obey(self, orders: Orders) -> None:
        """Read for these orders only."""
        self._orders = orders

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Go round the feeds until ``stop``."""
        self.problems = Problems()
        handing = Handing(tenant=self._tenant, source=self.name, stream=self.stream, submit=submit)
        async with new_client({"accept": _ACCEPT}) as client:
            marks = Marks(cursor)
            reading = _Reading(client, handing, marks, cursor, self.problems, self.tally)
            await Rounds(
                source=self.name,
                every=self._every,
                first_pause=self._first_pause,
                orders=self._orders,
                places=lambda _order: self._feeds,
                visit=reading.visit,
                keep=marks.keep,
                tally=self.tally,
                pulse=self.pulse,
            ).go(stop)


_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8"


def connect(tenant: str, options: Mapping[str, Any]) -> Rss:
    """Return the connector; ``feeds`` is a list of addresses."""
    Options("rss", options, _OPTIONS)
    feeds = options.get("feeds")
    if not isinstance(feeds, (list, tuple)) or not feeds:
        raise errors.ConfigurationError("connector rss needs the option 'feeds' (addresses)")
    return Rss(
        tenant,
        [web_address("rss", "feeds", feed, _SCHEMES) for feed in dict.fromkeys(feeds)],
        every=seconds("rss", options, "poll_seconds", 300.0, least=0.01),
        first_pause=seconds("rss", options, "first_pause", 5.0, least=0.001),
    )


class _Reading:
    """One run over all feeds."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        handing: Handing,
        marks: Marks,
        cursor: str | None,
        problems: Problems,
        tally: Counter[str],
    ) -> None:
        self._client = client
        self._handing = handing
        self._marks = marks
        self._cursor = cursor
        self._problems = problems
        self._tally = tally

    async def visit(self, order: Order, feed: str) -> None:
        """Hand over what a feed has for an order since it last changed."""
        mark = self._marks.get(order, _short(feed))
        answer, body = await get(self._client, feed, headers=_conditions(mark))
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return
        if answer.is_error:
            self._note(0, f"een feed is er niet (meer) ({answer.status_code})")
            return
        entries, whole = await asyncio.to_thread(self._entries, body, feed)
        messages = sorted(self._wanted(order, entries), key=lambda m: (m.sent_at, m.external_id))
        # What could not be read whole is asked for again, even if the server says it is the same.
        after = _mark(answer) if whole else {}
        cursor = self._marks.cursor(order, _short(feed), after)
        await self._handing.hand_over(messages, cursor=cursor, before=self._cursor)
        # Without anything to hand over the mark is kept in memory: asking again does no harm.
        self._marks.move(order, _short(feed), after)
        self._cursor = cursor if messages else self._cursor

    def _entries(self, body: bytes, feed: str) -> tuple[list[_Entry], bool]:
        """Return what can be read, and whether that is all there is."""
        # Bytes only: feedparser must never fetch anything itself.
        parsed = feedparser.parse(body, sanitize_html=True, resolve_relative_uris=False)
        if not parsed.get("version"):
            self._note(0, "dit is geen RSS of Atom; de feed is overgeslagen")
            return [], False
        broken = bool(parsed.get("bozo")) and not isinstance(
            parsed.get("bozo_exception"), feedparser.CharacterEncodingOverride
        )
        if broken:
            self._note(0, "de XML van een feed klopt niet; gelezen is wat leesbaar was")
        host = urlsplit(feed).hostname or ""
        found = enumerate(parsed.entries[:_MOST], start=1)
        return [_Entry(number, entry, host) for number, entry in found], not broken

    def _wanted(self, order: Order, entries: Sequence[_Entry]) -> list[Message]:
        found: dict[tuple[str, str], Message] = {}
        for entry in entries:
            message = entry.message(order.id)
            if message is None:
                self._note(entry.number, "een bericht zonder datum of tekst is overgeslagen")
            elif order.topic.matches(message.text):
                found.setdefault((message.external_id, message.revision), message)
        return list(found.values())

    def _note(self, number: int, what: str) -> None:
        self._tally["problems"] += 1
        self._problems.add(number, what)


class _Entry:
    """One item of a feed; feedparser gives RSS and Atom the same names."""

    def __init__(self, number: int, entry: Mapping[str, Any], host: str) -> None:
        self.number = number
        self._entry = entry
        self._host = host

    def message(self, order_id: str) -> Message | None:
        """Return the item as a message; None when it says nothing or not when."""
        published, updated = self._moment("published_parsed"), self._moment("updated_parsed")
        sent_at, text = published or updated, self._text()
        if sent_at is None or not text:
            # Without a date nobody can say that it was written inside the order.
            return None
        changed = published is not None and updated is not None and updated > published
        return Message(
            source=Rss.name,
            chat=order_id,
            external_id=self._id(),
            sender=self._word("author") or self._host,
            sent_at=sent_at,
            text=text,
            origin=Origin.PUBLIC,
            change=Change.EDIT if changed else Change.NEW,
            revision=updated.isoformat() if changed and updated else "",
        )

    def _text(self) -> str:
        parts = (self._word("title"), self._word("summary"))
        text = "\n".join(dict.fromkeys(words_of(part) for part in parts if part)).strip()
        return text.encode()[:MOST_BYTES].decode(errors="ignore")

    def _id(self) -> str:
        """Return a name of its own: the guid, or a digest of what else tells it apart."""
        guid = self._word("id")
        named = [guid] if guid else [self._word("link"), self._word("title"), self._when()]
        return hashlib.sha256("\n".join(named).encode("utf-8", "surrogatepass")).hexdigest()[:40]

    def _when(self) -> str:
        return str(self._moment("published_parsed") or self._moment("updated_parsed"))

    def _moment(self, name: str) -> datetime | None:
        # Not entry[name]: for some names feedparser answers with another one.
        parsed = dict.get(self._entry, name)  # type: ignore[call-overload]
        try:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
        except (ValueError, OverflowError, OSError):
            return None

    def _word(self, name: str) -> str:
        value = dict.get(self._entry, name)  # type: ignore[call-overload]
        return value.strip() if isinstance(value, str) else ""


def _short(feed: str) -> str:
    """Return a name of a feed for the cursor, which must not hold its address."""
    return hashlib.sha256(feed.encode()).hexdigest()[:16]


def _conditions(mark: Mapping[str, str]) -> dict[str, str]:
    names = {"etag": "if-none-match", "modified": "if-modified-since"}
    return {names[key]: value for key, value in mark.items() if key in names and value}


def _mark(answer: httpx.Response) -> dict[str, str]:
    found = {
        "etag": answer.headers.get("etag", ""),
        "modified": answer.headers.get("last-modified", ""),
    }
    return {key: value[:500] for key, value in found.items() if value}
