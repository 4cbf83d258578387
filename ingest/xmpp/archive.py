# SPDX-License-Identifier: EUPL-1.2
"""What a room keeps of what was said (XEP-0313), page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from ingest.xmpp.heard import Heard, archived
from ingest.xmpp.line import Line

#: Messages on a page.
_PAGE = 50
#: A room that forgot where we were is read from so much earlier: its clock is not ours.
#: What had been read before is known by its dedup key.
_OVERLAP = timedelta(hours=26)
_RSM = "{http://jabber.org/protocol/rsm}"


class Archive:
    """The archives of the rooms on one line; a room without one gives nothing."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def since(self, room: str, after: str, at: datetime) -> AsyncIterator[list[Heard]]:
        """Give the pages that follow the id ``after``, or without it those from ``at`` on."""
        while True:
            try:
                answer = await self._page(room, after, at)
            except KeyError:
                if not after:
                    return
                after = ""
                continue
            page = [] if answer is None else _heard(answer, room)
            if page:
                yield page
            last = _last(answer)
            if answer is None or _is_complete(answer) or not last or last == after:
                return
            after = last

    async def recent(self, room: str, before: str) -> list[Heard]:
        """Return the last messages before an id: corrections and retractions name these."""
        try:
            answer = await self._line.page(room, rsm={"max": _PAGE, "before": before})
        except KeyError:
            return []
        return [] if answer is None else _heard(answer, room)

    async def newest(self, room: str) -> str:
        """Return the id of the last message that the room keeps; nothing when it keeps none."""
        answer = await self._line.page(room, rsm={"max": 1, "before": ""})
        return _last(answer)

    async def _page(self, room: str, after: str, at: datetime) -> Any:
        if after:
            return await self._line.page(room, rsm={"max": _PAGE, "after": after})
        return await self._line.page(room, start=at - _OVERLAP, rsm={"max": _PAGE})


def _heard(answer: Any, room: str) -> list[Heard]:
    found = [archived(message.xml, room) for message in answer["mam"]["results"]]
    return [each for each in found if each is not None]


def _is_complete(answer: Any) -> bool:
    fin = answer.xml.find("{urn:xmpp:mam:2}fin")
    return fin is None or fin.get("complete") == "true"


def _last(answer: Any) -> str:
    found = None if answer is None else next(answer.xml.iter(f"{_RSM}last"), None)
    return "" if found is None else found.text or ""
