# SPDX-License-Identifier: EUPL-1.2
"""A file of a researcher as a table: CSV with comma, semicolon or tab."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from typing import Any

from core import errors
from core.message import Message
from ingest.connector import Submit
from ingest.handover import hand_over
from ingest.inputfile import InputFile, digest, opened
from ingest.lines import read_lines
from ingest.options import Options
from ingest.problem import Problems
from ingest.record import message_of
from ingest.rows import MOST_ROW, Row, read_rows


def connect(tenant: str, options: Mapping[str, Any]) -> CsvFile:
    """Return the connector; the only option is ``file``."""
    return CsvFile(tenant=tenant, file=Options("csv_file", options, ("file",)).file("file"))


class CsvFile:
    """Reads one table from start to end; a bad row is noted and stops nothing."""

    name = "csv_file"
    consent = "Wie de berichten schreef, weet dat ze voor onderzoek worden gebruikt."

    def __init__(self, *, tenant: str, file: InputFile) -> None:
        self._tenant = tenant
        self._file = file
        self.stream = digest(file)
        #: Rows that the last run could not use.
        self.problems = Problems()

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Hand over the whole file; ``BadInput`` when its header is no good."""
        self.problems = Problems()
        await hand_over(
            self._messages(self.problems),
            tenant=self._tenant,
            source=self.name,
            stream=self.stream,
            submit=submit,
            stop=stop,
            cursor=cursor,
        )

    def _messages(self, problems: Problems) -> Generator[Message, None, None]:
        with opened(self._file) as file:
            for row in read_rows(read_lines(file, most=MOST_ROW)):
                try:
                    yield message_of(_values(row), self.name)
                except errors.BadInput as error:
                    problems.add(row.line, str(error))


def _values(row: Row) -> dict[str, str]:
    if row.problem:
        raise errors.BadInput(row.problem)
    return row.values
