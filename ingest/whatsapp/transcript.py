# SPDX-License-Identifier: EUPL-1.2
"""The second reading of an export: its messages, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ingest.limits import MOST_BYTES
from ingest.lines import Line
from ingest.problem import Problems
from ingest.whatsapp.author import split_author
from ingest.whatsapp.header import Header, read_header
from ingest.whatsapp.phrases import is_nothing, is_system, written
from ingest.whatsapp.survey import YEARS, Plan

TOO_LARGE = "dit bericht is te groot; een bericht mag tot 64 kB zijn"
INVALID = "dit bericht bevat tekens die we niet kunnen lezen; sla het bestand op als UTF-8"
BAD_DATE = "deze datum kan niet; WhatsApp bestaat sinds 2009"
NO_HEADER = "deze regel hoort bij geen bericht; een bericht begint met datum, tijd en naam"


class Skipped(StrEnum):
    """What is left out without being a problem."""

    #: WhatsApp's own lines: who came and who left.
    SYSTEM = "systeem"
    #: A picture, sound or file without words.
    MEDIA = "media"
    #: Deleted messages, missed calls.
    GONE = "verwijderd"


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One message of an export."""

    line: int
    #: The time on the phone.
    wall: datetime
    author: str
    words: str


@dataclass(slots=True)
class Tally:
    """What was left out of one reading."""

    problems: Problems = field(default_factory=Problems)
    skipped: Counter[Skipped] = field(default_factory=Counter)


def read_entries(lines: Iterable[Line], plan: Plan, tally: Tally) -> Iterator[Entry]:
    """Give all messages that somebody wrote, in the order of the file."""
    draft: _Draft | None = None
    ordinal = -1
    for line in lines:
        header = read_header(line.text)
        ordinal += header is not None
        wall = plan.moment(ordinal, header) if header else None
        if header and wall:
            if draft and (entry := draft.finish(tally)):
                yield entry
            draft = _Draft(line, header, wall)
        elif draft:
            draft.go_on(line)
        elif line.text.strip():
            tally.problems.add(line.number, NO_HEADER)
    if draft and (entry := draft.finish(tally)):
        yield entry


class _Draft:
    """A message of which more lines may follow."""

    def __init__(self, line: Line, header: Header, wall: datetime) -> None:
        self._line = line.number
        self._wall = wall
        who = split_author(header.rest)
        self._author = who[0] if who else None
        self._parts = [who[1] if who else ""]
        self._size = len(self._parts[0])
        self._invalid = not line.valid
        self._cut = line.cut

    def go_on(self, line: Line) -> None:
        """Add a line, as long as the message can still be read."""
        self._invalid |= not line.valid
        self._size += len(line.text) + 1
        self._cut |= line.cut or self._size > MOST_BYTES
        if not self._cut and self._author:
            self._parts.append(line.text)

    def finish(self, tally: Tally) -> Entry | None:
        """Return the message, or count why there is none."""
        if self._author is None:
            tally.skipped[Skipped.SYSTEM] += 1
            return None
        if problem := self._problem():
            tally.problems.add(self._line, problem)
            return None
        body = "\n".join(self._parts)
        words = written(body)
        if skipped := _skipped(body, words):
            tally.skipped[skipped] += 1
            return None
        return Entry(self._line, self._wall, self._author, words)

    def _problem(self) -> str | None:
        if self._cut:
            return TOO_LARGE
        if self._invalid:
            return INVALID
        return None if self._wall.year in YEARS else BAD_DATE


def _skipped(body: str, words: str) -> Skipped | None:
    if is_system(body):
        return Skipped.SYSTEM
    if is_nothing(body):
        return Skipped.GONE
    return None if words else Skipped.MEDIA
