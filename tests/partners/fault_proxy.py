# SPDX-License-Identifier: EUPL-1.2
"""A TCP proxy on this machine that does to a connection what real networks do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What can be wrong with a network."""

    #: Nobody listens: connections end at once, those that are open too.
    AWAY = "away"
    #: The end comes in the middle of an answer, politely (FIN).
    CUT = "cut"
    #: The same, rudely (RST).
    RESET = "reset"
    #: Nothing comes any more, and nobody says so.
    HALF_OPEN = "half-open"
    #: Everything comes late.
    DELAY = "delay"
    #: Everything comes in crumbs.
    THROTTLE = "throttle"
    #: Noise instead of frames.
    NOISE = "noise"
    #: HTTP whose head is right and whose body is nonsense of the same length.
    MANGLE = "mangle"
    #: Something else answers every request, and hangs up.
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One kind of bad weather."""

    kind: Kind
    #: Bytes of a chunk that still come through before a cut or reset.
    after: int = 40
    #: It strikes what the client sends, not what it gets.
    up: bool = False
    #: What ``ANSWER`` says.
    reply: bytes = b""


@dataclass(eq=False)
class _Link:
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    dead: bool = False

    def end(self) -> None:
        self.client.close()
        self.server.close()

    def reset(self) -> None:
        for writer in (self.client, self.server):
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
            writer.transport.abort()


@dataclass
class FaultProxy:
    """Passes on between its own port and ``upstream``, as the weather allows."""

    #: Where the partner listens; may be known later than the proxy's own port.
    upstream: int = 0
    port: int = 0
    weather: Fault | None = None
    #: When a fault struck, by the loop's clock.
    strikes: list[float] = field(default_factory=list)
    _links: set[_Link] = field(default_factory=set)

    def strike(self, fault: Fault) -> None:
        """Let the weather turn, for open connections too."""
        self.weather = fault
        if fault.kind in (Kind.AWAY, Kind.ANSWER):
            for link in list(self._links):
                link.reset()

    def clear(self) -> None:
        """Let the sun shine; connections that died stay dead."""
        self.weather = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one connection."""
        if self.weather is not None and self.weather.kind is Kind.AWAY:
            self._note()
            writer.transport.abort()
            return
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(writer, forth)
        self._links.add(link)
        try:
            await asyncio.gather(
                self._pump(link, reader, forth, up=True),
                self._pump(link, back, writer, up=False),
            )
        except (OSError, asyncio.CancelledError):
            link.reset()
        finally:
            self._links.discard(link)
            link.end()

    async def _pump(
        self, link: _Link, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, up: bool
    ) -> None:
        while data := await source.read(65536):
            if link.dead:
                continue
            fault = self.weather
            if fault is None or (fault.up or fault.kind is Kind.ANSWER) is not up:
                sink.write(data)
                await sink.drain()
            elif not await self._suffer(fault, link, data, sink):
                return
        if not link.dead and sink.can_write_eof():
            with contextlib.suppress(OSError):
                sink.write_eof()

    async def _suffer(
        self, fault: Fault, link: _Link, data: bytes, sink: asyncio.StreamWriter
    ) -> bool:
        """Do to ``data`` what the fault does; return whether the connection goes on."""
        self._note()
        match fault.kind:
            case Kind.DELAY:
                await asyncio.sleep(0.1)
                sink.write(data)
            case Kind.THROTTLE:
                for start in range(0, len(data), 64):
                    sink.write(data[start : start + 64])
                    await sink.drain()
                    await asyncio.sleep(0)
            case Kind.NOISE:
                sink.write(b"\xff\x00}{" * (len(data) // 4) + b"\r\n")
            case Kind.MANGLE:
                sink.write(_mangled(data))
            case Kind.HALF_OPEN:
                link.dead = True
            case Kind.ANSWER:
                link.client.write(fault.reply)
                await link.client.drain()
                link.end()
                return False
            case _:
                sink.write(data[: fault.after])
                await sink.drain()
                link.reset() if fault.kind is Kind.RESET else link.end()
                return False
        await sink.drain()
        return True

    def _note(self) -> None:
        self.strikes.append(asyncio.get_running_loop().time())


def _mangled(data: bytes) -> bytes:
    head, gap, body = data.partition(b"\r\n\r\n")
    if not gap:
        return data if data.startswith(b"HTTP/") else b"{" * len(data)
    return head + gap + b"{" * len(body)


@asynccontextmanager
async def fault_proxy(upstream: int = 0) -> AsyncIterator[FaultProxy]:
    """Serve on a free port until the block ends."""
    made = FaultProxy(upstream=upstream)
    running: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await made.serve(reader, writer)
        finally:
            running.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        left = list(running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        # The loop closes sockets in a later turn than the one in which they were given up.
        for _ in range(3):
            await asyncio.sleep(0)
