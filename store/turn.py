# SPDX-License-Identifier: EUPL-1.2
"""A queue for one writer at a time: first come, first served."""

from __future__ import annotations

import threading
from collections import deque


class Turn:
    """A lock that is fair, and that complains when its holder asks for it again.

    With a plain lock a busy connector that writes again and again can keep a withdrawal of
    consent waiting; here it is served next.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False
        self._holder: int | None = None

    def __enter__(self) -> None:
        me = threading.get_ident()
        if self._holder == me:
            raise RuntimeError("a writing transaction inside another one would wait for ever")
        with self._guard:
            ticket = threading.Lock() if self._taken else None
            self._taken = True
            if ticket:
                ticket.acquire()
                self._waiting.append(ticket)
        if ticket:
            self._wait(ticket)
        self._holder = me

    def __exit__(self, *exc: object) -> None:
        self._holder = None
        self._pass_on()

    def _wait(self, ticket: threading.Lock) -> None:
        try:
            ticket.acquire()
        except BaseException:
            # Ctrl-C while waiting: leave the queue, or hand on what was just handed to us.
            with self._guard:
                left = ticket in self._waiting
                if left:
                    self._waiting.remove(ticket)
            if not left:
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
