# SPDX-License-Identifier: EUPL-1.2
"""A uvicorn that does not wait for endless streams when it is told to stop."""

from __future__ import annotations

import socket

import uvicorn

from dashboard.stream import Hub

#: Seconds that ordinary requests get to finish.
GRACE = 4


class Server(uvicorn.Server):
    """Ends the live streams first; uvicorn alone would wait for them for ever."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        if config.timeout_graceful_shutdown is None:
            config.timeout_graceful_shutdown = GRACE
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams at once, other requests when they are done."""
        self._hub.close()
        await super().shutdown(sockets)
