# SPDX-License-Identifier: EUPL-1.2
"""The database of a lesson: letters can be written into it and never get out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.clock import FrozenClock
from store.database import Store
from store.outbox import OutboxRow
from store.practice import open_practice_store


@pytest.fixture
def lesson(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    store = open_practice_store(tmp_path, clock=clock)
    yield store
    store.close()


def letter(clock: FrozenClock) -> OutboxRow:
    now = clock.now()
    return OutboxRow(
        id="l1",
        tenant="veldhoven",
        kind="tip",
        target="group",
        payload={"tekst": "OEFENING"},
        idempotency_key="k" * 64,
        due_at=now,
        created_at=now,
    )


def test_a_letter_can_be_written_and_cancelled(lesson: Store, clock: FrozenClock) -> None:
    with lesson.write() as work:
        assert work.outbox.put([letter(clock)]) == 1
    with lesson.read() as work:
        assert work.outbox.get("l1").state == "pending"


def test_nobody_can_take_a_letter_out(lesson: Store, clock: FrozenClock) -> None:
    with lesson.write() as work:
        work.outbox.put([letter(clock)])
    with pytest.raises(sa.exc.DBAPIError, match="oefening"), lesson.write() as work:
        work.outbox.claim(clock.now(), timedelta(minutes=1), 10)
    with lesson.read() as work:
        assert work.outbox.get("l1").attempts == 0


def test_nobody_can_say_that_a_letter_was_sent(lesson: Store, clock: FrozenClock) -> None:
    with lesson.write() as work:
        work.outbox.put([letter(clock)])
    with pytest.raises(sa.exc.DBAPIError, match="oefening"), lesson.write() as work:
        work.outbox.sent("l1", clock.now())


def test_a_letter_cannot_be_written_as_sent(
    lesson: Store, clock: FrozenClock, tmp_path: Path
) -> None:
    with lesson.write() as work:
        work.outbox.put([letter(clock)])
    with closing(sqlite3.connect(tmp_path / "oefening.db")) as connection:
        connection.execute("CREATE TEMP TABLE copy AS SELECT * FROM outbox")
        connection.execute("UPDATE copy SET id = 'l2', idempotency_key = 'x', state = 'sent'")
        with pytest.raises(sqlite3.IntegrityError, match="oefening"):
            connection.execute("INSERT INTO outbox SELECT * FROM copy")


def test_what_one_lesson_sealed_no_other_opens(tmp_path: Path, clock: FrozenClock) -> None:
    stores = [open_practice_store(tmp_path / name, clock=clock) for name in ("een", "twee")]
    headers = {store._sealer.header for store in stores}
    for store in stores:
        store.close()
    assert len(headers) == 2
