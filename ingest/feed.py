# SPDX-License-Identifier: EUPL-1.2
"""What all public feeds have in common: they read for a monitoring order, or not at all."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from core import errors
from core.message import Batch, Message
from core.order import Order
from ingest import handover
from ingest.connector import Submit

#: Connectors that read what is public.
_FEEDS = frozenset({"bluesky", "mastodon", "rss", "x"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

#: Gives the orders for which a source may be read at this moment.
Orders = Callable[[], Awaitable[Sequence[Order]]]


@runtime_checkable
class Feed(Protocol):
    """A connector that reads what is public."""

    def obey(self, orders: Orders) -> None:
        """Read for these orders; a feed that was told of none asks the network for nothing."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A message of which a signal was made that is still there."""

    chat: str
    external_id: str
    sent_at: datetime


#: Gives what is kept of a source at this moment.
Recall = Callable[[], Awaitable[Sequence[Kept]]]


@runtime_checkable
class Remembering(Protocol):
    """A feed that asks for what was kept of it, to see whether it is still there."""

    def remember(self, recall: Recall) -> None:
        """Ask this for what was kept."""
        ...


async def nothing_kept() -> Sequence[Kept]:
    """Return what is kept of a feed that nobody keeps anything of."""
    return ()


async def no_orders() -> Sequence[Order]:
    """Return the orders of a feed that nobody gave any."""
    return ()


def is_feed(name: str) -> bool:
    """Whether the connector ``name`` reads what is public."""
    return name in _FEEDS


class FeedAway(Exception):
    """A feed gave no usable answer; trying later may help.

    Its words are ours alone: an address or an answer never gets into them.
    """

    def __init__(self, what: str, *, retry_after: float | None = None) -> None:
        super().__init__(what)
        #: Seconds that the feed asked us to wait.
        self.retry_after = retry_after


class Marks:
    """How far each order was read in each place: the cursor of a feed, as JSON.

    A mark is a small table of texts. Those of orders that are over are left out when the
    cursor is written.
    """

    def __init__(self, cursor: str | None) -> None:
        self._marks = _read(cursor)

    def get(self, order: Order, place: str) -> Mapping[str, str]:
        """Return the mark of an order in one place; empty at the very start."""
        return self._marks.get(_key(order, place), {})

    def cursor(self, order: Order, place: str, mark: Mapping[str, str]) -> str:
        """Return the cursor with another mark, which counts only after ``move``."""
        return json.dumps(self._marks | {_key(order, place): dict(mark)}, sort_keys=True)

    def move(self, order: Order, place: str, mark: Mapping[str, str]) -> None:
        """Go on from ``mark``."""
        self._marks[_key(order, place)] = dict(mark)

    def keep(self, orders: Collection[Order]) -> None:
        """Forget the marks of all other orders."""
        ids = {order.id for order in orders}
        self._marks = {key: m for key, m in self._marks.items() if key.split(" ")[0] in ids}


def _key(order: Order, place: str) -> str:
    return f"{order.id} {place}"


def _read(cursor: str | None) -> dict[str, dict[str, str]]:
    if cursor is None:
        return {}
    try:
        marks = json.loads(cursor)
        return {str(k): {str(n): str(v) for n, v in mark.items()} for k, mark in marks.items()}
    except (ValueError, AttributeError):
        raise errors.ConfigurationError("the stored cursor of a feed cannot be read") from None


class Handing:
    """Hands over what a feed gave for one order in one place, in batches of bounded size."""

    def __init__(self, *, tenant: str, source: str, stream: str, submit: Submit) -> None:
        self._tenant = tenant
        self._source = source
        self._stream = stream
        self._submit = submit

    async def hand_over(
        self, messages: Sequence[Message], *, cursor: str, before: str | None
    ) -> None:
        """Submit all messages; ``cursor`` is stored with the last of them.

        The batches before it carry ``before``, so that a cut reads the whole lot again.
        """
        size = handover.BATCH
        parts = [messages[i : i + size] for i in range(0, len(messages), size)]
        for number, part in enumerate(parts, start=1):
            await self._submit(
                Batch(
                    tenant=self._tenant,
                    source=self._source,
                    items=tuple(part),
                    stream=self._stream,
                    cursor=cursor if number == len(parts) else before,
                )
            )


def web_address(connector: str, option: str, value: object, schemes: Collection[str]) -> str:
    """Return a safe address; ``ConfigurationError`` for one with a password, or in the clear.

    ``schemes`` are the safe one and the one that is accepted on this machine only.
    """
    safe, local = schemes
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    fits = parts.scheme == safe or (parts.scheme == local and parts.hostname in _LOOPBACK)
    if not fits or not parts.hostname or "@" in parts.netloc:
        raise errors.ConfigurationError(
            f"connector {connector}: '{option}' must be an {safe}:// address without a password"
        )
    return str(value)


def seconds(
    connector: str, options: Mapping[str, Any], name: str, default: float, *, least: float
) -> float:
    """Return an option in seconds; ``ConfigurationError`` when it is too short or no number."""
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= least:
        raise errors.ConfigurationError(
            f"connector {connector}: '{name}' must be a number of seconds from {least:g} on"
        )
    return float(value)


def moment(text: object) -> datetime | None:
    """Return a moment with zone as ISO 8601 writes it, or None."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
