# SPDX-License-Identifier: EUPL-1.2
"""A file of a researcher as a table: CSV with comma, semicolon or tab."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

from core import errors
from ingest.lines import read_lines
from ingest.options import Options
from ingest.recordfile import RecordFile
from ingest.rows import MOST_ROW, Row, read_rows


def connect(tenant: str, options: Mapping[str, Any]) -> CsvFile:
    """Return the connector; the only option is ``file``."""
    return CsvFile(tenant=tenant, file=Options("csv_file", options, ("file",)).file("file"))


class CsvFile(RecordFile):
    """Reads one table."""

    name = "csv_file"

    def records(self, file: BinaryIO) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
        """Yield the rows under the header."""
        for row in read_rows(read_lines(file, most=MOST_ROW)):
            yield row.line, partial(_values, row)


def _values(row: Row) -> dict[str, str]:
    if row.problem:
        raise errors.BadInput(row.problem)
    return row.values
