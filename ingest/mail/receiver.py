# SPDX-License-Identifier: EUPL-1.2
"""Takes mails from the municipality's own mail server (LMTP or SMTP); 250 means stored.

It stands behind that server, not on the internet: no encryption, no queue, one receiver a mail.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from core import errors
from core.clock import Clock
from core.message import Batch
from ingest.connector import Submit
from ingest.mail.circle import SOURCE
from ingest.mail.dns import NoAnswer
from ingest.mail.reading import Rules, Skipped, read

log = logging.getLogger(__name__)

_STORED = "250 2.0.0 stored"
#: Also for what we do not read: a refusal would make the mail server write to a forged address.
_NOT_READ = "250 2.0.0 accepted, not read"
_LATER = "451 4.3.0 not stored, try again later"
_UNKNOWN = "550 5.1.1 no such recipient here"
_ONE = "452 4.5.3 one recipient a mail, please"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reception:
    """Where mails are taken."""

    host: str
    port: int
    #: Our own addresses, small letters.
    recipients: frozenset[str]
    lmtp: bool = True


class Receiver:
    """One run of the server."""

    def __init__(
        self,
        *,
        tenant: str,
        reception: Reception,
        rules: Rules,
        submit: Submit,
        clock: Clock,
        tally: Counter[str],
    ) -> None:
        self._tenant = tenant
        self._reception = reception
        self._rules = rules
        self._submit = submit
        self._clock = clock
        self._tally = tally
        #: The port that is listened on, once it is.
        self.port = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until ``stop``; ``ConfigurationError`` when the address is taken."""
        loop = asyncio.get_running_loop()
        where = self._reception
        try:
            server = await loop.create_server(self._protocol, where.host, where.port)
        except OSError:
            raise errors.ConfigurationError(
                f"connector mail: cannot listen on {where.host}:{where.port}"
            ) from None
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            await stop.wait()

    def _protocol(self) -> SMTP:
        kind = LMTP if self._reception.lmtp else SMTP
        return kind(
            _Hooks(self),
            data_size_limit=self._rules.most_bytes,
            hostname="buurtsignaal",
            ident="ready",
            timeout=60,
            enable_SMTPUTF8=True,
        )

    def accepts(self, address: str) -> bool:
        """Whether a mail to ``address`` is for us."""
        return address.lower() in self._reception.recipients

    async def take(self, raw: bytes) -> str:
        """Return the answer to one mail; 250 only after the commit."""
        now = self._clock.now()
        try:
            item = await asyncio.to_thread(read, raw, self._rules, received=now, now=now)
        except NoAnswer:
            self._tally["dns"] += 1
            return _LATER
        if isinstance(item, Skipped):
            self._tally[item.value] += 1
            return _NOT_READ
        return await self._store(Batch(tenant=self._tenant, source=SOURCE, items=(item,)))

    async def _store(self, batch: Batch) -> str:
        try:
            await self._submit(batch)
        except Exception as error:  # noqa: BLE001 - nothing was stored, so it must come again
            # Only the kind of error: its words could quote what was being stored.
            log.warning("mail: a mail was not stored (%s)", type(error).__name__)
            return _LATER
        return _STORED


class _Hooks:
    """What aiosmtpd asks of us; the names are its own."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        """Take one receiver; LMTP asks for an answer each, and the library gives one in all."""
        if envelope.rcpt_tos:
            return _ONE
        if not self._receiver.accepts(address):
            return _UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Take one mail."""
        return await self._receiver.take(bytes(envelope.original_content or b""))

    async def handle_exception(self, error: Exception) -> str:
        """Say nothing of what went wrong: the words of an error could quote the mail."""
        log.warning("mail: a session failed (%s)", type(error).__name__)
        return _LATER
