# SPDX-License-Identifier: EUPL-1.2
"""Three people fill in the municipality's form; one sends it twice, one takes hers back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from core.clock import FrozenClock
from core.label import Category
from core.message import Batch
from core.ownreport import Kind, OwnReport
from ingest.connector import Connector, Submit
from ingest.connectors.report_form import ReportForm, connect
from ingest.report_form import filed
from ingest.report_form.code import make_code, reference
from tests.samples.sample import Sample

_SECRET = b"only samples have this"
_REPORTS = (
    ("een", "Man siste naar mij bij het station", "Stationsplein"),
    ("twee", "Groepje liep mij achterna", "Kerkstraat 12"),
    ("twee", "Groepje liep mij achterna", "Kerkstraat 12"),
    ("drie", "", "bij de bushalte"),
)


def code_of(seed: str) -> str:
    return make_code(_SECRET, seed)


def filed_report(seed: str, words: str, place: str, **more: object) -> filed.Filed:
    """Return a report as the page hands it over."""
    own = OwnReport(kinds=(Kind.of("straatintimidatie/sissen"),), **more)  # type: ignore[arg-type]
    assert own.category is Category.STRAATINTIMIDATIE
    return filed.Filed(
        tenant="delft",
        reference=reference(code_of(seed)),
        text=filed.compose(words, place, "Nasissen"),
        own=own,
        text_version="form-2026-11-1",
    )


def batches(at: datetime) -> list[Batch]:
    made = [filed.report(filed_report(*report), at) for report in _REPORTS]
    gone = reference(code_of("drie"))
    return [*made, filed.withdrawal("delft", reference=gone, at=at)]


class _Sent(ReportForm):
    """The form with people at it, who try again until they are thanked."""

    def __init__(self, made: ReportForm, at: datetime) -> None:
        super().__init__(made.themes)
        self._at = at

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        for batch in batches(self._at):
            await _send(submit, batch)
        await super().run(submit, stop, cursor=cursor)


async def _send(submit: Submit, batch: Batch) -> None:
    while True:
        try:
            await submit(batch)
        except ConnectionError:
            await asyncio.sleep(0.01)
        else:
            return


@asynccontextmanager
async def _open(clock: FrozenClock) -> AsyncIterator[Connector]:
    yield _Sent(connect("delft", {}), clock.now() - timedelta(hours=1))


SAMPLE = Sample(messages=4, people=("melder ",), open=_open)
