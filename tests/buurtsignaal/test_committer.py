# SPDX-License-Identifier: EUPL-1.2
"""Group commit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from buurtsignaal.committer import Committer
from core import errors
from core.message import Batch, Message, Removed
from core.outcome import Outcome

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def batch(name: str, items: int = 1) -> Batch:
    item = Message(source="s", chat="c", external_id="1", sender="a", sent_at=NEW_YEAR, text="hoi")
    return Batch(tenant="demo", source="s", stream=name, items=(item,) * items)


def removal(name: str) -> Batch:
    item = Removed(source="s", chat="c", external_id="1", at=NEW_YEAR)
    return Batch(tenant="demo", source="s", stream=name, items=(item,))


class Line:
    """Notes which batches shared a transaction; holds the first until it is released."""

    def __init__(self, *, bad: str | None = None) -> None:
        self.groups: list[list[str]] = []
        self.release = threading.Event()
        self._bad = bad

    def __call__(self, batches: Sequence[Batch]) -> list[Outcome]:
        self.groups.append([b.stream for b in batches])
        if len(self.groups) == 1:
            self.release.wait(5)
        if any(b.stream == self._bad for b in batches):
            raise errors.BadInput
        return [Outcome(read=len(b.items)) for b in batches]


async def test_what_waits_during_a_commit_shares_the_next_one() -> None:
    line = Line()
    committer = Committer(line)
    first = asyncio.create_task(committer.submit(batch("1")))
    await asyncio.sleep(0.05)
    others = [asyncio.create_task(committer.submit(batch(n))) for n in "234"]
    await asyncio.sleep(0.05)
    line.release.set()

    await asyncio.gather(first, *others)
    await committer.close()

    assert line.groups == [["1"], ["2", "3", "4"]]


async def test_what_a_command_speaks_of_is_stored_before_it() -> None:
    line = Line()
    committer = Committer(line)
    first = asyncio.create_task(committer.submit(batch("1")))
    await asyncio.sleep(0.05)
    others = [
        asyncio.create_task(committer.submit(b)) for b in (batch("2"), removal("3"), batch("4"))
    ]
    await asyncio.sleep(0.05)
    line.release.set()

    await asyncio.gather(first, *others)
    await committer.close()

    assert line.groups == [["1"], ["2"], ["3", "4"]]


async def test_a_group_is_never_larger_than_agreed() -> None:
    line = Line()
    line.release.set()
    committer = Committer(line, group=5)

    await asyncio.gather(*(committer.submit(batch(n, items=2)) for n in "12345"))
    await committer.close()

    assert max(len(group) for group in line.groups) == 2


async def test_one_bad_batch_does_not_fail_its_neighbours() -> None:
    line = Line(bad="bad")
    line.release.set()
    committer = Committer(line)

    results = await asyncio.gather(
        *(committer.submit(batch(n)) for n in ("a", "bad", "b")), return_exceptions=True
    )
    await committer.close()

    assert isinstance(results[1], errors.BadInput)
    assert [results[0], results[2]] == [Outcome(read=1), Outcome(read=1)]


async def test_too_much_waiting_is_refused_instead_of_kept_in_memory() -> None:
    line = Line()
    committer = Committer(line, waiting=3)
    running = asyncio.create_task(committer.submit(batch("1", items=2)))
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(committer.submit(batch("2", items=2)))
    await asyncio.sleep(0.05)

    with pytest.raises(errors.Overloaded):
        await committer.submit(batch("3", items=2))

    line.release.set()
    await asyncio.gather(running, waiting)
    await committer.close()


async def test_a_sender_that_hangs_up_does_not_stop_the_line() -> None:
    line = Line()
    committer = Committer(line)
    gone = asyncio.create_task(committer.submit(batch("1")))
    await asyncio.sleep(0.05)
    gone.cancel()
    line.release.set()

    assert await committer.submit(batch("2")) == Outcome(read=1)
    await committer.close()
