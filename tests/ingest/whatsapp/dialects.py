# SPDX-License-Identifier: EUPL-1.2
"""Writes exports as phones do, in every dialect that we read; the parser's other half."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from ingest.whatsapp.header import DateOrder


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message, as its writer knows it."""

    at: datetime
    author: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one kind of phone writes an export."""

    name: str
    #: Everything before the writer's name.
    head: Callable[[datetime], str]
    order: DateOrder = DateOrder.DMY
    seconds: bool = False
    end: str = "\n"
    encoding: str = "utf-8"

    def render(self, messages: Iterable[Said]) -> bytes:
        """Return the export of a chat."""
        lines = [f"{self.head(m.at)}{m.author}: {m.words}" for m in messages]
        text = "".join(line.replace("\n", self.end) + self.end for line in lines)
        return text.encode(self.encoding)


def _half(at: datetime, text: str) -> str:
    return f"{at.hour % 12 or 12}:{at:%M}{text.replace('?', 'AP'[at.hour >= 12])}"


DIALECTS = (
    Dialect(name="android-nl", head=lambda at: f"{at:%d-%m-%Y %H:%M} - "),
    Dialect(name="android-nl-short", head=lambda at: f"{at:%d-%m-%y %H:%M} - "),
    Dialect(name="android-gb", head=lambda at: f"{at:%d/%m/%Y, %H:%M} - "),
    Dialect(
        name="android-us",
        head=lambda at: f"{at.month}/{at.day}/{at:%y}, {_half(at, chr(0x202F) + '?M')} - ",
        order=DateOrder.MDY,
    ),
    Dialect(name="android-au", head=lambda at: f"{at:%d/%m/%Y}, {_half(at, ' ?M').lower()} - "),
    Dialect(
        name="android-es", head=lambda at: f"{at.day}/{at.month}/{at:%y}, {_half(at, ' ?. m.')} - "
    ),
    Dialect(name="android-de", head=lambda at: f"{at:%d.%m.%y, %H:%M} - "),
    Dialect(name="android-iso", head=lambda at: f"{at:%Y-%m-%d, %H:%M} - ", order=DateOrder.YMD),
    Dialect(name="ios-nl", head=lambda at: f"[{at:%d-%m-%Y, %H:%M:%S}] ", seconds=True, end="\r\n"),
    Dialect(name="ios-nl-plain", head=lambda at: f"[{at:%d-%m-%y %H:%M:%S}] ", seconds=True),
    Dialect(
        name="ios-marks",
        head=lambda at: f"\u200e[{at:%d-%m-%Y, %H:%M:%S}] \u200f~\u202f",
        seconds=True,
    ),
    Dialect(
        name="ios-us",
        head=lambda at: (
            f"[{at.month}/{at.day}/{at:%y}, {at.hour % 12 or 12}:{at:%M:%S}"
            f"\u202f{'AP'[at.hour >= 12]}M] "
        ),
        order=DateOrder.MDY,
        seconds=True,
    ),
    Dialect(
        name="ios-jp",
        head=lambda at: f"[{at:%Y/%m/%d, %H:%M:%S}] ",
        order=DateOrder.YMD,
        seconds=True,
    ),
    Dialect(name="ios-old", head=lambda at: f"{at:%d-%m-%y %H:%M:%S}: ", seconds=True),
    Dialect(name="android-bom", head=lambda at: f"{at:%d-%m-%Y %H:%M} - ", encoding="utf-8-sig"),
    Dialect(name="android-utf-16", head=lambda at: f"{at:%d-%m-%Y %H:%M} - ", encoding="utf-16"),
)
