# SPDX-License-Identifier: EUPL-1.2
"""Runs the demo: sets the stage, starts the town, serves, and stops cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from buurtsignaal.bootstrap import House, build
from buurtsignaal.demo import operators, scene, stage, visits
from buurtsignaal.demo.scene import Ports
from buurtsignaal.demo.stage import Town
from buurtsignaal.demo.summary import Summary, summarise
from buurtsignaal.server import Running, running, set_up_logging
from buurtsignaal.settings import load

#: Where people look first.
WANTED_PORT = 8000
#: Seconds that ``--once`` waits for the last report to leave.
PATIENCE = 60.0


def say(line: str = "") -> None:
    """Print one line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def show(folder: Path, *, wanted: int, speed: float, undo: float, once: bool) -> Summary:
    """Run the demo until Ctrl-C, or with ``once`` to its end; return what it did."""
    ports = Ports(web=scene.free_port(wanted), mail=scene.free_port(), town=scene.free_port())
    if wanted and ports.web != wanted:
        say(f"Poort {wanted} is bezet; de demo gebruikt poort {ports.web}.")
    settings = scene.environment(stage.fresh(folder), ports)
    os.environ.clear()
    os.environ.update(settings)
    set_up_logging("WARNING")
    house = stage.hurry(build(load()), undo, scripted=once)
    try:
        stage.furnish(house)
        async with running(house) as server:
            _welcome(house, ports)
            async with _town(ports, speed=speed) as town:
                await _play(house, server, town, once=once)
                return summarise(house)
    finally:
        house.store.close()


async def _play(house: House, server: Running, town: Town, *, once: bool) -> None:
    outcome = await stage.read_export(house, server.committer)
    say(f"   {scene.EXPORTED.name}: WhatsApp-export ingelezen, {outcome.read} berichten")
    await visits.all_visits(house.settings.public_url)
    say("   Een inwoner deed een melding; een dossier en een evaluatiekamer staan klaar")
    if not once:
        await server.stopped()
        return
    await town.said_all()
    await operators.decide_all(house.settings.public_url)
    await _delivered(house)


async def _delivered(house: House) -> None:
    """Wait until nothing is due any more: the undo window, then the mail and the webhook."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while await asyncio.to_thread(_waiting, house):
                await asyncio.sleep(0.2)


def _waiting(house: House) -> bool:
    soon = house.clock.now() + _SOON
    with house.store.read() as work:
        due = work.outbox.next_due()
    # An hour later groups are asked whether it helped; nobody waits for that here.
    return due is not None and due <= soon


#: What is due within this is waited for: longer than the undo window and a first new try.
_SOON = timedelta(minutes=1)


@asynccontextmanager
async def _town(ports: Ports, *, speed: float) -> AsyncIterator[Town]:
    town = await stage.start_town(ports, speed=speed)
    try:
        yield town
    finally:
        await town.leave()


def _welcome(house: House, ports: Ports) -> None:
    say(f"\nBuurtsignaal draait op http://127.0.0.1:{ports.web} (stoppen: Ctrl-C)\n")
    say("Log in als:")
    for account in scene.ACCOUNTS:
        say(f"   {account.username:18} wachtwoord {account.password:32} {account.role}")
    say(
        f"\nAlles is verzonnen; de gegevens staan in {house.settings.database_url.get_secret_value().removeprefix('sqlite:///')}."
    )
    say("Drie buurten beginnen te praten ...\n")
