# SPDX-License-Identifier: EUPL-1.2
"""A process that has imported everything and forks a server on request.

Importing takes seconds and killing takes none; so that a test can afford hundreds of deaths,
each server is a fork. It is a real process with real files, and ``kill -9`` is a real one.

Reads a line for each server that is wanted, answers with its process id.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from buurtsignaal.bootstrap import build
from buurtsignaal.server import serve_until_told, set_up_logging
from buurtsignaal.settings import load


def serve() -> None:
    """Serve until told to stop."""
    if core := os.environ.get("RIG_CORE"):
        os.sched_setaffinity(0, {int(core)})
    house = build(load())
    set_up_logging(house.settings.log_level)
    asyncio.run(serve_until_told(house))
    house.store.close()


def main(log: str) -> None:
    """Fork a server for each line on standard input."""
    # The kernel buries the dead; nobody here waits for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(output, 1)
            os.dup2(output, 2)
            try:
                serve()
            finally:
                os._exit(0)
        print(child, flush=True)  # noqa: T201 - the protocol with the test


if __name__ == "__main__":
    main(sys.argv[1])
