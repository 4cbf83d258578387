# SPDX-License-Identifier: EUPL-1.2
"""Mails that the own mail server hands over; 250 means stored. Python's smtplib is the client."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from core import errors
from core.clock import FrozenClock
from core.message import Message
from ingest.connector import Connector, Submit
from ingest.connectors.mail import MailConnector, connect
from ingest.mail.dns import NoAnswer
from store.database import Store
from tests.contract import test_connector_contract as contract
from tests.ingest.house import Intake
from tests.ingest.knocking import Collected
from tests.samples.mail import GROUPS, MAILS, PEOPLE, letter, resolve, signed
from tests.samples.sample import Sample

OURS = "buurt@gemeente.example"
_T = TypeVar("_T")


def _made(clock: FrozenClock, asking: Any = resolve, **table: Any) -> MailConnector:
    receiver = {"port": 0, "recipients": [OURS]} | table
    return connect("delft", {"groups": GROUPS, "receiver": receiver}, resolve=asking, clock=clock)


async def _port(made: MailConnector) -> int:
    async with asyncio.timeout(5):
        while made.receiver is None or not made.receiver.port:
            await asyncio.sleep(0.01)
    return made.receiver.port


def _client(port: int, lmtp: bool) -> smtplib.SMTP:
    made: smtplib.SMTP
    made = smtplib.LMTP("127.0.0.1", port) if lmtp else smtplib.SMTP("127.0.0.1", port, timeout=10)
    made.ehlo_or_helo_if_needed()
    return made


class Mta:
    """The municipality's mail server."""

    def __init__(self, port: int, lmtp: bool) -> None:
        self._port = port
        self._lmtp = lmtp

    async def send(self, mail: bytes, to: str = OURS, sender: str = "x@y.nl") -> tuple[int, str]:
        """Hand over one mail and return the answer."""
        return await asyncio.to_thread(self._send, mail, to, sender)

    async def talk(self, conversation: Callable[[smtplib.SMTP], _T]) -> _T:
        """Say something else."""
        return await asyncio.to_thread(self._talk, conversation)

    def _talk(self, conversation: Callable[[smtplib.SMTP], _T]) -> _T:
        with _client(self._port, self._lmtp) as client:
            return conversation(client)

    def _send(self, mail: bytes, to: str, sender: str) -> tuple[int, str]:
        with _client(self._port, self._lmtp) as client:
            client.mail(sender)
            code, said = client.rcpt(to)
            if code == 250:
                code, said = client.data(mail)
            return code, said.decode()


@asynccontextmanager
async def taking(
    submit: Submit, clock: FrozenClock, asking: Any = resolve, *, lmtp: bool = True, **table: Any
) -> AsyncIterator[tuple[Mta, MailConnector]]:
    """Take mails while the block runs."""
    made = _made(clock, asking, protocol="lmtp" if lmtp else "smtp", **table)
    stop = asyncio.Event()
    run = asyncio.create_task(made.run(submit, stop))
    try:
        yield Mta(await _port(made), lmtp), made
    finally:
        stop.set()
        await asyncio.wait_for(run, 5)


@pytest.mark.parametrize("lmtp", [True, False], ids=["lmtp", "smtp"])
async def test_a_mail_is_read_and_answered_after_the_commit(clock: FrozenClock, lmtp: bool) -> None:
    commit, line = asyncio.Event(), Collected()

    async def slow(batch: Any) -> Any:
        await commit.wait()
        return await line.submit(batch)

    async with taking(slow, clock, lmtp=lmtp) as (mta, _):
        sending = asyncio.create_task(mta.send(signed(letter("Er ligt glas\n.punt\n..twee"))))
        await asyncio.sleep(0.2)
        assert not sending.done()
        commit.set()
        assert (await sending)[0] == 250
    [item] = line.items
    assert isinstance(item, Message)
    assert item.text == "Er ligt glas\n.punt\n..twee"
    assert line.batches[0].cursor is None


