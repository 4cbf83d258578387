# SPDX-License-Identifier: EUPL-1.2
"""A server as a process: started, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.rig.installation import Installation


class Servant:
    """Starts servers of one installation, one at a time."""

    def __init__(self, installation: Installation, zygote: Process) -> None:
        self.installation = installation
        self._zygote = zygote
        self.pid = 0
        self.starts = 0

    async def start(self) -> None:
        """Start a server and return when it answers."""
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(b"go\n")
        line = await self._zygote.stdout.readline()
        if not line:
            raise RuntimeError(f"no server: {self.said()}")
        self.pid = int(line)
        self.starts += 1
        await self.up()

    async def up(self, patience: float = 60.0) -> None:
        """Return when the server answers."""
        async with asyncio.timeout(patience):
            while not await self._answers():
                if not self.alive:
                    raise RuntimeError(f"the server ended: {self.said()}")
                await asyncio.sleep(0.02)

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    async def kill(self) -> None:
        """``kill -9``, and wait until it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        await self._gone()

    async def stop(self) -> float:
        """SIGTERM; return how many seconds it took to end."""
        began = asyncio.get_running_loop().time()
        os.kill(self.pid, signal.SIGTERM)
        await self._gone()
        return asyncio.get_running_loop().time() - began

    def said(self) -> str:
        """Return the log of all servers so far."""
        log = self.installation.log
        return log.read_text(errors="replace") if log.exists() else ""

    async def _gone(self) -> None:
        async with asyncio.timeout(30):
            while self.alive:
                await asyncio.sleep(0.01)

    async def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self.installation.port)
            writer.close()
            return True
        return False


@asynccontextmanager
async def servant(installation: Installation) -> AsyncIterator[Servant]:
    """Give a servant whose process ends with the block."""
    with installation.log.open("ab") as log:
        zygote = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.rig.zygote",
            str(installation.log),
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
            env={**installation.environment(), "TMPDIR": str(installation.temporary)},
        )
    made = Servant(installation, zygote)
    try:
        yield made
    finally:
        if made.pid and made.alive:
            os.kill(made.pid, signal.SIGKILL)
        zygote.kill()
        await zygote.wait()
