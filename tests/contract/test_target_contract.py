# SPDX-License-Identifier: EUPL-1.2
"""What every kind of receiver promises, against a real partner of that kind.

A new module in ``routing/targets`` fails here until ``SAMPLES`` has a partner for it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from core import errors
from core.tenant import TargetConfig
from routing.registry import Tools, build_target, target_kinds
from routing.target import Receipt, Target
from tests.routing import samples
from tests.routing.certificates import make_certificate
from tests.routing.mailserver import PASSWORD, USER, mailserver
from tests.routing.receiver import receiver

KEY = "0123456789abcdef" * 4
OTHER_KEY = "fedcba9876543210" * 4
URL_TOKEN = "token-in-the-address"


@dataclass
class Partner:
    """The other side, and the receiver that talks to it."""

    target: Target
    #: The same receiver, but nobody listens there.
    unreachable: Target
    #: The same receiver, where something answers nonsense or hangs up.
    nonsense: Target
    #: What distinct things arrived, as one text each.
    arrived: Callable[[], list[str]]
    #: Makes the partner refuse for good, or for now.
    refuse: Callable[[], None]
    falter: Callable[[], None]
    #: What may be in no error and no repr.
    secrets: tuple[str, ...]


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def babbler() -> AsyncIterator[int]:
    """Run a server that answers anything with nonsense and hangs up; give its port."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xffwat?\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def email_partner(folder: Path) -> AsyncIterator[Partner]:
    certificate = make_certificate(folder)
    tools = Tools(secret=samples.secrets({"BUURTSIGNAAL_PW": PASSWORD}))

    def at(port: int) -> Target:
        options: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": port,
            "ca_file": str(certificate.chain),
            "username": USER,
            "password_env": "BUURTSIGNAAL_PW",
            "sender": "buurtsignaal@duinveld.example",
            "recipients": ["wijkteam@politie.example"],
            "timeout": 5,
        }
        return build_target(samples.config("email", **options), tools)

    async with mailserver(certificate.server()) as box, babbler() as odd:

        def arrived() -> list[str]:
            mails = box.mails.values()
            return [f"{m['Subject']}\n{m.get_content()}" for m in mails]

        def answer(reply: str) -> Callable[[], None]:
            return lambda: setattr(box, "data_reply", reply)

        yield Partner(
            target=at(box.port),
            unreachable=at(closed_port()),
            nonsense=at(odd),
            arrived=arrived,
            refuse=answer(f"554 no, {samples.WORDS} {PASSWORD}"),
            falter=answer(f"451 later, {samples.WORDS} {PASSWORD}"),
            secrets=(PASSWORD,),
        )


@asynccontextmanager
async def webhook_partner(folder: Path) -> AsyncIterator[Partner]:
    bearer = "Bearer sesam-open-u"
    known = {"BUURTSIGNAAL_WH": samples.WEBHOOK_SECRET, "BUURTSIGNAAL_AUTH": bearer}

    def at(url: str) -> Target:
        options: dict[str, Any] = {
            "url": f"{url}?{URL_TOKEN}",
            "secret_env": "BUURTSIGNAAL_WH",
            "authorization_env": "BUURTSIGNAAL_AUTH",
            "source": "urn:nld:oin:00000000000000000000:systeem:buurtsignaal",
            "timeout": 5,
        }
        return build_target(
            samples.config("webhook", **options), Tools(secret=samples.secrets(known))
        )

    async with receiver() as taker, babbler() as odd:

        def answer(status: int) -> Callable[[], None]:
            def tell() -> None:
                taker.status = status
                taker.body = f"{samples.WORDS} {bearer}".encode()

            return tell

        yield Partner(
            target=at(taker.url),
            unreachable=at(f"http://127.0.0.1:{closed_port()}/meldingen"),
            nonsense=at(f"http://127.0.0.1:{odd}/meldingen"),
            arrived=lambda: [str(event) for event in taker.events.values()],
            refuse=answer(422),
            falter=answer(503),
            secrets=(bearer, samples.WEBHOOK_SECRET, samples.WEBHOOK_SECRET[6:], URL_TOKEN),
        )


@asynccontextmanager
async def group_partner(folder: Path) -> AsyncIterator[Partner]:
    said: list[str] = []
    trouble: list[Exception] = []

    async def speak(source: str, chat: str, text: str, reply_to: str | None, key: str) -> str:
        if trouble:
            raise trouble[0]
        said.append(text)
        return str(len(said))

    def broken(error: Exception) -> Target:
        async def fail(source: str, chat: str, text: str, reply_to: str | None, key: str) -> str:
            raise error

        return build_target(team, Tools(secret=samples.secrets({}), speak=fail))

    team: TargetConfig = samples.config("group", source="telegram", chat="-100")
    yield Partner(
        target=build_target(team, Tools(secret=samples.secrets({}), speak=speak)),
        unreachable=broken(ConnectionError(f"bot12345:geheim {samples.WORDS}")),
        nonsense=broken(RuntimeError(f"bot12345:geheim {samples.WORDS}")),
        arrived=lambda: list(said),
        refuse=lambda: trouble.append(errors.TargetRefused("de bot is uit de groep")),
        falter=lambda: trouble.append(errors.TargetUnavailable("te druk")),
        secrets=("bot12345:geheim",),
    )


