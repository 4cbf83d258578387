# SPDX-License-Identifier: EUPL-1.2
"""A file of a researcher with one JSON object on each line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

from core import errors
from ingest.lines import Line, read_lines
from ingest.options import Options
from ingest.recordfile import RecordFile

#: Longest line, in characters: a text of 64 KiB with every character escaped.
_MOST_LINE = 512 * 1024


def connect(tenant: str, options: Mapping[str, Any]) -> Jsonl:
    """Return the connector; the only option is ``file``."""
    return Jsonl(tenant=tenant, file=Options("jsonl", options, ("file",)).file("file"))


class Jsonl(RecordFile):
    """Reads one file of JSON lines."""

    name = "jsonl"

    def records(self, file: BinaryIO) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
        """Yield the lines that are not empty."""
        for line in read_lines(file, most=_MOST_LINE):
            if line.text.strip():
                yield line.number, partial(_record, line)


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
