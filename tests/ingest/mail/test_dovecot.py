# SPDX-License-Identifier: EUPL-1.2
"""The mailbox of a real server: the small one of the other tests is not the only witness."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.clock import FrozenClock
from ingest.connectors.mail import connect
from tests.ingest.house import Intake
from tests.ingest.mail.test_mailbox import until
from tests.partners.dovecot import PASSWORD, USER, Dovecot, dovecot, missing
from tests.samples.mail import MAILS, letter, resolve, signed
from tests.samples.mail_sample import options

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "dovecot is here")


@pytest.fixture
async def server() -> AsyncIterator[Dovecot]:
    async with dovecot() as made:
        yield made


async def _read(server: Dovecot, intake: Intake, clock: FrozenClock, count: int) -> None:
    given = options(server.port, username=USER, password=PASSWORD, poll_seconds=0.05)
    made = connect("delft", given, resolve=resolve, clock=clock, most=2)
    stop = asyncio.Event()
    run = asyncio.create_task(made.run(intake.submit, stop, cursor=intake.cursor(made)))
    await until(lambda: len(intake.stored) >= count)
    stop.set()
    await asyncio.wait_for(run, 10)
    assert not made.tally["failures"]


async def test_mails_are_read_once_and_the_mailbox_stays_as_it_was(
    server: Dovecot, intake: Intake, clock: FrozenClock
) -> None:
    server.add(*MAILS)
    await _read(server, intake, clock, 3)
    server.add(signed(letter("Nu ook aan de overkant", id="m8")), MAILS[1])
    await _read(server, intake, clock, 4)
    assert [each.text for each in intake.stored] == [
        "Er ligt glas op de stoep bij nummer 12",
        "Bij het café\n\nEr wordt gevochten",
        "Het is er nog",
        "Nu ook aan de overkant",
    ]
    # No mail was seen, answered or deleted.
    assert set(server.names()) <= {"new", "cur"}
    assert len(server.names()) == 9


async def test_numbers_that_start_anew_double_nothing(
    server: Dovecot, intake: Intake, clock: FrozenClock
) -> None:
    server.add(*MAILS)
    await _read(server, intake, clock, 3)
    before = {batch.cursor.partition(":")[0] for batch in intake.batches if batch.cursor}
    # UIDVALIDITY is the second in which the index was made.
    await asyncio.sleep(1.1)
    server.forget_numbers()
    server.add(signed(letter("Nieuw", id="m8")))
    await _read(server, intake, clock, 4)
    assert [each.text for each in intake.stored][3:] == ["Nieuw"]
    after = {batch.cursor.partition(":")[0] for batch in intake.batches if batch.cursor}
    assert len(before) == 1
    assert len(after) == 2


async def test_a_mail_that_comes_while_it_runs_is_read(
    server: Dovecot, intake: Intake, clock: FrozenClock
) -> None:
    reading = asyncio.create_task(_read(server, intake, clock, 1))
    await asyncio.sleep(0.5)
    server.add(signed(letter("Net binnen", id="m1")))
    await reading
    assert [each.text for each in intake.stored] == ["Net binnen"]
