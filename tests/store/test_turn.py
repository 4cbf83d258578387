# SPDX-License-Identifier: EUPL-1.2
"""The writers' queue: nobody is passed over."""

from __future__ import annotations

import ctypes
import threading
import time

import pytest

from store.turn import Turn


class Interrupted(BaseException):
    """What Ctrl-C does to a thread."""


def wait_until_queued(turn: Turn, many: int) -> None:
    deadline = time.monotonic() + 10
    while len(turn._waiting) < many:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_turns_come_in_the_order_of_asking() -> None:
    turn = Turn()
    served: list[int] = []

    def ask(n: int) -> None:
        with turn:
            served.append(n)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    with turn:
        for n, thread in enumerate(threads, start=1):
            thread.start()
            wait_until_queued(turn, n)
    for thread in threads:
        thread.join(10)
    assert served == list(range(8))


def test_a_busy_writer_does_not_keep_another_one_waiting() -> None:
    turn = Turn()
    rounds_before_guest: list[int] = []
    rounds = 0
    stop = threading.Event()

    def guest() -> None:
        with turn:
            rounds_before_guest.append(rounds)
            stop.set()

    with turn:
        thread = threading.Thread(target=guest)
        thread.start()
        wait_until_queued(turn, 1)
    while not stop.is_set() and rounds < 1000:
        with turn:
            rounds += 1
    thread.join(10)
    assert rounds_before_guest == [0]


def test_whoever_is_interrupted_in_the_queue_blocks_nobody() -> None:
    turn = Turn()
    outcome: list[str] = []

    def ask() -> None:
        try:
            with turn:
                outcome.append("served")
        except Interrupted:
            outcome.append("interrupted")

    thread = threading.Thread(target=ask)
    with turn:
        thread.start()
        wait_until_queued(turn, 1)
        assert thread.ident is not None
        exception = ctypes.py_object(Interrupted)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), exception)
    thread.join(10)
    assert outcome in (["interrupted"], ["served", "interrupted"])
    with turn:
        assert not turn._waiting


def test_an_error_in_a_turn_ends_the_turn() -> None:
    turn = Turn()
    with pytest.raises(ZeroDivisionError), turn:
        raise ZeroDivisionError
    with turn:
        pass


def test_asking_again_during_ones_own_turn_is_an_error() -> None:
    turn = Turn()
    with turn, pytest.raises(RuntimeError), turn:
        pass
