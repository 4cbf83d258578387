# SPDX-License-Identifier: EUPL-1.2
"""Events go signed to the address in the tenant file, and nowhere else."""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import errors
from core.clock import FrozenClock
from routing.registry import Tools, build_target
from routing.target import Target
from tests.routing import samples
from tests.routing.certificates import make_certificate
from tests.routing.receiver import Receiver, receiver

KEY = "ab12" * 16
NEW_SECRET = "whsec_" + base64.b64encode(b"n" * 32).decode()


def target(taker: Receiver, *, clock: FrozenClock | None = None, **changed: Any) -> Target:
    options: dict[str, Any] = {
        "url": taker.url,
        "secret_env": "BUURTSIGNAAL_WH",
        "source": "urn:nld:oin:0:systeem:buurtsignaal",
        "timeout": 5,
    }
    secret = samples.secrets(
        {
            "BUURTSIGNAAL_WH": samples.WEBHOOK_SECRET,
            "BUURTSIGNAAL_NEW": NEW_SECRET,
            "BUURTSIGNAAL_AUTH": "Bearer sesam",
        }
    )
    tools = Tools(secret=secret, clock=clock) if clock else Tools(secret=secret)
    return build_target(samples.config("webhook", **(options | changed)), tools)


async def test_the_event_arrives_signed_with_the_key_as_its_id() -> None:
    async with receiver() as taker:
        receipt = await target(taker).deliver(samples.report().masked(), KEY)
    assert taker.events[KEY]["id"] == KEY
    assert taker.events[KEY]["data"]["text"] == samples.MASKED
    (headers,) = taker.requests
    assert headers["Content-Type"] == "application/cloudevents+json; charset=UTF-8"
    assert "Authorization" not in headers
    assert receipt.reference == "MOR-2026-17"


async def test_a_receiver_that_knows_the_id_already_is_content() -> None:
    async with receiver() as taker:
        taker.strict = True
        first = await target(taker).deliver(samples.report(), KEY)
        again = await target(taker).deliver(samples.report(), KEY)
    assert (first.repeated, again.repeated) == (False, True)


@pytest.mark.parametrize("secret", [samples.WEBHOOK_SECRET, NEW_SECRET])
async def test_while_a_secret_changes_both_signatures_hold(secret: str) -> None:
    async with receiver() as taker:
        taker.secret = secret
        sender = target(taker, secret_env=["BUURTSIGNAAL_WH", "BUURTSIGNAAL_NEW"])
        await sender.deliver(samples.report(), KEY)
    assert KEY in taker.events


async def test_each_attempt_is_signed_anew_at_its_own_time(clock: FrozenClock) -> None:
    async with receiver() as taker:
        taker.checks = False
        sender = target(taker, clock=clock)
        await sender.deliver(samples.report(), KEY)
        clock.advance(timedelta(minutes=10))
        await sender.deliver(samples.report(), KEY)
    first, second = taker.requests
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 600
    assert first["webhook-signature"] != second["webhook-signature"]
    assert first["webhook-id"] == second["webhook-id"] == KEY


async def test_a_receiver_with_another_secret_refuses() -> None:
    async with receiver() as taker:
        taker.secret = NEW_SECRET
        with pytest.raises(errors.TargetRefused, match="401"):
            await target(taker).deliver(samples.report(), KEY)
    assert not taker.events


async def test_an_authorization_header_goes_along_when_asked() -> None:
    async with receiver() as taker:
        sender = target(taker, authorization_env="BUURTSIGNAAL_AUTH")
        await sender.deliver(samples.report(), KEY)
    assert taker.requests[0]["Authorization"] == "Bearer sesam"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
async def test_a_refusal_is_never_tried_again(status: int) -> None:
    async with receiver() as taker:
        taker.status = status
        with pytest.raises(errors.TargetRefused, match=str(status)):
            await target(taker).deliver(samples.report(), KEY)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_trouble_is_tried_again(status: int) -> None:
    async with receiver() as taker:
        taker.status = status
        with pytest.raises(errors.TargetUnavailable, match=str(status)) as caught:
            await target(taker).deliver(samples.report(), KEY)
    assert caught.value.retry_after is None


async def test_a_conflict_means_that_it_is_there_already() -> None:
    async with receiver() as taker:
        taker.status = 409
        assert (await target(taker).deliver(samples.report(), KEY)).repeated


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        # In the past means now.
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("straks", None),
        ("-5", None),
        ("9" * 400, None),
    ],
)
async def test_the_receiver_says_how_long_to_wait(
    clock: FrozenClock, value: str, seconds: float | None
) -> None:
    async with receiver() as taker:
        taker.status, taker.headers = 503, {"Retry-After": value}
        # The clock stands still, so the signature is too old for a receiver that looks.
        taker.checks = False
        with pytest.raises(errors.TargetUnavailable) as caught:
            await target(taker, clock=clock).deliver(samples.report(), KEY)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with receiver() as elsewhere, receiver() as taker:
        taker.status, taker.headers = status, {"Location": elsewhere.url}
        with pytest.raises(errors.TargetRefused, match="verwijst door"):
            await target(taker).deliver(samples.report(), KEY)
    assert elsewhere.requests == []


async def test_it_goes_over_tls_to_a_server_that_proves_who_it_is(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    async with receiver(certificate.server()) as taker:
        await target(taker, ca_file=str(certificate.chain)).deliver(samples.report(), KEY)
        assert KEY in taker.events
        with pytest.raises(errors.TargetUnavailable):
            await target(taker).deliver(samples.report(), "cd34" * 16)
    assert len(taker.requests) == 1


@pytest.mark.parametrize(
    ("body", "reference"),
    [
        (b'{"id": 17}', "17"),
        (b'{"id": "a\\nb", "reference": "r"}', "r"),
        (b'{"id": "a\\nb"}', "a b"),
        (b'{"id": {"deep": 1}}', ""),
        (b"[1]", ""),
        (b"no json", ""),
        (b'{"id": "' + b"x" * 100_000 + b'"}', ""),
        (json.dumps({"id": "x" * 500}).encode(), "x" * 200),
    ],
)
async def test_the_receivers_own_reference_is_kept(body: bytes, reference: str) -> None:
    async with receiver() as taker:
        taker.body = body
        receipt = await target(taker).deliver(samples.report(), KEY)
    assert receipt.reference == reference


async def test_a_receiver_that_drips_is_left_in_time() -> None:
    left = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        # One header every so often: no single read ever times out.
        while not reader.at_eof():
            writer.write(b"x-slow: 1\r\n")
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1000), 0.05)
        writer.close()
        left.set()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        taker = Receiver(url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        with pytest.raises(errors.TargetUnavailable, match="TimeoutError"):
            await target(taker, timeout=1).deliver(samples.report(), KEY)
        await asyncio.wait_for(left.wait(), 5)
