# SPDX-License-Identifier: EUPL-1.2
"""Signed webhook accepted, judged and fsynced before its 202: group commit against one by one.

The same server on one core, the client on another; two rounds of each in turn, so that the
machine's moods fall on both.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

import httpx

from benchmarks.load import Load
from tests.rig.app import App
from tests.rig.installation import Installation
from tests.rig.servant import servant

REQUESTS = 6_000
CONNECTIONS = 64
ROUNDS = 3
#: What is promised.
RATIO = 3.0


async def run(scale: float) -> None:
    """Measure both ways and print the ratio."""
    requests = max(200, round(REQUESTS * scale))
    grouped: list[Load] = []
    single: list[Load] = []
    for _ in range(ROUNDS):
        grouped.append(await _measure(requests, group=256))
        single.append(await _measure(requests, group=1))
    _say("group commit", grouped)
    _say("one commit per message", single)
    ratios = [a.rate / b.rate for a, b in zip(grouped, single, strict=True)]
    print(
        f"ratio {statistics.median(ratios):.2f} "
        f"(rounds: {', '.join(f'{ratio:.2f}' for ratio in ratios)}); promised: {RATIO}"
    )


async def _measure(requests: int, *, group: int) -> Load:
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(folder=Path(folder), log_level="WARNING", group=group, core=0)
        async with servant(installation) as server:
            await server.start()
            async with httpx.AsyncClient(trust_env=False) as client:
                await App(installation, client).command("g", "toestemming")
            await asyncio.sleep(1.1)
            await _load(installation.port, 0, max(100, requests // 10))
            return await _load(installation.port, 1_000_000, requests)


async def _load(port: int, first: int, requests: int) -> Load:
    core = min(1, (os.cpu_count() or 1) - 1)
    arguments = [port, "g", first, requests, CONNECTIONS, core]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.load",
        *(str(argument) for argument in arguments),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return Load(**json.loads(out))


def _say(name: str, loads: list[Load]) -> None:
    rate = statistics.median(load.rate for load in loads)
    p50 = statistics.median(load.p50 for load in loads)
    p99 = statistics.median(load.p99 for load in loads)
    refused = sum(load.refused for load in loads)
    print(
        f"{name:24} {rate:8.0f} messages/s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   "
        f"{refused} refused"
    )
