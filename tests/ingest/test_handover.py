# SPDX-License-Identifier: EUPL-1.2
"""Handing a file over in batches: the cursor, the stop, and a cut in the middle."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator

import pytest

from core import errors
from core.message import Batch, Message
from core.outcome import Outcome
from ingest.connector import Submit
from ingest.handover import BATCH, hand_over
from tests.ingest.house import message


class Chat:
    """Messages that can be counted and closed."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.closed = False

    def messages(self) -> Generator[Message, None, None]:
        try:
            for number in range(self.size):
                yield message(external_id=str(number))
        finally:
            self.closed = True


async def hand(
    chat: Chat, submit: Submit, stop: asyncio.Event | None = None, cursor: str | None = None
) -> None:
    await hand_over(
        chat.messages(),
        tenant="delft",
        source="jsonl",
        stream="s",
        submit=submit,
        stop=stop or asyncio.Event(),
        cursor=cursor,
    )


class Heard:
    """Remembers batches; can refuse one."""

    def __init__(self, refuse: int | None = None) -> None:
        self.batches: list[Batch] = []
        self._refuse = refuse

    async def submit(self, batch: Batch) -> Outcome:
        if len(self.batches) == self._refuse:
            raise ConnectionError("de opslag is weg")
        self.batches.append(batch)
        return Outcome()

    @property
    def ids(self) -> list[str]:
        return [item.external_id for batch in self.batches for item in batch.items]


@pytest.mark.parametrize("size", [0, 1, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH])
async def test_everything_is_handed_over_once_in_order(size: int) -> None:
    heard, chat = Heard(), Chat(size)
    await hand(chat, heard.submit)
    assert heard.ids == [str(n) for n in range(size)]
    assert all(1 <= len(batch.items) <= BATCH for batch in heard.batches)
    assert chat.closed


async def test_the_cursor_counts_and_ends_at_the_start() -> None:
    heard = Heard()
    await hand(Chat(2 * BATCH + 1), heard.submit)
    assert [batch.cursor for batch in heard.batches] == [str(BATCH), str(2 * BATCH), "0"]
    assert {(batch.tenant, batch.source, batch.stream) for batch in heard.batches} == {
        ("delft", "jsonl", "s")
    }


async def test_after_a_cut_the_next_run_goes_on_where_the_last_commit_was() -> None:
    first, chat = Heard(refuse=1), Chat(2 * BATCH + 1)
    with pytest.raises(ConnectionError):
        await hand(chat, first.submit)
    assert chat.closed
    second = Heard()
    await hand(Chat(2 * BATCH + 1), second.submit, cursor=first.batches[-1].cursor)
    assert first.ids + second.ids == [str(n) for n in range(2 * BATCH + 1)]


async def test_a_stop_ends_it_between_two_batches() -> None:
    stop = asyncio.Event()
    heard, chat = Heard(), Chat(3 * BATCH)

    async def submit(batch: Batch) -> Outcome:
        stop.set()
        return await heard.submit(batch)

    await hand(chat, submit, stop)
    assert len(heard.batches) == 1
    assert chat.closed


async def test_a_cancelled_run_waits_for_its_reader_and_closes_the_file() -> None:
    started, go_on = threading.Event(), threading.Event()
    chat = Chat(1)

    def slow() -> Generator[Message, None, None]:
        started.set()
        go_on.wait(10)
        yield from chat.messages()

    run = asyncio.create_task(
        hand_over(
            slow(),
            tenant="t",
            source="s",
            stream="",
            submit=Heard().submit,
            stop=asyncio.Event(),
            cursor=None,
        )
    )
    await asyncio.to_thread(started.wait, 10)
    run.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert chat.closed


@pytest.mark.parametrize("cursor", ["abc", "-1", "1.5", "²"])
async def test_a_cursor_of_another_kind_is_refused(cursor: str) -> None:
    with pytest.raises(errors.BadInput, match="cursor"):
        await hand(Chat(1), Heard().submit, cursor=cursor)
