# SPDX-License-Identifier: EUPL-1.2
"""WhatsApp exports through the whole way in: options, re-exports, memory and errors."""

from __future__ import annotations

import asyncio
import io
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import errors
from core.message import Batch
from core.outcome import Outcome
from ingest.connectors.whatsapp_export import WhatsappExport, connect
from ingest.handover import BATCH
from tests.ingest.house import Intake, read_all
from tests.ingest.whatsapp.dialects import DIALECTS, Said

ANDROID = next(d for d in DIALECTS if d.name == "android-nl")
IOS = next(d for d in DIALECTS if d.name == "ios-marks")
START = datetime(2026, 11, 1, 9, 0, 30)  # noqa: DTZ001 -- phones write no zone


def chat(size: int) -> list[Said]:
    return [
        Said(
            at=START + timedelta(minutes=5) * (n // 2),
            author=("Anna", "Bert")[n % 2],
            words=f"Bericht {n // 4}",
        )
        for n in range(size)
    ]


def export(messages: list[Said], **options: Any) -> WhatsappExport:
    file = io.BytesIO(ANDROID.render(messages))
    return connect("delft", {"chat": "noord", "file": file, **options})


async def test_a_re_export_and_an_overlapping_export_add_only_what_is_new(intake: Intake) -> None:
    await read_all(export(chat(1200)), intake)
    assert len(intake.stored) == 1200
    await read_all(export(chat(1200)), intake)
    assert len(intake.stored) == 1200
    await read_all(export(chat(1300)), intake)
    assert len(intake.stored) == 1300
    await read_all(export(chat(1300)[600:]), intake)
    assert len(intake.stored) == 1300


async def test_an_export_of_another_phone_adds_nothing(intake: Intake) -> None:
    await read_all(export(chat(40)), intake)
    other = io.BytesIO(IOS.render(chat(40)))
    await read_all(connect("delft", {"chat": "noord", "file": other}), intake)
    assert len(intake.stored) == 40


async def test_the_same_export_of_another_group_is_another_chat(intake: Intake) -> None:
    await read_all(export(chat(4)), intake)
    await read_all(export(chat(4), chat="zuid"), intake)
    assert len(intake.stored) == 8


async def test_an_export_offered_again_after_consent_is_read_after_all(intake: Intake) -> None:
    intake.consenting = False
    await read_all(export(chat(10)), intake)
    assert intake.stored == []
    intake.consenting = True
    await read_all(export(chat(10)), intake)
    assert len(intake.stored) == 10


async def test_times_are_dutch_wall_clock_times(intake: Intake) -> None:
    await read_all(export(chat(1)), intake)
    assert intake.messages[0].sent_at == datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


async def test_a_zip_on_disk_is_read_as_the_text_itself(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp-chat met Noord.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("WhatsApp-chat met Noord.txt", ANDROID.render(chat(3)))
        made.writestr("IMG-1.jpg", b"\xff\xd8")
    await read_all(connect("delft", {"chat": "noord", "file": str(path)}), intake)
    assert len(intake.stored) == 3


async def test_the_order_of_the_date_can_be_said(intake: Intake) -> None:
    text = b"11/3/26, 10:00 AM - Jan: dag\n"
    with pytest.raises(errors.BadInput, match="date_order"):
        await read_all(connect("delft", {"chat": "n", "file": io.BytesIO(text)}), intake)
    options = {"chat": "n", "file": io.BytesIO(text), "date_order": "mdy"}
    await read_all(connect("delft", options), intake)
    assert intake.messages[0].sent_at == datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "'chat'"),
        ({"chat": "n"}, "'file'"),
        ({"chat": " ", "file": "x"}, "'chat'"),
        ({"chat": "n", "file": 5}, "'file'"),
        ({"chat": "n", "file": "x", "date_order": "ydm"}, "dmy, mdy, ymd"),
        ({"chat": "n", "file": "x", "wachtwoord": "y"}, "'wachtwoord'"),
    ],
)
def test_a_missing_or_odd_option_is_a_configuration_error(
    options: dict[str, Any], says: str
) -> None:
    with pytest.raises(errors.ConfigurationError, match=says):
        connect("delft", options)


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(errors.BadInput, match=r"weg\.txt"):
        connect("delft", {"chat": "n", "file": tmp_path / "weg.txt"})


async def test_nothing_is_handed_over_of_a_file_that_is_no_export(intake: Intake) -> None:
    with pytest.raises(errors.BadInput, match="Chat exporteren"):
        await read_all(connect("delft", {"chat": "n", "file": io.BytesIO(b"hallo\n" * 99)}), intake)
    assert intake.batches == []


async def test_what_was_left_out_can_be_shown_to_the_admin(intake: Intake) -> None:
    text = ANDROID.render(chat(2)) + b"01-11-2026 09:30 - Anna: caf\xe9\n"
    made = connect("delft", {"chat": "noord", "file": io.BytesIO(text)})
    await read_all(made, intake)
    assert len(intake.stored) == 2
    assert [str(problem)[:8] for problem in made.tally.problems.first] == ["regel 3:"]


async def test_a_large_chat_takes_little_memory() -> None:
    file = io.BytesIO(ANDROID.render(chat(12_000)))
    seen = 0

    async def submit(batch: Batch) -> Outcome:
        nonlocal seen
        seen += len(batch.items)
        assert len(batch.items) <= BATCH
        return Outcome()

    made = connect("delft", {"chat": "noord", "file": file})
    tracemalloc.start()
    await made.run(submit, asyncio.Event())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == 12_000
    assert peak < 5_000_000
