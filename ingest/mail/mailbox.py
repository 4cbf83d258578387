# SPDX-License-Identifier: EUPL-1.2
"""A mailbox that is looked into by IMAP, without changing anything in it (EXAMINE, PEEK)."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from imapclient import IMAPClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailbox:
    """Where the mails are and what opens it."""

    host: str
    port: int
    username: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"
    #: tls, starttls, or none for a server on this machine.
    security: str = "tls"
    #: Certificates to trust besides those of the system.
    ca_file: Path | None = None
    #: Seconds that the server may be silent.
    timeout: float = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What is looked at before a mail is fetched."""

    uid: int
    size: int
    received: datetime
    raw: bytes = field(repr=False)


class Session:
    """One connection; every call blocks and raises what the library or the network raises."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._client: IMAPClient | None = None
        self._closed = False
        self._lock = threading.Lock()
        #: While it is the same, a UID means the same mail.
        self.validity = 0

    def open(self) -> None:
        """Connect, sign in and choose the folder, for reading only."""
        box = self._mailbox
        context = None if box.security == "none" else _context(box)
        client = IMAPClient(
            box.host,
            box.port,
            ssl=box.security == "tls",
            ssl_context=context if box.security == "tls" else None,
            timeout=box.timeout,
        )
        self._keep(client)
        client.normalise_times = False
        if box.security == "starttls":
            client.starttls(context)
        client.login(box.username, box.password)
        self.validity = int(client.select_folder(box.folder, readonly=True)[b"UIDVALIDITY"])

    def after(self, uid: int) -> list[int]:
        """Return the UIDs that follow ``uid``, in order."""
        client = self._opened()
        # Without this a server need not tell of mails that came since.
        client.noop()
        found = client.search(["UID", f"{uid + 1}:*"])
        # "n:*" always holds the last mail, also when that is before n (RFC 3501, 6.4.8).
        return sorted(each for each in found if each > uid)

    def heads(self, uids: Sequence[int]) -> list[Head]:
        """Return what comes before the text of these mails; gone ones are left out."""
        wanted = ["RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[HEADER]"]
        found = self._opened().fetch(list(uids), wanted)
        return [_head(uid, found[uid]) for uid in uids if uid in found]

    def whole(self, uid: int) -> bytes | None:
        """Return a mail, byte for byte; None when it is gone."""
        found = self._opened().fetch([uid], ["BODY.PEEK[]"])
        return bytes(found[uid][b"BODY[]"]) if uid in found else None

    def close(self) -> None:
        """Hang up, also under a call that still waits."""
        with self._lock:
            client, self._client, self._closed = self._client, None, True
        if client is not None:
            with contextlib.suppress(Exception):
                client.shutdown()

    def _keep(self, client: IMAPClient) -> None:
        """Hold a new connection, unless the session was closed while it was being made."""
        with self._lock:
            if not self._closed:
                self._client = client
                return
        with contextlib.suppress(Exception):
            client.shutdown()
        raise ConnectionError("the session is closed")

    def _opened(self) -> IMAPClient:
        if self._client is None:
            raise ConnectionError("the session is closed")
        return self._client


def _head(uid: int, found: dict[bytes, object]) -> Head:
    received, size, raw = (found[key] for key in (b"INTERNALDATE", b"RFC822.SIZE", b"BODY[HEADER]"))
    if not isinstance(received, datetime) or not isinstance(size, int):
        raise ConnectionError("the server's answer is odd")
    return Head(
        uid=uid,
        size=size,
        received=received.astimezone(UTC),
        raw=raw if isinstance(raw, bytes) else b"",
    )


def _context(box: Mailbox) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(box.ca_file) if box.ca_file else None)
