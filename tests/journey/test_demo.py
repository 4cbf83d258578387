# SPDX-License-Identifier: EUPL-1.2
"""The demo, as a newcomer meets it."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow


async def start(folder: Path, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "buurtsignaal",
        "demo",
        "--folder",
        str(folder),
        *arguments,
        stdout=PIPE,
        stderr=STDOUT,
    )


async def read_until(process: Process, pattern: str) -> re.Match[str]:
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(120):
        async for line in process.stdout:
            said += line.decode()
            if found := re.search(pattern, line.decode()):
                return found
    raise AssertionError(said)


async def test_once_runs_to_the_end_and_delivers_every_decided_report(tmp_path: Path) -> None:
    process = await start(tmp_path / "demo", "--once", "--port", "0", "--undo", "0.5")

    found = await read_until(
        process,
        r"(\d+) read, (\d+) dropped, (\d+) flagged, (\d+) queued, (\d+) decided, "
        r"(\d+) delivered, (\d+) undeliverable",
    )

    read, dropped, flagged, queued, decided, delivered, dead = map(int, found.groups())
    assert await process.wait() == 0
    assert read > 300
    assert dropped >= 1  # #nietdoorsturen
    assert 40 <= flagged < read / 2
    assert (queued, decided, dead) == (0, flagged, 0)
    assert delivered >= flagged


async def test_a_taken_port_is_said_and_another_one_is_used_and_ctrl_c_stops_cleanly(
    tmp_path: Path,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for _ in range(2):  # It can be started again on the same folder.
            process = await start(tmp_path / "demo", "--port", str(port))
            await read_until(process, rf"Poort {port} is bezet")
            address = await read_until(process, r"(http://127\.0\.0\.1:\d+)")
            await read_until(process, "WhatsApp-export ingelezen")
            async with httpx.AsyncClient(trust_env=False) as client:
                page = await client.get(f"{address[1]}/inloggen")
            assert page.status_code == 200

            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), 20) == 0
