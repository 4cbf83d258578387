# SPDX-License-Identifier: EUPL-1.2
"""Long-running parts are kept alive."""

from __future__ import annotations

import asyncio
import logging

import pytest

from buurtsignaal.watch import watch


async def test_a_part_that_fails_starts_again() -> None:
    tries = 0

    async def part() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OSError

    await watch("part", part, asyncio.Event(), chance=lambda: -1.0)

    assert tries == 3


async def test_the_text_of_an_error_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    stop = asyncio.Event()

    async def part() -> None:
        stop.set()
        raise ValueError("wat een bewoner schreef")

    with caplog.at_level(logging.DEBUG):
        await watch("part", part, stop)

    assert "ValueError" in caplog.text
    assert "bewoner" not in caplog.text


async def test_a_part_that_does_not_listen_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buurtsignaal.watch.PATIENCE", 0.05)
    stop = asyncio.Event()

    async def part() -> None:
        stop.set()
        await asyncio.sleep(3600)

    await asyncio.wait_for(watch("part", part, stop), 5)
