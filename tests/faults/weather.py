# SPDX-License-Identifier: EUPL-1.2
"""Sends every source through bad weather and counts; tests and ``make bench`` share this."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from core.clock import Clock, FrozenClock
from store.database import Store
from tests.faults import pulled, pushed
from tests.faults.line import Line, Selective, running, until
from tests.ingest.house import House
from tests.partners.fault_proxy import Fault, FaultProxy, Kind, fault_proxy

#: Opens a source behind a proxy; the second clock is the source's own.
Open = Callable[[FaultProxy, FrozenClock, Clock], AbstractAsyncContextManager[Line]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A way in, and which faults it can meet."""

    #: The file in ``ingest/connectors``.
    connector: str
    open: Open
    #: We ask; otherwise the source comes to us and asks again by itself.
    pulled: bool = True
    #: It speaks HTTP, so something can answer in its place.
    http: bool = True


SOURCES: Mapping[str, Source] = {
    "telegram": Source(connector="telegram", open=pulled.by_telegram),
    "imap": Source(connector="mail", open=pulled.by_imap, http=False),
    "lmtp": Source(connector="mail", open=pushed.by_lmtp, pulled=False, http=False),
    "rss": Source(connector="rss", open=pulled.by_rss),
    "mastodon": Source(connector="mastodon", open=pulled.by_mastodon),
    "bluesky": Source(connector="bluesky", open=pulled.by_bluesky),
    "x": Source(connector="x", open=pulled.by_x),
    "x-stream": Source(connector="x", open=pulled.by_x_stream),
    "xmpp": Source(connector="xmpp", open=pulled.by_xmpp, http=False),
    "webhook": Source(connector="webhook", open=pushed.by_webhook, pulled=False),
    "whatsapp_cloud": Source(connector="whatsapp_cloud", open=pushed.by_whatsapp, pulled=False),
}
#: Those that read files or our own page, and the one that goes out with a real server.
ELSEWHERE = frozenset({"whatsapp_export", "jsonl", "csv_file", "report_form", "matrix"})

_TOLD = b'{"ok": false, "error_code": %d, "description": "x", "parameters": {"retry_after": 1}}'


def answered(status: int, *headers: bytes) -> Fault:
    """Return a fault in which something in between answers with ``status``."""
    body = _TOLD % status
    head = [b"HTTP/1.1 %d Sorry" % status, b"Content-Length: %d" % len(body), *headers]
    head += [b"Content-Type: application/json", b"Connection: close"]
    return Fault(kind=Kind.ANSWER, reply=b"\r\n".join(head) + b"\r\n\r\n" + body)


FAULTS: Mapping[str, Fault] = {
    "away": Fault(kind=Kind.AWAY),
    "cut": Fault(kind=Kind.CUT),
    "cut-request": Fault(kind=Kind.CUT, up=True, after=60),
    "reset": Fault(kind=Kind.RESET),
    "half-open": Fault(kind=Kind.HALF_OPEN),
    "delay": Fault(kind=Kind.DELAY),
    "throttle": Fault(kind=Kind.THROTTLE),
    "noise": Fault(kind=Kind.NOISE),
    "mangle": Fault(kind=Kind.MANGLE),
    "503": answered(503),
    "429": answered(429, b"Retry-After: 1"),
}


def meets(source: Source, fault: str) -> bool:
    """Whether a source can meet a fault at all."""
    kind = FAULTS[fault].kind
    if kind is Kind.MANGLE:
        return source.http and source.connector != "bluesky"
    return kind is not Kind.ANSWER or (source.http and source.pulled)


@dataclass(frozen=True, kw_only=True, slots=True)
class Toll:
    """What a run through bad weather cost."""

    source: str
    fault: str
    messages: int
    lost: int
    double: int
    #: Messages that were stored although nobody had said yes to them.
    without_consent: int
    #: How often the fault struck, and the longest time between two strikes, in seconds.
    strikes: int
    gap: float
    #: Seconds from the end of the fault to the last message.
    recovery: float
    seconds: float


