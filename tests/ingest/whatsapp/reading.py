# SPDX-License-Identifier: EUPL-1.2
"""Reads an export in one call, for tests of what comes out."""

from __future__ import annotations

import io

from ingest.lines import read_lines
from ingest.whatsapp.archive import open_chat
from ingest.whatsapp.header import DateOrder
from ingest.whatsapp.survey import survey
from ingest.whatsapp.transcript import Entry, Tally, read_entries


def read(export: bytes | str, order: DateOrder | None = None) -> tuple[list[Entry], Tally]:
    """Return all messages and what was left out."""
    raw = export.encode() if isinstance(export, str) else export
    tally = Tally()
    with open_chat(io.BytesIO(raw)) as chat:
        plan = survey(read_lines(chat), order)
    with open_chat(io.BytesIO(raw)) as chat:
        return list(read_entries(read_lines(chat), plan, tally)), tally


def words(export: bytes | str) -> list[str]:
    """Return what was said, in order."""
    return [entry.words for entry in read(export)[0]]
