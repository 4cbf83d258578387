# SPDX-License-Identifier: EUPL-1.2
"""Says, in a room that is encrypted while we have no keys, that nothing can be read there."""

from __future__ import annotations

import asyncio
import logging

from core import errors
from ingest.matrix.speaker import MatrixSpeaker

log = logging.getLogger(__name__)

UNREADABLE = """
Hallo. Ik ben Buurtsignaal. Deze groep is versleuteld.
Daarom kan ik hier niets lezen. Ik zie ook geen opdrachten, zoals !toestemming.
Wilt u dat ik meelees? Vraag het de gemeente, of maak een groep zonder versleuteling.
Is er gevaar? Bel altijd 112.
""".strip()


class Notices:
    """Speaks beside the loop; the server drops a repeat."""

    def __init__(self, speaker: MatrixSpeaker) -> None:
        self._speaker = speaker
        self._tasks: set[asyncio.Task[None]] = set()

    def unreadable(self, room: str, event_id: str) -> None:
        """Say it soon; ``event_id`` is what made the room unreadable to us."""
        log.warning("matrix: a room is encrypted and there are no keys; nothing is read there")
        task = asyncio.create_task(self._say(room, event_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drop what was not said yet."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _say(self, room: str, event_id: str) -> None:
        try:
            await self._speaker.say(room, UNREADABLE, None, f"versleuteld-{event_id}", openly=True)
        except errors.DeliveryError as error:
            log.info("matrix: that a room cannot be read was not said: %s", error)
