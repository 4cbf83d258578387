# SPDX-License-Identifier: EUPL-1.2
"""Sets the demo up: a fresh database, accounts and groups, and its second process."""

from __future__ import annotations

import asyncio
import shutil
import sys
from asyncio.subprocess import Process
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from buurtsignaal.bootstrap import House
from buurtsignaal.committer import Committer
from buurtsignaal.demo import scene
from buurtsignaal.demo.scene import Ports
from buurtsignaal.importing import ConsentOnPaper, ensure_group, grant, read_file
from buurtsignaal.people import add_account
from core.clock import AMSTERDAM
from core.outcome import Outcome

#: The export of the demo is of these days; its group consented before them.
_SINCE = datetime(2026, 11, 1, tzinfo=AMSTERDAM)


def fresh(folder: Path) -> Path:
    """Return an empty folder for the demo's database; what an earlier demo left goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def hurry(house: House, undo_seconds: float) -> House:
    """Return the house with another time in which decisions can be undone."""
    municipality = house.municipalities[scene.TENANT]
    tenant = replace(municipality.tenant, undo_seconds=undo_seconds)
    return replace(house, municipalities={scene.TENANT: replace(municipality, tenant=tenant)})


def furnish(house: House) -> None:
    """Make groups and accounts."""
    exported = ensure_group(
        house,
        tenant=scene.TENANT,
        source=scene.EXPORTED.source,
        chat=scene.EXPORTED.key,
        name=scene.EXPORTED.name,
        area=scene.EXPORTED.key,
    )
    grant(house, exported, ConsentOnPaper(reference="demo-formulier-1", since=_SINCE))
    groups = [exported.id]
    for group in scene.SENT:
        made = ensure_group(
            house,
            tenant=scene.TENANT,
            source=group.source,
            chat=f"{scene.SENDER}/{group.key}",
            name=group.name,
            area=group.key,
        )
        groups.append(made.id)
    for account in scene.ACCOUNTS:
        add_account(
            house,
            tenant=scene.TENANT,
            username=account.username,
            display_name=account.display_name,
            role=account.role,
            password=account.password,
            groups=tuple(groups) if account.role == "groepsbeheer" else (),
            demo=True,
        )


async def read_export(house: House, committer: Committer) -> Outcome:
    """Read the WhatsApp export that the admin of one group handed over."""
    imported = await read_file(
        house,
        committer.submit,
        tenant=scene.TENANT,
        source=scene.EXPORTED.source,
        options={"chat": scene.EXPORTED.key, "file": scene.EXPORTED.path},
    )
    return imported.outcome


class Town:
    """The second process: residents, police mail and municipality."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._quiet = asyncio.Event()
        self._told = asyncio.create_task(self._tell())

    async def said_all(self) -> None:
        """Return when its residents have said all they have to say, or when it ended."""
        quiet = asyncio.create_task(self._quiet.wait())
        await asyncio.wait({quiet, self._told}, return_when=asyncio.FIRST_COMPLETED)
        quiet.cancel()

    async def leave(self) -> None:
        """End the process."""
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()
        await self._told

    async def _tell(self) -> None:
        """Pass on what happens in the town."""
        if self._process.stdout is None:
            return
        async for line in self._process.stdout:
            sys.stdout.write(line.decode())
            sys.stdout.flush()
            if line.decode().strip() == scene.SAID_ALL:
                self._quiet.set()


async def start_town(ports: Ports, *, speed: float) -> Town:
    """Start the second process."""
    arguments = ["--web", ports.web, "--mail", ports.mail, "--town", ports.town, "--speed", speed]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "buurtsignaal.demo.town",
        *(str(argument) for argument in arguments),
        stdout=asyncio.subprocess.PIPE,
    )
    return Town(process)
