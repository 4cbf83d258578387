# SPDX-License-Identifier: EUPL-1.2
"""The real application behind a real server on a port of this machine."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from dashboard.server import Server


@dataclass(frozen=True, kw_only=True)
class Served:
    """Where the application can be reached."""

    url: str
    app: FastAPI
    server: Server


@contextlib.contextmanager
def serving(app: FastAPI, port: int = 0) -> Iterator[Served]:
    """Serve ``app`` in a thread for as long as the block runs."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    port = listener.getsockname()[1]
    config = uvicorn.Config(app, lifespan="on", log_level="warning", server_header=False)
    server = Server(config, app.state.hub)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_until(lambda: server.started, "the server started")
        yield Served(url=f"http://127.0.0.1:{port}", app=app, server=server)
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()
        assert not thread.is_alive(), "the server did not stop"


def wait_until(condition: object, what: str, *, seconds: float = 10) -> None:
    """Wait until ``condition()`` is true; fail with ``what`` after a while."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.01)