async def through(
    name: str,
    fault: str,
    store: Store,
    clock: FrozenClock,
    *,
    messages: int = 8,
    sources: Mapping[str, Source] = SOURCES,
) -> Toll:
    """Write some messages before the fault, most during it and some after it."""
    began, thirds = time.monotonic(), messages // 4
    intake = Selective(house=House(store=store, clock=clock))
    async with fault_proxy() as proxy, sources[name].open(proxy, clock, clock) as line:
        async with running(line, intake):
            await _entered(line, intake)
            _write(line, range(thirds))
            await _stored(intake, thirds)
            proxy.strike(FAULTS[fault])
            _write(line, range(thirds, messages - thirds))
            wanted = {Kind.HALF_OPEN: 1, Kind.ANSWER: 3}.get(FAULTS[fault].kind, 2)
            await until(lambda: len(proxy.strikes) >= wanted, f"{fault} strikes {name}")
            proxy.clear()
            cleared = time.monotonic()
            _write(line, range(messages - thirds, messages))
            await _stored(intake, messages)
        recovery = time.monotonic() - cleared
    return _toll(name, fault, intake, messages, proxy.strikes, recovery, began)


async def outage(
    name: str,
    store: Store,
    clock: FrozenClock,
    *,
    messages: int,
    hours: int = 24,
    sources: Mapping[str, Source] = SOURCES,
) -> Toll:
    """Let a source be out of reach for a day, in which people go on writing."""
    began = time.monotonic()
    intake = Selective(house=House(store=store, clock=clock))
    async with fault_proxy() as proxy, sources[name].open(proxy, clock, clock) as line:
        async with running(line, intake):
            await _entered(line, intake)
            _write(line, range(1))
            await _stored(intake, 1)
            proxy.strike(FAULTS["away"])
            for n in range(1, messages):
                clock.advance(timedelta(hours=hours) / messages)
                line.write(n)
            await until(lambda: len(proxy.strikes) >= 1, f"{name} is away")
            proxy.clear()
            cleared = time.monotonic()
            await _stored(intake, messages)
        recovery = time.monotonic() - cleared
    return _toll(name, "outage", intake, messages, proxy.strikes, recovery, began)


async def repeated(name: str, store: Store, clock: FrozenClock, *, messages: int = 6) -> Toll:
    """Let a source give everything twice, the second time in another order."""
    began = time.monotonic()
    intake = Selective(house=House(store=store, clock=clock))
    async with fault_proxy() as proxy, SOURCES[name].open(proxy, clock, clock) as line:
        assert line.again is not None
        async with running(line, intake):
            await _entered(line, intake)
            _write(line, range(messages))
            await _stored(intake, messages)
            for n in reversed(range(messages)):
                line.again(n)
            # What comes after the repeats has come through after them.
            line.write(messages)
            await _stored(intake, messages + 1)
            await asyncio.sleep(0.1)
    return _toll(name, "repeated", intake, messages + 1, [], 0.0, began)


async def skewed(
    name: str, store: Store, clock: FrozenClock, *, by: timedelta, messages: int = 6
) -> Selective:
    """Let the clock of a source be ``by`` ahead of ours; return what came through."""
    intake = Selective(house=House(store=store, clock=clock))
    theirs = _Skewed(clock, by)
    async with (
        fault_proxy() as proxy,
        SOURCES[name].open(proxy, clock, theirs) as line,
        running(line, intake),
    ):
        await _entered(line, intake)
        for n in range(messages):
            line.write(n)
            # They write on while the night in which the clock is put back passes.
            clock.advance(timedelta(minutes=1))
            await _stored(intake, n + 1)
    return intake


@dataclass(frozen=True)
class _Skewed:
    ours: Clock
    by: timedelta

    def now(self) -> datetime:
        return self.ours.now() + self.by


async def _entered(line: Line, intake: Selective) -> None:
    """Wait until a source that reads nothing from before has come in."""
    if line.enters:
        await until(lambda: intake.cursor(line.connector) is not None, "it comes in")


def _write(line: Line, numbers: range) -> None:
    for n in numbers:
        line.write(n)


async def _stored(intake: Selective, messages: int) -> None:
    await until(
        lambda: len(intake.numbers) >= messages,
        f"{messages} messages; missing: {set(range(messages)) - set(intake.numbers)}",
    )


def _toll(
    name: str,
    fault: str,
    intake: Selective,
    messages: int,
    strikes: list[float],
    recovery: float,
    began: float,
) -> Toll:
    found = intake.numbers
    return Toll(
        source=name,
        fault=fault,
        messages=messages,
        lost=len(set(range(messages)) - set(found)),
        double=sum(found.values()) - len(found),
        without_consent=intake.forbidden,
        strikes=len(strikes),
        gap=max((b - a for a, b in pairwise(strikes)), default=0.0),
        recovery=recovery,
        seconds=time.monotonic() - began,
    )
