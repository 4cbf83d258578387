# SPDX-License-Identifier: EUPL-1.2
"""One run's way to the gate, with how far each room was read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core import errors
from core.message import Batch, Item
from ingest.connector import Submit
from ingest.feed import moment
from ingest.patience import until
from ingest.xmpp.heard import SOURCE

#: Seconds that a commit may still take after ``stop``.
_GRACE = 1.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """How far one room was read."""

    #: The room's id of the last message; empty: none was said yet.
    id: str
    at: datetime
    #: We were put out or went away, and stay away until somebody invites us.
    left: bool = False


class Hand:
    """Hands over items with the places as they then are: the cursor."""

    def __init__(
        self, *, tenant: str, stream: str, submit: Submit, stop: asyncio.Event, cursor: str | None
    ) -> None:
        self._tenant = tenant
        self._stream = stream
        self._submit = submit
        self._stop = stop
        self.places = _read(cursor)

    async def give(self, items: Sequence[Item]) -> None:
        """Hand over items; return after the commit."""
        batch = Batch(
            tenant=self._tenant,
            source=SOURCE,
            items=tuple(items),
            stream=self._stream,
            cursor=_written(self.places),
        )
        await until(self._stop, _awaited(self._submit(batch)), grace=_GRACE)


async def _awaited(answer: Awaitable[Any]) -> None:
    await answer


def _written(places: dict[str, Place]) -> str:
    table = {
        room: {"id": place.id, "at": place.at.isoformat(), "left": place.left}
        for room, place in places.items()
    }
    return json.dumps(table, sort_keys=True)


def _read(cursor: str | None) -> dict[str, Place]:
    if cursor is None:
        return {}
    try:
        return {
            str(room): Place(
                id=str(place["id"]),
                at=moment(place["at"]) or datetime.fromtimestamp(0, UTC),
                left=place.get("left") is True,
            )
            for room, place in json.loads(cursor).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        raise errors.ConfigurationError("the stored cursor of xmpp cannot be read") from None
