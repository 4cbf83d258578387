# SPDX-License-Identifier: EUPL-1.2
"""Asks something slow without ever waiting long: on a thread of its own, with a breaker.

Nobody who waits for a judgement waits for another machine longer than is allowed here. An answer
that comes too late is kept by whoever asked, so that the next question has it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")

#: Failures in a row after which nothing is asked for a while.
FAILURES = 3
#: Seconds without a question after that.
PAUSE = 60.0
#: Questions that may wait for their turn; more are not asked.
WAITING = 32


class Unanswered(Exception):
    """There is no answer now: too slow, refused, or nothing is asked for a while."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """How long may be waited: ``most`` seconds at once, growing back by ``share`` a second."""

    most: float
    share: float


class Patience(Generic[_Answer]):
    """Runs one question at a time; safe to use from several threads."""

    def __init__(
        self, *, longest: float, allowance: Allowance | None, clock: Callable[[], float]
    ) -> None:
        """``longest`` is what one question may take, in seconds; no allowance bounds the sum."""
        self._longest = longest
        self._allowance = allowance
        self._clock = clock
        self._lock = threading.Lock()
        self._left = allowance.most if allowance else 0.0
        self._since = clock()
        self._failed = 0
        self._closed_until = float("-inf")
        self._turns: queue.Queue[tuple[Callable[[], _Answer], Future[_Answer]]] = queue.Queue(
            WAITING
        )
        self._worker: threading.Thread | None = None

    def ask(self, question: Callable[[], _Answer]) -> _Answer:
        """Return the answer; raise ``Unanswered`` when there is none in time."""
        if self._clock() < self._closed_until:
            raise Unanswered
        future: Future[_Answer] = Future()
        self._start()
        try:
            self._turns.put_nowait((question, future))
        except queue.Full:
            raise Unanswered from None
        return self._wait(future)

    def _wait(self, future: Future[_Answer]) -> _Answer:
        allowed = self._allowed()
        began = self._clock()
        try:
            answer = future.result(timeout=allowed)
        except TimeoutError:
            # Out of allowance says nothing of the other side; out of patience does.
            self._told(failed=allowed >= self._longest)
            raise Unanswered from None
        except Exception as error:
            self._told(failed=True)
            raise Unanswered from error
        finally:
            self._spend(self._clock() - began)
        self._told(failed=False)
        return answer

    def _allowed(self) -> float:
        if self._allowance is None:
            return self._longest
        with self._lock:
            now = self._clock()
            grown = self._left + (now - self._since) * self._allowance.share
            self._left, self._since = min(self._allowance.most, grown), now
            return max(0.0, min(self._longest, self._left))

    def _spend(self, seconds: float) -> None:
        with self._lock:
            self._left -= seconds

    def _told(self, *, failed: bool) -> None:
        with self._lock:
            self._failed = self._failed + 1 if failed else 0
            if self._failed >= FAILURES:
                self._closed_until = self._clock() + PAUSE
                # One more failure after the pause closes it again.
                self._failed = FAILURES - 1

    def _start(self) -> None:
        with self._lock:
            if self._worker is None:
                # A daemon: a lookup that hangs keeps no process from stopping.
                self._worker = threading.Thread(target=self._work, name="lookup", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        while True:
            question, future = self._turns.get()
            try:
                future.set_result(question())
            except Exception as error:  # noqa: BLE001 - told to whoever waits
                future.set_exception(error)
