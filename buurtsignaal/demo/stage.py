# SPDX-License-Identifier: EUPL-1.2
"""Sets the demo up: a fresh database, accounts and groups, and its second process."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import sys
from asyncio.subprocess import Process
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from buurtsignaal.bootstrap import House
from buurtsignaal.committer import Committer
from buurtsignaal.demo import scene
from buurtsignaal.demo.scene import Ports
from buurtsignaal.importing import ConsentOnPaper, ensure_group, grant, read_file
from buurtsignaal.people import add_account
from core.clock import AMSTERDAM
from core.outcome import Outcome

#: The group of the export consented so long ago.
_CONSENTED = timedelta(days=14)
_DATE = re.compile(r"^(\d\d)-(\d\d)-(\d{4})(?= \d)", re.MULTILINE)


def fresh(folder: Path) -> Path:
    """Return an empty folder for the demo's database; what an earlier demo left goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def hurry(house: House, undo_seconds: float, *, scripted: bool = False) -> House:
    """Return the house with another time in which decisions can be undone.

    ``scripted``: a program plays the operators, which cannot judge without a label.
    """
    municipality = house.municipalities[scene.TENANT]
    tenant = replace(municipality.tenant, undo_seconds=undo_seconds)
    if scripted:
        tenant = replace(tenant, blind_share=0.0)
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
    since = house.clock.now() - _CONSENTED
    grant(house, exported, ConsentOnPaper(reference="demo-formulier-1", since=since))
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


def recent(export: str, today: date) -> str:
    """Return the export as if its last day were today; only dates at the start of a line move."""
    days = [_day(found) for found in _DATE.finditer(export)]
    shift = today - max(days)
    return _DATE.sub(lambda found: f"{_day(found) + shift:%d-%m-%Y}", export)


def _day(found: re.Match[str]) -> date:
    day, month, year = map(int, found.groups())
    return date(year, month, day)


async def read_export(house: House, committer: Committer) -> Outcome:
    """Read the WhatsApp export that the admin of one group handed over."""
    # It is of yesterday: today's later hours have not come yet.
    yesterday = (house.clock.now() - timedelta(days=1)).astimezone(AMSTERDAM).date()
    export = recent(scene.EXPORTED.path.read_text(encoding="utf-8"), yesterday)
    imported = await read_file(
        house,
        committer.submit,
        tenant=scene.TENANT,
        source=scene.EXPORTED.source,
        options={"chat": scene.EXPORTED.key, "file": io.BytesIO(export.encode())},
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
