# SPDX-License-Identifier: EUPL-1.2
"""A light HTTP client: many connections, signed messages, a bounded number of requests.

A process of its own on a core of its own, so that the server is what is measured.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from tests.rig.installation import SECRET, SENDER, TENANT
from tests.rig.killing import CHAT, SIGNAL

_KEY = base64.b64decode(SECRET.removeprefix("whsec_"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What one run of the client saw."""

    requests: int
    refused: int
    seconds: float
    #: Milliseconds.
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Accepted requests per second."""
        return (self.requests - self.refused) / self.seconds


def request(port: int, group: str, number: int, *, share: int = 20) -> bytes:
    """Return one signed request; one message in ``share`` is a signal."""
    text = (SIGNAL if number % share == 0 else CHAT).format(n=number)
    message = {
        "id": f"b{number}",
        "sender": f"lid{number % 50}",
        "text": text,
        "sent_at": datetime.now(UTC).isoformat(),
    }
    body = json.dumps(
        {"type": "message.created", "group": {"id": group}, "message": message}
    ).encode()
    stamp, name = str(int(time.time())), f"b{number}"
    mac = hmac.new(_KEY, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    head = (
        f"POST /intake/webhook/{TENANT}/{SENDER} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"webhook-id: {name}\r\nwebhook-timestamp: {stamp}\r\n"
        f"webhook-signature: v1,{base64.b64encode(mac).decode()}\r\n\r\n"
    )
    return head.encode() + body


async def load(port: int, group: str, *, first: int, requests: int, connections: int) -> Load:
    """Send ``requests`` over ``connections`` that stay open; each waits for its answer."""
    waiting = deque(request(port, group, first + n) for n in range(requests))
    times: list[float] = []
    refused = 0

    async def connection() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            raw = waiting.popleft()
            began = time.perf_counter()
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(size)
            times.append(time.perf_counter() - began)
            refused += not head.startswith(b"HTTP/1.1 202")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(connections)))
    seconds = time.perf_counter() - began
    times.sort()
    return Load(
        requests=requests,
        refused=refused,
        seconds=seconds,
        p50=times[len(times) // 2] * 1000,
        p99=times[int(len(times) * 0.99)] * 1000,
    )


def main() -> None:
    """Run with: port group first requests connections core."""
    port, group, first, requests, connections, core = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    seen = asyncio.run(
        load(
            int(port),
            group,
            first=int(first),
            requests=int(requests),
            connections=int(connections),
        )
    )
    json.dump(asdict(seen), sys.stdout)


if __name__ == "__main__":
    main()
