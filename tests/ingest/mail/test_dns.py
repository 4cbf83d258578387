# SPDX-License-Identifier: EUPL-1.2
"""Keys are asked of a real DNS server, on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from ingest.mail.dns import NoAnswer, Resolve, resolver
from tests.samples.mail import resolve as known

NAME = "s1._domainkey.wijk.example."
_RECORD = (known(NAME) or b"").decode()


class _Server(asyncio.DatagramProtocol):
    """Knows one key, in two strings, beside another record; "stil" is never answered."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        asked = dns.message.from_wire(data)
        name = asked.question[0].name.to_text()
        if "stil" in name:
            return
        answer = dns.message.make_response(asked)
        if name == NAME:
            texts = ['"iets anders"', f'"{_RECORD[:200]}" "{_RECORD[200:]}"']
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *texts))
        elif "stuk" in name:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif "leeg" not in name:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)  # type: ignore[arg-type]


@pytest.fixture
async def resolve() -> AsyncIterator[Resolve]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(_Server, local_addr=("127.0.0.1", 0))
    ask = dns.resolver.Resolver(configure=False)
    ask.nameservers, ask.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    yield resolver(timeout=0.3, ask=ask)
    transport.close()


@pytest.mark.parametrize(
    ("name", "record"),
    [(NAME, _RECORD.encode()), ("weg.example.", None), ("leeg.example.", None)],
)
async def test_a_key_is_found_or_certainly_not_there(
    resolve: Resolve, name: str, record: bytes | None
) -> None:
    assert await asyncio.to_thread(resolve, name) == record


@pytest.mark.parametrize("name", ["stil.example.", "stuk.example."])
async def test_no_answer_is_not_a_no(resolve: Resolve, name: str) -> None:
    with pytest.raises(NoAnswer):
        await asyncio.to_thread(resolve, name)
