# SPDX-License-Identifier: EUPL-1.2
"""A letter by e-mail, over an encrypted connection only."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

import aiosmtplib

from core import errors
from core.clock import Clock, SystemClock
from core.tenant import TargetConfig
from routing.formats import letter
from routing.formats.plain import one_line, token
from routing.options import Options, is_loopback
from routing.registry import Tools
from routing.report import Report
from routing.target import Receipt, Saying

#: Plain addresses only: no names, no quotes, nothing that could start another header.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailTarget:
    """One mailbox, or a few that get the same letter."""

    name: str
    full_text: bool
    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    #: False only for a mail server on this very machine.
    encrypted: bool
    trust: ssl.SSLContext = field(repr=False)
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    #: Seconds for the whole conversation.
    timeout: float = 20.0
    clock: Clock = field(default_factory=SystemClock, repr=False)

    async def deliver(self, report: Report, idempotency_key: str) -> Receipt:
        """Send the letter; the same key gives the same Message-ID, so a repeat is one mail."""
        message = self._message(report, idempotency_key, letter.subject(report))
        message.set_content(letter.letter(report), charset="utf-8", cte="quoted-printable")
        return await self.send(message)

    async def retract(self, report: Report, idempotency_key: str) -> Receipt:
        """Send the letter that takes it back, in the same thread."""
        message = self._message(report, idempotency_key, letter.retraction_subject(report))
        message.set_content(letter.retraction(report), charset="utf-8", cte="quoted-printable")
        return await self.send(message)

    async def say(self, saying: Saying, idempotency_key: str) -> Receipt:
        """Mail ``saying.text`` to the address ``saying.chat`` alone; its first line is the subject.

        For personal links: nobody else of this receiver gets a copy.
        """
        if not _ADDRESS.fullmatch(saying.chat):
            raise errors.TargetRefused("dit is geen e-mailadres")
        subject, _, body = saying.text.partition("\n")
        message = EmailMessage(policy=SMTP_POLICY)
        message["Message-ID"] = f"<{token(idempotency_key)}@{self.sender.rpartition('@')[2]}>"
        message["Date"] = format_datetime(self.clock.now())
        message["From"] = self.sender
        message["To"] = saying.chat
        message["Subject"] = one_line(subject)
        message["Content-Language"] = "nl"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body.strip() + "\n", charset="utf-8", cte="quoted-printable")
        return await replace(self, recipients=(saying.chat,)).send(message)

    def _message(self, report: Report, key: str, subject: str) -> EmailMessage:
        domain = self.sender.rpartition("@")[2]
        message = EmailMessage(policy=SMTP_POLICY)
        message["Message-ID"] = f"<{token(key)}@{domain}>"
        # An id that no mail has, but that report and retraction share: one thread.
        message["References"] = f"<{token(report.id)}.melding@{domain}>"
        message["Date"] = format_datetime(report.decided_at)
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message["Subject"] = subject
        message["Content-Language"] = "nl"
        message["Auto-Submitted"] = "auto-generated"
        return message

    async def send(self, message: EmailMessage) -> Receipt:
        """Hand one mail to the server; raise ``DeliveryError`` without its words."""
        try:
            async with asyncio.timeout(self.timeout):
                return await self._converse(message.as_bytes())
        except Exception as error:  # noqa: BLE001 - whatever it is, the letter did not arrive
            failure = _failure(error)
        # Raised out here, so that no library's message travels along as its context.
        raise failure

    async def _converse(self, content: bytes) -> Receipt:
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.username or None,
            password=self.password or None,
            use_tls=False,
            start_tls=self.encrypted,
            tls_context=self.trust,
            timeout=self.timeout,
        )
        async with client:
            refused, said = await client.sendmail(self.sender, list(self.recipients), content)
        if refused:
            count = len(self.recipients) - len(refused)
            return Receipt(reference=f"{count} van {len(self.recipients)} ontvangers")
        return Receipt(reference=one_line(said)[:200])


def _failure(error: Exception) -> errors.DeliveryError:
    """Say what went wrong without the server's words: it may repeat what we sent."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        codes = [recipient.code for recipient in error.recipients]
        return _by_code(min(codes, default=550), "weigert de ontvanger")
    kind = type(error).__name__
    if isinstance(error, ssl.SSLError):
        reason = "het certificaat van de mailserver klopt niet"
    elif isinstance(error, aiosmtplib.SMTPConnectError | TimeoutError | ConnectionError):
        reason = f"de mailserver is niet bereikbaar ({kind})"
    elif isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return _by_code(error.code, "weigert onze aanmelding")
    elif isinstance(error, aiosmtplib.SMTPResponseException):
        return _by_code(error.code, "weigert de mail")
    elif "STARTTLS" in str(error):
        reason = "de mailserver biedt geen versleuteling (STARTTLS)"
    else:
        reason = f"de mailserver werkt niet mee ({kind})"
    return errors.TargetUnavailable(reason)


def _by_code(code: int, what: str) -> errors.DeliveryError:
    said = f"de mailserver {what} ({code})"
    return errors.TargetRefused(said) if code >= 500 else errors.TargetUnavailable(said)


def build(config: TargetConfig, options: Options, tools: Tools) -> EmailTarget:
    """Return the receiver; what is wrong with its options is noted in ``options``."""
    host = options.text("host")
    encrypted = options.choice("starttls", ("required", "never")) == "required"
    if not encrypted and host and not is_loopback(host):
        options.wrong("starttls", "mag alleen 'never' zijn bij een mailserver op deze computer")
    username = options.text("username", "")
    passwords = options.secrets("password", needed=bool(username))
    if len(passwords) > 1:
        options.wrong("password_env", "mag maar een naam noemen")
    return EmailTarget(
        name=config.name,
        full_text=config.full_text,
        host=host,
        port=int(options.number("port", 587, least=1, most=65535)),
        sender=_address(options, "sender", options.text("sender")),
        recipients=tuple(
            _address(options, "recipients", address) for address in options.texts("recipients")
        ),
        encrypted=encrypted,
        trust=options.trust(),
        username=username,
        password=passwords[0] if passwords else "",
        timeout=options.number("timeout", 20.0, least=1, most=25),
        clock=tools.clock,
    )


def _address(options: Options, key: str, address: str) -> str:
    if address and not _ADDRESS.fullmatch(address):
        options.wrong(key, "bevat een adres dat geen e-mailadres is")
    return address
