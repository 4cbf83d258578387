# SPDX-License-Identifier: EUPL-1.2
"""What is no signal leaves no trace: not in a database, log, temporary file or error."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from core.clock import AMSTERDAM
from tests.partners.telegram_api import TOKEN, TelegramApi, telegram_api
from tests.rig import killing
from tests.rig.app import App
from tests.rig.installation import Installation
from tests.rig.servant import Servant, servant

GROUP = -1001
#: Small talk, in which a mark stands for what nobody should ever find back.
TALK = (
    "Wie komt er zaterdag koffie drinken? Groetjes, {mark}",
    "Gefeliciteerd met je verjaardag {mark}! Fijne dag gewenst",
    "Ik heb nog appels over, wie wil er een paar? {mark}",
    "Bedankt voor de gezellige avond gisteren allemaal {mark}",
)


def marks(source: str, n: int) -> list[str]:
    return [f"zqx{source}{number:03d}qz" for number in range(n)]


def texts(source: str, n: int) -> Iterator[str]:
    for number, mark in enumerate(marks(source, n)):
        yield TALK[number % len(TALK)].format(mark=mark)


@pytest.mark.slow
async def test_irrelevant_messages_leave_no_trace_in_any_file(tmp_path: Path) -> None:
    house, outside = tmp_path / "house", tmp_path / "outside"
    (house / "tmp").mkdir(parents=True)
    outside.mkdir()
    async with telegram_api() as api, httpx.AsyncClient(trust_env=False) as client:
        installation = Installation(folder=house, telegram=(api.base_url, TOKEN), log_level="DEBUG")
        async with servant(installation) as server:
            await server.start()
            app = App(installation, client)
            await killing.consent(api, app)
            await _talk_live(api, app, server)
            await _read(installation, 80)
            await server.stop()
        await _import_files(installation, outside)

    assert killing.count(installation) == (200, {})
    assert "DEBUG" in installation.log.read_text()
    assert found_in(house, ["zqx"]) == []


async def _talk_live(api: TelegramApi, app: App, server: Servant) -> None:
    """Half of the messages come before a kill, half after it, and some right at it."""
    telegram, webhook = list(texts("t", 40)), list(texts("w", 40))
    for round_ in range(2):
        half = slice(20 * round_, 20 * round_ + 20)
        for text in telegram[half]:
            api.now = int(time.time())
            api.write(GROUP, 100, text)
        sending = asyncio.gather(*(app.write("g", "lid", text) for text in webhook[half]))
        if round_ == 0:
            await asyncio.sleep(0.05)
            await server.kill()
            await server.start()
        await sending


async def _read(installation: Installation, n: int) -> None:
    async with asyncio.timeout(60):
        while (await asyncio.to_thread(killing.count, installation))[0] < n:
            await asyncio.sleep(0.2)


async def _import_files(installation: Installation, outside: Path) -> None:
    now = datetime.now(AMSTERDAM)
    export = outside / "export.txt"
    lines = [f"{now:%d-%m-%Y %H:%M} - Anna: {text}" for text in texts("e", 40)]
    export.write_text("\n".join(lines) + "\n")
    rows = [
        {"id": str(n), "chat": "c", "sent_at": now.isoformat(), "sender": "a", "text": text}
        for n, text in enumerate(texts("j", 40))
    ]
    (outside / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = ["id;chat;sent_at;sender;text"]
    for n, text in enumerate(texts("c", 40)):
        table.append(f'{n};c;{now.isoformat()};a;"{text}"')
    (outside / "a.csv").write_text("\n".join(table) + "\n")
    for name in ("export.txt", "a.jsonl", "a.csv"):
        await _command(
            installation, "import", str(outside / name), "--group", "c", "--consent", "F-1"
        )


async def _command(installation: Installation, *arguments: str) -> None:
    with installation.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "buurtsignaal",
            *arguments,
            env={
                **installation.environment(),
                "TMPDIR": str(installation.folder / "tmp"),
            },
            stdout=log,
            stderr=log,
        )
        assert await process.wait() == 0, installation.log.read_text()[-2000:]


def found_in(folder: Path, needles: Sequence[str]) -> list[str]:
    """Return the files under ``folder`` that hold any of the needles, in any encoding we use."""
    wanted = [n.encode(code) for n in needles for code in ("utf-8", "utf-16-le")]
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in wanted)
    ]


def test_the_search_for_traces_would_find_one(tmp_path: Path) -> None:
    (tmp_path / "b.db-wal").write_bytes(b"\x00\x01zqxt001qz\x00")

    assert found_in(tmp_path, ["zqx"]) == ["b.db-wal"]
