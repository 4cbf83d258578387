# SPDX-License-Identifier: EUPL-1.2
"""A real mail server (aiosmtpd) with STARTTLS and a password, that delivers to a list."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER = "buurtsignaal"
PASSWORD = "hunter2-sesam"


@dataclass
class Mailbox:
    """Keeps a mail once per Message-ID, as mail systems do, and answers as it is told."""

    port: int = 0
    #: By Message-ID.
    mails: dict[str, EmailMessage] = field(default_factory=dict)
    #: What it was told in EHLO to DATA, with the addresses.
    senders: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    #: Replies instead of accepting.
    data_reply: str | None = None
    recipient_replies: dict[str, str] = field(default_factory=dict)

    # The names are aiosmtpd's.
    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.recipient_replies.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data_reply:
            return self.data_reply
        content = cast("bytes", envelope.content)
        mail = email.message_from_bytes(content, policy=default)
        self.mails.setdefault(str(mail["Message-ID"]), mail)
        self.senders.append(str(envelope.mail_from))
        self.recipients += [str(address) for address in envelope.rcpt_tos]
        self.encrypted.append(session.ssl is not None)
        return "250 2.0.0 OK queued as 4711"


def _check(server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.login == USER.encode()
    # "Not handled" makes the server itself say 535.
    return AuthResult(success=good and data.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def mailserver(context: ssl.SSLContext | None) -> AsyncIterator[Mailbox]:
    """Run a server; with a context it demands STARTTLS and a password."""
    box = Mailbox()

    def protocol() -> SMTP:
        if context is None:
            return SMTP(box, hostname="localhost")
        return SMTP(
            box,
            hostname="localhost",
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=_check,
        )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
