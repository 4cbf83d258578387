# SPDX-License-Identifier: EUPL-1.2
"""A small IMAP server with one mailbox, written from RFC 3501 for the commands that we use.

It is strict: a command out of place or one that would change the mailbox is refused and kept in
``wrong``. Dovecot is the other witness, where it is installed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

USER, PASSWORD = "buurt@gemeente.example", 'hunter2 "sesam"'


@dataclass
class Mail:
    """One mail in the mailbox."""

    uid: int
    raw: bytes
    received: datetime


@dataclass
class ImapServer:
    """The mailbox, and how it behaves."""

    port: int = 0
    validity: int = 17
    mails: list[Mail] = field(default_factory=list)
    #: Commands in the order in which they came, without arguments.
    commands: list[str] = field(default_factory=list)
    #: Commands that do not belong in a session that only reads.
    wrong: list[str] = field(default_factory=list)
    #: UIDs of which the text was fetched.
    fetched: list[int] = field(default_factory=list)
    #: Cuts the connection instead of answering this many FETCHes.
    cuts: int = 0
    #: Says nothing any more.
    silent: bool = False
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    def add(self, *raws: bytes, received: str = "2026-11-21T11:59:00+00:00") -> None:
        """Deliver mails."""
        for raw in raws:
            uid = max((mail.uid for mail in self.mails), default=0) + 1
            self.mails.append(Mail(uid, raw, datetime.fromisoformat(received)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one session."""
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.add(serving)
        self._open.add(writer)
        try:
            await _Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._serving.discard(serving)
            self._open.discard(writer)
            writer.close()

    def hang_up(self) -> None:
        """Cut every connection."""
        for writer in self._open:
            writer.transport.abort()

    async def end(self) -> None:
        """Cut every connection and wait until nothing of it is left."""
        # A connection that was just accepted begins its task in the next round of the loop.
        await asyncio.sleep(0.01)
        self.hang_up()
        await asyncio.gather(*self._serving, return_exceptions=True)


class _Session:
    def __init__(
        self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._state = "not authenticated"

    async def run(self) -> None:
        await self._say("* OK [CAPABILITY IMAP4rev1] ready")
        while line := await self._reader.readline():
            tag, _, rest = line.decode("latin-1").rstrip("\r\n").partition(" ")
            command, _, argument = rest.partition(" ")
            if command.upper() == "UID":
                sub, _, argument = argument.partition(" ")
                command = f"UID {sub}"
            self._server.commands.append(command.upper())
            if self._server.silent:
                await self._reader.read()
                return
            if not await self._do(tag, command.upper(), argument):
                return
            await self._writer.drain()

    async def _do(self, tag: str, command: str, argument: str) -> bool:
        allowed = {
            "CAPABILITY": "",
            "NOOP": "",
            "LOGOUT": "",
            "LOGIN": "not authenticated",
            "EXAMINE": "authenticated",
            "UID SEARCH": "selected",
            "UID FETCH": "selected",
        }
        needed = allowed.get(command)
        if needed is None or (needed and needed not in {self._state, "authenticated"}):
            self._server.wrong.append(command)
            await self._say(f"{tag} BAD {command} has no place here")
            return True
        deed = getattr(self, f"_{command.lower().replace(' ', '_')}")
        return bool(await deed(tag, argument))

    async def _capability(self, tag: str, _argument: str) -> bool:
        await self._say("* CAPABILITY IMAP4rev1", f"{tag} OK done")
        return True

    async def _noop(self, tag: str, _argument: str) -> bool:
        if self._state == "selected":
            await self._say(f"* {len(self._server.mails)} EXISTS")
        await self._say(f"{tag} OK done")
        return True

    async def _logout(self, tag: str, _argument: str) -> bool:
        await self._say("* BYE", f"{tag} OK done")
        return False

    async def _login(self, tag: str, argument: str) -> bool:
        quoted = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', argument)
        words = [re.sub(r"\\(.)", r"\1", a) or b for a, b in quoted]
        if words != [USER, PASSWORD]:
            await self._say(f"{tag} NO [AUTHENTICATIONFAILED] no")
            return True
        self._state = "authenticated"
        await self._say(f"{tag} OK done")
        return True

    async def _examine(self, tag: str, argument: str) -> bool:
        if argument.strip('"') != "INBOX":
            await self._say(f"{tag} NO no such mailbox")
            return True
        self._state = "selected"
        await self._say(
            f"* {len(self._server.mails)} EXISTS",
            "* 0 RECENT",
            r"* FLAGS (\Seen \Deleted)",
            f"* OK [UIDVALIDITY {self._server.validity}] valid",
            f"{tag} OK [READ-ONLY] done",
        )
        return True

    async def _uid_search(self, tag: str, argument: str) -> bool:
        found = re.fullmatch(r"UID (\d+):\*", argument)
        uids = [mail.uid for mail in self._server.mails]
        if found is None:
            await self._say(f"{tag} BAD unknown criterion")
            return True
        # The range goes either way, so the last mail is always in it.
        least = min(int(found[1]), max(uids, default=0))
        hits = "".join(f" {uid}" for uid in uids if uid >= least)
        await self._say(f"* SEARCH{hits}", f"{tag} OK done")
        return True

    async def _uid_fetch(self, tag: str, argument: str) -> bool:
        if self._server.cuts:
            self._server.cuts -= 1
            self._writer.transport.abort()
            return False
        which, _, wanted = argument.partition(" ")
        uids = {int(each) for each in which.split(",")}
        for number, mail in enumerate(self._server.mails, 1):
            if mail.uid in uids:
                self._writer.write(self._told(number, mail, wanted.upper()))
        await self._say(f"{tag} OK done")
        return True

    def _told(self, number: int, mail: Mail, wanted: str) -> bytes:
        told = f"* {number} FETCH (UID {mail.uid}"
        if "RFC822.SIZE" in wanted:
            told += f" RFC822.SIZE {len(mail.raw)}"
        if "INTERNALDATE" in wanted:
            told += f' INTERNALDATE "{mail.received.strftime("%d-%b-%Y %H:%M:%S %z")}"'
        raw = told.encode()
        if "BODY.PEEK[HEADER]" in wanted:
            head = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            raw += b" BODY[HEADER] {%d}\r\n%b" % (len(head), head)
        if "BODY.PEEK[]" in wanted:
            self._server.fetched.append(mail.uid)
            raw += b" BODY[] {%d}\r\n%b" % (len(mail.raw), mail.raw)
        return raw + b")\r\n"

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()


@asynccontextmanager
async def imap_server() -> AsyncIterator[ImapServer]:
    """Serve an empty mailbox on a free port."""
    made = ImapServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
        server.close()
        await made.end()