SAMPLES: dict[str, Callable[[Path], AbstractAsyncContextManager[Partner]]] = {
    "email": email_partner,
    "webhook": webhook_partner,
    "group": group_partner,
}


@pytest.fixture(params=target_kinds())
async def partner(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Partner]:
    kind = request.param
    assert kind in SAMPLES, f"add a partner for kind '{kind}' to SAMPLES in {__file__}"
    async with SAMPLES[kind](tmp_path) as made:
        yield made


REPORT = samples.report().masked()


async def test_a_report_arrives_and_a_receipt_comes_back(partner: Partner) -> None:
    receipt = await partner.target.deliver(REPORT, KEY)
    assert isinstance(receipt, Receipt)
    (arrived,) = partner.arrived()
    assert "Inbraak" in arrived
    assert REPORT.id in arrived


async def test_a_repeat_with_the_same_key_is_harmless(partner: Partner) -> None:
    for _ in range(3):
        await partner.target.deliver(REPORT, KEY)
    assert len(partner.arrived()) == 1


async def test_another_key_is_another_report(partner: Partner) -> None:
    await partner.target.deliver(REPORT, KEY)
    await partner.target.deliver(replace(REPORT, id="another"), OTHER_KEY)
    assert len(partner.arrived()) == 2


async def test_a_report_can_be_retracted(partner: Partner) -> None:
    await partner.target.deliver(REPORT, KEY)
    await partner.target.retract(REPORT.without_text(), OTHER_KEY)
    _, retraction = partner.arrived()
    assert REPORT.id in retraction
    assert "achterdeur" not in retraction


async def test_a_masked_report_names_nobody(partner: Partner) -> None:
    await partner.target.deliver(REPORT, KEY)
    (arrived,) = partner.arrived()
    assert "achterdeur" in arrived
    assert "Jan de Vries" not in arrived
    assert "06-12345678" not in arrived


@pytest.mark.parametrize(
    "text", ["", "\x00\x1b[31m\r\nBcc: x@y\r\n.\r\n", "\ud800 half", "é😀" * 9000]
)
async def test_any_text_of_a_citizen_arrives_in_one_piece(partner: Partner, text: str) -> None:
    odd = samples.report(text=text, full_text=None, group=text[:50])
    await partner.target.deliver(odd, KEY)
    assert len(partner.arrived()) == 1


async def test_nobody_there_means_try_again(partner: Partner) -> None:
    with pytest.raises(errors.TargetUnavailable):
        await partner.unreachable.deliver(REPORT, KEY)


async def test_nonsense_means_try_again(partner: Partner) -> None:
    with pytest.raises(errors.TargetUnavailable):
        await partner.nonsense.deliver(REPORT, KEY)


async def test_a_refusal_means_never_again(partner: Partner) -> None:
    partner.refuse()
    with pytest.raises(errors.TargetRefused):
        await partner.target.deliver(REPORT, KEY)
    assert partner.arrived() == []


async def test_trouble_on_the_other_side_means_try_again(partner: Partner) -> None:
    partner.falter()
    with pytest.raises(errors.TargetUnavailable):
        await partner.target.deliver(REPORT, KEY)


async def test_no_error_holds_a_secret_or_a_citizens_words(partner: Partner) -> None:
    told = [await _told(partner.unreachable), await _told(partner.nonsense)]
    partner.falter()
    told.append(await _told(partner.target))
    for text in told:
        for secret in (*partner.secrets, samples.WORDS, "Jan de Vries", "achterdeur"):
            assert secret not in text


async def test_a_refusal_holds_no_secret_either(partner: Partner) -> None:
    partner.refuse()
    told = await _told(partner.target)
    assert not [s for s in (*partner.secrets, "Jan de Vries", "achterdeur") if s in told]


async def test_a_receiver_shows_no_secret_of_itself(partner: Partner) -> None:
    assert not [secret for secret in partner.secrets if secret in repr(partner.target)]


#: Loggers of the other side, which runs in this very process.
THEIRS = ("mail.log", "aiohttp", "asyncio")


async def test_no_log_holds_a_secret_or_a_citizens_words(
    partner: Partner, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await partner.target.deliver(samples.report(), KEY)
        partner.falter()
        await _told(partner.target, OTHER_KEY)
        await _told(partner.unreachable)
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith(THEIRS)]
    told = "\n".join(ours)
    assert not [s for s in (*partner.secrets, "Jan de Vries", "achterdeur") if s in told]


async def _told(target: Target, key: str = KEY) -> str:
    """Return everything that a log could print of the failure, its causes included."""
    try:
        await target.deliver(samples.report(), key)
    except errors.DeliveryError as error:
        seen: list[str] = []
        cause: BaseException | None = error
        while cause is not None:
            seen += [repr(cause), *traceback.format_exception(cause)]
            cause = cause.__cause__ or cause.__context__
        return "\n".join(seen)
    pytest.fail("this should have failed")


def test_a_kind_that_does_not_exist_is_told_with_those_that_do() -> None:
    tools = Tools(secret=samples.secrets({}))
    with pytest.raises(errors.ConfigurationError, match="'fax' bestaat niet") as caught:
        build_target(samples.config("fax"), tools)
    for kind in target_kinds():
        assert kind in str(caught.value)
