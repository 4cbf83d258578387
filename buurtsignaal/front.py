# SPDX-License-Identifier: EUPL-1.2
"""Stands before everything: sends intake to its own doors, and everything else to the pages."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any

from dashboard.headers import SecurityHeaders
from ingest.asgi import answer

log = logging.getLogger(__name__)


class Front:
    """Every answer has the same strict headers, whoever gives it (ASGI)."""

    def __init__(self, pages: Any, doors: Mapping[str, Any], *, secure: bool = False) -> None:
        """``doors``: what answers addresses that begin with this; ``secure``: over https."""
        self._pages = pages
        self._doors = {
            prefix: SecurityHeaders(Discreet(door), secure=secure) for prefix, door in doors.items()
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one connection."""
        await self._door(scope)(scope, receive, send)

    def _door(self, scope: Any) -> Any:
        if scope["type"] == "http":
            for prefix, door in self._doors.items():
                if scope["path"].startswith(prefix):
                    return door
        return self._pages


class Discreet:
    """Keeps an unforeseen error from the server's log, which would write its words down."""

    def __init__(self, door: Any) -> None:
        self._door = door

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on; answer 500 when that fails before the answer began."""
        begun = False

        async def watched(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._door(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - its words could quote what somebody sent
            lines = "".join(traceback.format_tb(error.__traceback__)[-6:])
            log.error("%s in\n%s", type(error).__name__, lines)  # noqa: TRY400
            if not begun:
                await answer(send, 500)
