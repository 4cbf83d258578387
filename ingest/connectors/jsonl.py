# SPDX-License-Identifier: EUPL-1.2
"""A file of a researcher with one JSON object on each line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator, Mapping
from typing import Any

from core import errors
from core.message import Message
from ingest.connector import Submit
from ingest.handover import hand_over
from ingest.inputfile import InputFile, digest, opened
from ingest.lines import Line, read_lines
from ingest.options import Options
from ingest.problem import Problems
from ingest.record import message_of

#: Longest line, in characters: a text of 64 KiB with every character escaped.
_MOST_LINE = 512 * 1024


def connect(tenant: str, options: Mapping[str, Any]) -> Jsonl:
    """Return the connector; the only option is ``file``."""
    return Jsonl(tenant=tenant, file=Options("jsonl", options, ("file",)).file("file"))


class Jsonl:
    """Reads one file from start to end; a bad line is noted and stops nothing."""

    name = "jsonl"
    consent = "Wie de berichten schreef, weet dat ze voor onderzoek worden gebruikt."

    def __init__(self, *, tenant: str, file: InputFile) -> None:
        self._tenant = tenant
        self._file = file
        self.stream = digest(file)
        #: Lines that the last run could not use.
        self.problems = Problems()

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Hand over the whole file; ``BadInput`` when it is no text."""
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
            for line in read_lines(file, most=_MOST_LINE):
                if not line.text.strip():
                    continue
                try:
                    yield message_of(_record(line), self.name)
                except errors.BadInput as error:
                    problems.add(line.number, str(error))


def _record(line: Line) -> dict[str, Any]:
    if line.cut:
        raise errors.TooLarge("deze regel is te lang; een bericht mag tot 64 kB zijn")
    if not line.valid:
        raise errors.BadInput("deze regel bevat tekens die geen UTF-8 zijn")
    try:
        record = json.loads(line.text)
    except (ValueError, RecursionError):
        # The error itself quotes the line, so it is not passed on.
        record = None
    if not isinstance(record, dict):
        raise errors.BadInput(
            'deze regel is geen JSON-object; wel goed is {"id": …, "text": …, "chat": …, '
            '"sent_at": …, "sender": …}'
        )
    return record
