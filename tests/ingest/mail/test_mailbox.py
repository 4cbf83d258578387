# SPDX-License-Identifier: EUPL-1.2
"""A mailbox read by IMAP: from where it was left, without a trace, through breaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core import errors
from core.clock import FrozenClock
from core.message import Batch
from core.outcome import Outcome
from ingest.connectors.mail import MailConnector, connect
from ingest.mail.dns import NoAnswer
from tests.ingest.house import House, Intake
from tests.partners.imap_server import PASSWORD, ImapServer, imap_server
from tests.samples.mail import ANNA, BEA, CAS, MAILS, letter, resolve, signed
from tests.samples.mail_sample import options


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with imap_server() as made:
        yield made


@asynccontextmanager
async def running(
    server: ImapServer,
    intake: Intake,
    clock: FrozenClock,
    *,
    asking: Callable[[str], bytes | None] = resolve,
    **changed: Any,
) -> AsyncIterator[MailConnector]:
    """Run the connector from its committed cursor while the block runs."""
    given = options(server.port, **changed)
    made = connect("delft", given, resolve=asking, clock=clock, most=2)
    stop = asyncio.Event()
    run = asyncio.create_task(made.run(intake.submit, stop, cursor=intake.cursor(made)))
    try:
        yield made
    finally:
        stop.set()
        await asyncio.wait_for(run, 5)


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


async def _read(server: ImapServer, intake: Intake, clock: FrozenClock, count: int) -> None:
    async with running(server, intake, clock):
        await until(lambda: len(intake.stored) >= count)
        last = f"{server.validity}:{server.mails[-1].uid}"
        await until(lambda: bool(intake.batches) and intake.batches[-1].cursor == last)


async def test_only_mails_of_people_on_the_list_are_fetched(
    server: ImapServer, intake: Intake, clock: FrozenClock
) -> None:
    server.add(*MAILS)
    await _read(server, intake, clock, 3)
    assert [each.text for each in intake.stored] == [
        "Er ligt glas op de stoep bij nummer 12",
        "Bij het café\n\nEr wordt gevochten",
        "Het is er nog",
    ]
    assert server.fetched == [1, 2, 4, 5, 7]


async def test_nothing_in_the_mailbox_changes(
    server: ImapServer, intake: Intake, clock: FrozenClock
) -> None:
    server.add(*MAILS)
    await _read(server, intake, clock, 3)
    assert not server.wrong
    assert set(server.commands) <= {
        *("CAPABILITY", "LOGIN", "EXAMINE", "NOOP", "UID SEARCH", "UID FETCH", "LOGOUT"),
    }


async def test_a_later_run_goes_on_after_the_cursor(
    server: ImapServer, intake: Intake, clock: FrozenClock
) -> None:
    server.add(*MAILS)
    await _read(server, intake, clock, 3)
    server.fetched.clear()
    server.add(signed(letter("Nu ook aan de overkant", id="m8")))
    await _read(server, intake, clock, 4)
    assert server.fetched == [8]


async def test_an_empty_mailbox_and_one_without_news_are_waited_on(
    server: ImapServer, intake: Intake, clock: FrozenClock
) -> None:
    async with running(server, intake, clock):
        await until(lambda: server.commands.count("UID SEARCH") > 2)
        assert not intake.batches
        server.add(signed(letter("Glas", id="m1")))
        await until(lambda: len(intake.stored) == 1)
        searches = server.commands.count("UID SEARCH")
        # "2:*" holds mail 1 too; it is not read again.
        await until(lambda: server.commands.count("UID SEARCH") > searches + 2)
    assert server.fetched == [1]


async def test_a_mailbox_that_is_numbered_anew_is_read_again_and_nothing_doubles(
    server: ImapServer, intake: Intake, clock: FrozenClock
) -> None:
    server.add(*MAILS)
    await _read(server, intake, clock, 3)
    server.validity, server.mails = 18, []
    server.add(signed(letter("Nieuw", id="m8")), *reversed(MAILS))
    await _read(server, intake, clock, 4)
    assert [each.text for each in intake.stored][3:] == ["Nieuw"]


async def test_the_same_mail_twice_is_read_once(
    server: ImapServer, intake: Intake, clock: FrozenClock
) -> None:
    mail = signed(letter("Glas", id="m1"))
    server.add(mail, b"Received: langs een andere weg\r\n" + mail, mail)
    await _read(server, intake, clock, 1)
    assert len(intake.stored) == 1


async def test_a_connection_that_breaks_is_made_again(
    server: ImapServer, intake: Intake, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    server.add(*MAILS)
    server.cuts = 3
    async with running(server, intake, clock) as made:
        await until(lambda: len(intake.stored) == 3)
        server.hang_up()
        server.add(signed(letter("Daarna", id="m8")))
        await until(lambda: len(intake.stored) == 4)
    assert made.tally["failures"] >= 4
    assert not [each for each in (ANNA, BEA, CAS, PASSWORD, "glas") if each in caplog.text]


async def test_a_server_that_says_nothing_does_not_hold_up_a_stop(
    server: ImapServer, intake: Intake, clock: FrozenClock
) -> None:
    server.silent = True
    async with running(server, intake, clock):
        await until(lambda: bool(server.commands))


async def test_a_wrong_password_is_tried_again_later_and_never_told(
    server: ImapServer, intake: Intake, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with running(server, intake, clock, password="kanarie") as made:
        await until(lambda: made.tally["failures"] > 1)
    assert "LoginError" in caplog.text
    assert "kanarie" not in caplog.text


async def test_a_dns_that_is_away_loses_nothing(
    server: ImapServer, intake: Intake, clock: FrozenClock
) -> None:
    failing = [NoAnswer("away")] * 3

    def asking(name: str) -> bytes | None:
        if failing:
            raise failing.pop()
        return resolve(name)

    server.add(*MAILS)
    async with running(server, intake, clock, asking=asking) as made:
        await until(lambda: len(intake.stored) == 3)
    assert made.tally["failures"] == 3
    assert made.tally["not-authentic"] == 1


async def test_a_domain_whose_dns_stays_away_does_not_hold_up_the_others(
    server: ImapServer, intake: Intake, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.mail.intake._ASKED", 3)

    def asking(name: str) -> bytes | None:
        if "mail.example" in name:
            raise NoAnswer("away")
        return resolve(name)

    server.add(*MAILS)
    async with running(server, intake, clock, asking=asking) as made:
        await until(lambda: len(intake.stored) == 2)
    assert made.tally["not-authentic"] == 2


async def test_a_store_that_is_full_is_waited_for_and_one_that_fails_ends_the_run(
    server: ImapServer, clock: FrozenClock
) -> None:
    server.add(*MAILS)
    failures: list[Exception] = [errors.Overloaded(), ConnectionError("de opslag is weg")]
    taken: list[Batch] = []

    async def submit(batch: Batch) -> Outcome:
        taken.append(batch)
        raise failures.pop(0)

    made = connect("delft", options(server.port), resolve=resolve, clock=clock)
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(made.run(submit, asyncio.Event()), 10)
    assert [batch.cursor for batch in taken] == ["17:7", "17:7"]


async def test_consent_comes_from_who_decides_for_the_group(
    server: ImapServer, house: House, clock: FrozenClock
) -> None:
    intake = Intake(house=house, consenting=False)
    at = "Sat, 21 Nov 2026 12:{:02}:00 +0100".format

    def mail(number: int, text: str, sender: str = ANNA) -> bytes:
        return signed(letter(text, sender=sender, id=f"m{number}", date=at(number)))

    server.add(mail(1, "te vroeg"), mail(2, "ja", CAS), mail(3, "nog steeds te vroeg", CAS))
    server.add(mail(4, "JA"), mail(5, "gelezen", CAS), mail(6, "van Bea", BEA))
    server.add(mail(7, "stop", CAS), mail(8, "wil niet", CAS), mail(9, "ook gelezen", BEA))
    # A no takes back what came with it in one batch, which is two mails here.
    server.add(mail(10, "en dit", BEA), mail(11, "STOP"), mail(12, "te laat", BEA))
    await _read(server, intake, clock, 4)
    read = [each.text for each in intake.stored]
    assert read == ["gelezen", "van Bea", "ook gelezen", "en dit"]


async def test_an_odd_cursor_is_named(clock: FrozenClock, intake: Intake) -> None:
    made = connect("delft", options(1), resolve=resolve, clock=clock)
    with pytest.raises(errors.ConfigurationError, match="UIDVALIDITY"):
        await made.run(intake.submit, asyncio.Event(), cursor="12")


_BOX = options(143)["imap"]


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"groups": {}}, "groups"),
        ({"groups": {"Vogel Buurt": {"senders": [ANNA]}}}, "small letters"),
        ({"groups": {"a": {"senders": ["kanarie"]}}}, "address"),
        ({"groups": {"a": {"senders": ANNA}}}, "lists"),
        ({"groups": {"a": {"governors": ["@wijk.example"]}}}, "one person"),
        ({"groups": {"a": {"senders": [ANNA]}, "b": {"senders": [ANNA]}}}, "one group"),
        ({"imap": {**_BOX, "host": "mail.example"}}, "this machine"),
        ({"imap": {**_BOX, "password": ""}}, "password"),
        ({"imap": {**_BOX, "port": 0}}, "port"),
        ({"imap": {**_BOX, "kanaries": 1}}, "there are"),
        ({"imap": {**_BOX, "security": "kanarie"}}, "tls, starttls, none"),
        ({"receiver": {"recipients": ["a@b.nl"]}}, "either"),
        ({"origin": "kanarie"}, "origin"),
    ],
)
def test_an_odd_option_is_explained(table: dict[str, Any], word: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=word) as caught:
        connect("delft", options(143) | table)
    assert PASSWORD not in str(caught.value)
