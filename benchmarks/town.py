# SPDX-License-Identifier: EUPL-1.2
"""Serves a municipality with many open signals, in a process of its own.

``python -m benchmarks.town FOLDER SIGNALS`` prints address, account and password. Each line
``RATE SECONDS`` on its input makes that many events a second for the control room; an event's
``ref`` is the moment at which it was written, in nanoseconds since 1970.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import uvicorn

from core.clock import Clock, SystemClock
from core.label import Category, Queue, Urgency
from dashboard.server import Server
from store.database import Store, open_store
from store.seal import Sealer
from tests.dashboard.world import PASSWORD, SLUG, World

ACCOUNT = "agnes"
_URGENCIES = (Urgency.NIET_URGENT, Urgency.ACTUEEL, Urgency.NIET_URGENT, Urgency.SPOED)
_TEXTS = (
    (Category.INBRAAK, "Het slot van de schuur bij Molenweg {n} is opengebroken"),
    (Category.OVERLAST, "Al een uur harde muziek op het plein bij nummer {n}"),
    (Category.GEWELD, "Twee mannen vechten voor de deur van Havenstraat {n}"),
    (Category.VERNIELING, "De ruit van bushokje {n} ligt in scherven op de stoep"),
)


def main() -> None:
    """Fill the store, serve, and make events as told on the input until it closes."""
    clock = SystemClock()
    path = Path(sys.argv[1]) / "town.sqlite"
    store = open_store(f"sqlite:///{path}", sealer=Sealer([bytes(32)]), clock=clock)
    store.migrate()
    world = World(store=store, clock=clock)
    world.account("meldkamer", ACCOUNT)
    _fill(world, int(sys.argv[2]))
    app = world.app()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    print(f"http://127.0.0.1:{listener.getsockname()[1]} {ACCOUNT} {PASSWORD}", flush=True)
    server = Server(uvicorn.Config(app, log_level="warning"), app.state.hub)
    threading.Thread(target=_obey, args=(store, clock, server), daemon=True).start()
    server.run(sockets=[listener])
    store.close()


def _fill(world: World, signals: int) -> None:
    group = world.group()
    now = world.clock.now()
    for number in range(signals):
        category, text = _TEXTS[number % len(_TEXTS)]
        world.signal(
            text.format(n=number),
            category=category,
            urgency=_URGENCIES[number // 4 % len(_URGENCIES)],
            queues=(Queue.MELDKAMER,),
            place="",
            group=group,
            received_at=now - timedelta(seconds=number),
        )


def _obey(store: Store, clock: Clock, server: Server) -> None:
    for line in sys.stdin:
        rate, seconds = map(float, line.split())
        following = time.monotonic()
        for _ in range(round(rate * seconds)):
            with store.write() as work:
                ref = str(time.time_ns())
                work.events.put(SLUG, Queue.MELDKAMER.value, "signal.changed", ref, clock.now())
            following += 1 / rate
            time.sleep(max(0.0, following - time.monotonic()))
    server.should_exit = True


if __name__ == "__main__":
    main()
