# SPDX-License-Identifier: EUPL-1.2
"""A file of a researcher: one record after the other, whatever it is written in."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, BinaryIO, ClassVar

from core import errors
from core.message import Message
from ingest.connector import Submit
from ingest.handover import hand_over
from ingest.inputfile import InputFile, digest, opened
from ingest.problem import Problems
from ingest.record import message_of


class RecordFile(ABC):
    """Reads one file from start to end; a bad record is noted and stops nothing."""

    name: ClassVar[str]
    consent = "Wie de berichten schreef, weet dat ze voor onderzoek worden gebruikt."

    def __init__(self, *, tenant: str, file: InputFile) -> None:
        self._tenant = tenant
        self._file = file
        self.stream = digest(file)
        #: Lines that the last run could not use.
        self.problems = Problems()

    @abstractmethod
    def records(self, file: BinaryIO) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
        """Yield line number and record; asking for the record raises ``BadInput`` if it is bad.

        Raises ``BadInput`` itself only when the whole file is no good.
        """

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Hand over the whole file; ``BadInput`` when it can't be read at all."""
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
            for number, record in self.records(file):
                try:
                    yield message_of(record(), self.name)
                except errors.BadInput as error:
                    problems.add(number, str(error))
