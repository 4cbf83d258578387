# SPDX-License-Identifier: EUPL-1.2
"""E-mails of people who agreed on it: from a mailbox (IMAP), or from the own mail server (LMTP)."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from core import errors
from core.clock import Clock, SystemClock
from core.message import Origin
from ingest.connector import Submit
from ingest.mail.circle import LISTED, SOURCE, Circle, Circles
from ingest.mail.dns import Resolve, resolver
from ingest.mail.intake import BATCH, Intake
from ingest.mail.mailbox import Mailbox
from ingest.mail.reading import Rules
from ingest.mail.receiver import Receiver, Reception
from ingest.options import Options
from ingest.patience import BackOff
from ingest.pulse import Pulse

_OPTIONS = ("groups", "imap", "receiver", "origin")
_IMAP = (
    *("host", "port", "username", "password", "folder"),
    *("security", "ca_file", "poll_seconds", "first_pause"),
)
_RECEIVER = ("host", "port", "protocol", "recipients")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PORTS = {"tls": 993, "starttls": 143, "none": 143}


class MailConnector:
    """One way in for the mails of one municipality."""

    name = SOURCE
    consent = (
        "Wie mailt staat op de lijst van de gemeente, en een beheerder van de groep mailt JA; "
        "tot dan wordt niets gelezen."
    )

    def __init__(
        self,
        tenant: str,
        way: Mailbox | Reception,
        rules: Rules,
        clock: Clock,
        *,
        poll_seconds: float = 30.0,
        first_pause: float = 1.0,
        most: int = BATCH,
    ) -> None:
        self._tenant = tenant
        self._way = way
        self._rules = rules
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._first_pause = first_pause
        self._most = most
        #: What was skipped, by reason, and how often the mailbox failed; since the start.
        self.tally: Counter[str] = Counter()
        #: How the source is doing.
        self.pulse = Pulse()
        #: What takes mails while it runs.
        self.receiver: Receiver | None = None

    def __repr__(self) -> str:
        return f"<MailConnector {self._tenant}>"

    @property
    def stream(self) -> str:
        """Names the mailbox, whose UIDs are its own; a mail server that pushes has none."""
        if isinstance(self._way, Reception):
            return ""
        named = f"{self._way.host}\n{self._way.username}\n{self._way.folder}"
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Take in mails until ``stop``; a mailbox goes on after ``cursor``."""
        if isinstance(self._way, Reception):
            await self._receive(self._way, submit, stop)
        else:
            await self._look(self._way, submit, stop, cursor)

    async def _receive(self, way: Reception, submit: Submit, stop: asyncio.Event) -> None:
        self.receiver = Receiver(
            tenant=self._tenant,
            reception=way,
            rules=self._rules,
            submit=submit,
            clock=self._clock,
            tally=self.tally,
        )
        await self.receiver.run(stop)

    async def _look(
        self, way: Mailbox, submit: Submit, stop: asyncio.Event, cursor: str | None
    ) -> None:
        intake = Intake(
            tenant=self._tenant,
            stream=self.stream,
            mailbox=way,
            rules=self._rules,
            submit=submit,
            stop=stop,
            clock=self._clock,
            back_off=BackOff(
                first=self._first_pause, most=300.0, random=random.random, pulse=self.pulse
            ),
            poll_seconds=self._poll_seconds,
            tally=self.tally,
            most=self._most,
        )
        await intake.run(cursor)