@pytest.mark.parametrize("failure", [ConnectionError("kanarie"), errors.Overloaded()])
async def test_what_was_not_stored_must_come_again(
    clock: FrozenClock, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    line = Collected(failure=failure)
    async with taking(line.submit, clock) as (mta, _):
        code, said = await mta.send(signed(letter("kanarie")))
        assert code == 451
        line.failure = None
        assert (await mta.send(signed(letter("kanarie"))))[0] == 250
    assert len(line.items) == 1
    assert "kanarie" not in caplog.text + said


async def test_a_dns_that_is_away_is_no_reason_to_lose_a_mail(clock: FrozenClock) -> None:
    def away(_name: str) -> bytes | None:
        raise NoAnswer("away")

    line = Collected()
    async with taking(line.submit, clock, away) as (mta, made):
        assert (await mta.send(signed(letter("glas"))))[0] == 451
    assert made.tally == {"dns": 1}


async def test_what_is_not_read_is_taken_and_counted(clock: FrozenClock) -> None:
    line = Collected()
    async with taking(line.submit, clock) as (mta, made):
        assert (await mta.send(letter("zonder handtekening")))[0] == 250
        assert (await mta.send(signed(letter(sender="x@elders.example"))))[0] == 250
        assert (await mta.send(signed(letter(Auto_Submitted="auto-replied"))))[0] == 250
        assert (await mta.send(b"\x00\xff"))[0] == 250
    assert not line.batches
    assert made.tally == {"not-authentic": 1, "not-listed": 1, "automatic": 1, "malformed": 1}


async def test_a_mail_for_somebody_else_or_for_two_is_refused(clock: FrozenClock) -> None:
    def two(client: smtplib.SMTP) -> list[int]:
        client.mail("x@y.nl")
        return [client.rcpt(each)[0] for each in (OURS.upper(), OURS)]

    line = Collected()
    async with taking(line.submit, clock) as (mta, _):
        assert (await mta.send(signed(letter()), to="iemand@gemeente.example"))[0] == 550
        assert await mta.talk(two) == [250, 452]
    assert not line.batches


async def test_a_mail_that_is_too_large_is_refused(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Collected()
    async with taking(line.submit, clock) as (mta, made):
        assert made.receiver is not None
        big = b"x" * 900 + b"\r\n"
        assert (await mta.send(letter(big * 12_000)))[0] == 552
    assert not line.batches


async def test_a_taken_address_is_named(clock: FrozenClock) -> None:
    line = Collected()
    async with taking(line.submit, clock) as (_, made):
        assert made.receiver is not None
        other = _made(clock, port=made.receiver.port)
        with pytest.raises(errors.ConfigurationError, match="cannot listen"):
            await other.run(line.submit, asyncio.Event())


# The contract of connectors, for this way in too


class _Fed(MailConnector):
    """The connector with a mail server that hands over until it hears 250."""

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        feeding = asyncio.create_task(self._feed())
        await super().run(submit, stop, cursor=cursor)
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)

    async def _feed(self) -> None:
        mta = Mta(await _port(self), lmtp=True)
        for mail in MAILS:
            while (await mta.send(mail))[0] != 250:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    made = _made(clock)
    made.__class__ = _Fed
    yield made


SAMPLE = Sample(messages=3, people=PEOPLE, open=_open)


async def test_the_whole_sample_is_read(intake: Intake) -> None:
    await contract.test_the_whole_sample_is_read("mail", SAMPLE, intake)


async def test_a_second_reading_adds_nothing(intake: Intake) -> None:
    await contract.test_dedup_keys_are_distinct_and_a_second_reading_adds_nothing(SAMPLE, intake)


async def test_nobody_can_be_recognised_behind_the_gate(intake: Intake, tmp_path: Path) -> None:
    await contract.test_nobody_can_be_recognised_behind_the_gate(SAMPLE, intake, tmp_path)


@pytest.mark.parametrize("after_commit", [False, True])
async def test_a_cut_loses_nothing_and_doubles_nothing(
    intake: Intake, sqlite_store: Store, clock: FrozenClock, after_commit: bool
) -> None:
    await contract.test_a_cut_loses_nothing_and_doubles_nothing(
        SAMPLE, intake, sqlite_store, clock, after_commit
    )


async def test_a_stop_ends_the_run_soon(intake: Intake) -> None:
    await contract.test_a_stop_ends_the_run_soon(SAMPLE, intake)
