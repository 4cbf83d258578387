# SPDX-License-Identifier: EUPL-1.2
"""The start of a message in an export: date, time and who.

Android writes ``12-03-2024 21:14 - Naam: tekst``, iOS ``[12-03-2024, 21:14:02] Naam: tekst`` and
before 2018 ``12-03-16 21:14:02: Naam: tekst``; separators, order and clock follow the phone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: Marks of writing direction, which WhatsApp sprinkles around names, dates and bodies.
MARKS = "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_BLANK = "[ \u00a0\u2009\u202f]"

_HEADER = re.compile(
    rf"""
    [{MARKS}]* (?P<open>\[)? [{MARKS}]*
    (?P<a>\d{{4}}|\d{{1,2}}) (?P<sep>[-./]) (?P<b>\d{{1,2}}) (?P=sep) (?P<c>\d{{4}}|\d{{1,2}})
    ,? {_BLANK}{{1,2}} (?: (?:om|at|um) {_BLANK} )?
    (?P<hour>\d{{1,2}}) [:.] (?P<minute>\d{{2}}) (?: [:.] (?P<second>\d{{2}}) )?
    (?: {_BLANK}? (?P<half>[AaPp]) \.? {_BLANK}? [Mm] \.? )?
    [{MARKS}]*
    (?: (?P<bracket>\]) {_BLANK}? | {_BLANK} (?P<dash>[-–]) (?:{_BLANK}|$) | : (?:{_BLANK}|$) )
    (?P<rest>.*)
    """,
    re.VERBOSE | re.DOTALL,
)


class DateOrder(StrEnum):
    """In which order a phone writes day, month and year."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True, slots=True)
class Shape:
    """What all headers of one export have in common."""

    #: ``bracket`` (iOS), ``dash`` (Android) or ``colon`` (old iOS).
    family: str
    separator: str
    #: Whether the first number has four digits.
    year_first: bool
    #: Whether the year has four digits, wherever it stands.
    long_year: bool
    #: Whether hours run to twelve, with AM and PM.
    halves: bool


@dataclass(frozen=True, slots=True)
class Header:
    """A line that may be the start of a message."""

    shape: Shape
    #: The three numbers of the date, in the order of the phone.
    numbers: tuple[int, int, int]
    hour: int
    minute: int
    second: int
    #: Everything behind date and time.
    rest: str

    def moment(self, order: DateOrder) -> datetime | None:
        """Return the wall-clock time, or None when there is no such date."""
        year, month, day = _IN_ORDER[order](*self.numbers)
        try:
            return datetime(  # noqa: DTZ001 -- an export has no zone; WallClock gives it one
                year if self.shape.long_year else 2000 + year,
                month,
                day,
                self.hour,
                self.minute,
                self.second,
            )
        except ValueError:
            return None


_IN_ORDER = {
    DateOrder.DMY: lambda a, b, c: (c, b, a),
    DateOrder.MDY: lambda a, b, c: (c, a, b),
    DateOrder.YMD: lambda a, b, c: (a, b, c),
}


def read_header(line: str) -> Header | None:
    """Return the header that ``line`` starts with, or None."""
    found = _HEADER.match(line)
    if not found or bool(found["open"]) != bool(found["bracket"]):
        return None
    hour = _hour(int(found["hour"]), found["half"])
    minute, second = int(found["minute"]), int(found["second"] or 0)
    if hour is None or minute > 59 or second > 59:
        return None
    if len(found["a"]) == 4 and len(found["c"]) == 4:
        return None
    return Header(
        shape=Shape(
            family="bracket" if found["bracket"] else "dash" if found["dash"] else "colon",
            separator=found["sep"],
            year_first=len(found["a"]) == 4,
            long_year=4 in {len(found["a"]), len(found["c"])},
            halves=bool(found["half"]),
        ),
        numbers=(int(found["a"]), int(found["b"]), int(found["c"])),
        hour=hour,
        minute=minute,
        second=second,
        rest=found["rest"],
    )


def _hour(hour: int, half: str | None) -> int | None:
    if hour > 23:
        return None
    if half is None or hour > 12:
        # A phone set to 24 hours can still print the half: 21:14 PM.
        return hour
    return hour % 12 + (12 if half in "Pp" else 0)