def connect(
    tenant: str,
    options: Mapping[str, Any],
    *,
    resolve: Resolve | None = None,
    clock: Clock | None = None,
    most: int = BATCH,
) -> MailConnector:
    """Return the connector; ``groups`` says who may write, ``imap`` or ``receiver`` how.

    ``most``: mails in one batch.
    """
    given = Options(SOURCE, options, _OPTIONS)
    origin = given.choice("origin", [o.value for o in Origin])
    rules = Rules(
        circles=Circles(_circles(options.get("groups"))),
        resolve=resolve or resolver(),
        origin=Origin(origin or Origin.REPORT),
    )
    if ("imap" in options) == ("receiver" in options):
        _refuse("needs either 'imap' (a mailbox) or 'receiver' (LMTP or SMTP)")
    clock = clock or SystemClock()
    if "receiver" in options:
        return MailConnector(tenant, _reception(options["receiver"]), rules, clock)
    table = _table("imap", options["imap"], _IMAP)
    return MailConnector(
        tenant,
        _mailbox(table),
        rules,
        clock,
        poll_seconds=_number(table, "poll_seconds", 30.0, least=0.01, most=3600),
        first_pause=_number(table, "first_pause", 1.0, least=0.001, most=60),
        most=most,
    )


def _circles(groups: object) -> list[Circle]:
    if not isinstance(groups, Mapping) or not groups:
        _refuse("needs 'groups': a table with 'senders' and 'governors' for each")
    circles = [_circle(str(name), table) for name, table in groups.items()]
    listed = Counter(address for circle in circles for address in circle.senders)
    if any(count > 1 for count in listed.values()):
        _refuse("'groups': a sender belongs to one group")
    return circles


def _circle(name: str, table: object) -> Circle:
    if not _NAME.fullmatch(name):
        _refuse("the name of a group has small letters, digits and hyphens")
    given = _table(f"groups.{name}", table, ("senders", "governors"))
    governors = _addresses(name, given.get("governors", []))
    if any(address.startswith("@") for address in governors):
        _refuse(f"groups.{name}: a governor is one person, no whole domain")
    # Who decides may write as well.
    senders = _addresses(name, given.get("senders", [])) | governors
    if not senders:
        _refuse(f"groups.{name} needs 'senders' or 'governors': a list of addresses")
    return Circle(name=name, senders=senders, governors=governors)


def _addresses(name: str, value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        _refuse(f"groups.{name}: 'senders' and 'governors' are lists of addresses")
    addresses = frozenset(each.strip().lower() for each in value)
    if not all(LISTED.fullmatch(each) for each in addresses):
        _refuse(f"groups.{name}: an address is naam@domein.nl, or @domein.nl for all of it")
    return addresses


def _mailbox(table: Mapping[str, Any]) -> Mailbox:
    given = Options("mail: imap", table, _IMAP)
    security = given.choice("security", list(_PORTS)) or "tls"
    host = given.text("host")
    if security == "none" and not _loopback(host):
        _refuse("imap: 'security' may be none on this machine only")
    ca_file = table.get("ca_file")
    box = Mailbox(
        host=host,
        port=int(_number(table, "port", _PORTS[security], least=1, most=65535)),
        username=given.text("username"),
        password=given.text("password"),
        security=security,
        ca_file=Path(ca_file) if isinstance(ca_file, str) else None,
    )
    return replace(box, folder=given.text("folder")) if "folder" in table else box


def _reception(value: object) -> Reception:
    table = _table("receiver", value, _RECEIVER)
    given = Options("mail: receiver", table, _RECEIVER)
    recipients = table.get("recipients")
    if not isinstance(recipients, list) or not recipients:
        _refuse("receiver needs 'recipients': our own addresses")
    own = _addresses("receiver", recipients)
    return Reception(
        host=given.text("host") if "host" in table else "127.0.0.1",
        port=int(_number(table, "port", 8024, least=0, most=65535)),
        recipients=own,
        lmtp=given.choice("protocol", ("lmtp", "smtp")) != "smtp",
    )


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _table(name: str, value: object, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        _refuse(f"'{name}' must be a table")
    Options(f"mail: {name}", value, known)
    return value


def _number(
    table: Mapping[str, Any], name: str, default: float, *, least: float, most: float
) -> float:
    value = table.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        _refuse(f"'{name}' must be a number from {least:g} to {most:g}")
    return float(value)


def _refuse(what: str) -> NoReturn:
    raise errors.ConfigurationError(f"connector mail: {what}")
