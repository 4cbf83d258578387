# SPDX-License-Identifier: EUPL-1.2
"""The first reading of an export: how this phone writes dates, and which lines only look so."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from core import errors
from ingest.lines import Line
from ingest.whatsapp.archive import ACCEPTED
from ingest.whatsapp.author import split_author
from ingest.whatsapp.chronology import strangers
from ingest.whatsapp.header import DateOrder, Header, Shape, read_header
from ingest.whatsapp.order import Dates, decide_order

#: More messages than any export holds (WhatsApp itself stops at 40,000).
MOST_HEADERS = 1_000_000
#: A way of writing that fewer headers have than this share comes from a quoted text.
_SHARE = 0.3
#: WhatsApp began in 2009; a header from before then, or from the next century, is a fault.
YEARS = range(2009, 2100)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read the export the second time."""

    orders: Mapping[Shape, DateOrder]
    #: Ordinals of lines that look like a header and stand inside a message.
    quoted: frozenset[int]

    def moment(self, ordinal: int, header: Header) -> datetime | None:
        """Return the wall-clock time of a real header; None for a line inside a message."""
        order = self.orders.get(header.shape)
        if order is None or ordinal in self.quoted:
            return None
        return header.moment(order)


def survey(lines: Iterable[Line], date_order: DateOrder | None = None) -> Plan:
    """Read the whole file once; ``BadInput`` when it is no export or the order stays unclear."""
    seen = _Seen()
    for line in lines:
        header = read_header(line.text)
        if header is not None:
            seen.add(header)
    if not seen.kept:
        raise errors.BadInput(f"In dit bestand staan geen berichten van WhatsApp. {ACCEPTED}")
    orders = {
        shape: decide_order(seen.dates(shape), shape, date_order) for shape in seen.main_shapes()
    }
    return Plan(orders=orders, quoted=_quoted(seen, orders))


class _Seen:
    """Everything that looked like a header, packed to eight bytes each."""

    def __init__(self) -> None:
        self.kept = array("Q")
        self._shapes: dict[Shape, int] = {}
        self._counts: Counter[Shape] = Counter()

    def add(self, header: Header) -> None:
        """Keep one."""
        if len(self.kept) >= MOST_HEADERS:
            raise errors.TooLarge(
                f"In dit bestand staan meer dan {MOST_HEADERS} berichten. Splits het bestand."
            )
        self._counts[header.shape] += 1
        shape = self._shapes.setdefault(header.shape, len(self._shapes))
        self.kept.append(_pack(header, shape, by_somebody=split_author(header.rest) is not None))

    def main_shapes(self) -> list[Shape]:
        """Return the ways of writing that are the export's own."""
        (most, _), *_ = self._counts.most_common(1)
        least = _SHARE * len(self.kept)
        return [s for s, n in self._counts.items() if n >= least or s == most]

    def dates(self, shape: Shape) -> Dates:
        """Return the numbers of each date in this way of writing, in the order of the file."""
        which = self._shapes[shape]
        return [_numbers(packed) for packed in self.kept if packed & 0xFF == which]

    def headers(self) -> Iterator[tuple[Header, bool]]:
        """Give each header, without its words, and whether somebody wrote the line."""
        shapes = list(self._shapes)
        for packed in self.kept:
            yield _unpack(packed, shapes), bool(packed >> 8 & 1)


def _quoted(seen: _Seen, orders: Mapping[Shape, DateOrder]) -> frozenset[int]:
    """Return the headers that break the order of time."""
    ordinals, minutes, by_somebody = array("q"), array("q"), bytearray()
    for ordinal, (header, somebody) in enumerate(seen.headers()):
        order = orders.get(header.shape)
        moment = order and header.moment(order)
        if moment and moment.year in YEARS:
            ordinals.append(ordinal)
            minutes.append(_minute(moment))
            by_somebody.append(somebody)
    odd = strangers(minutes)
    written = [position for position in odd if by_somebody[position]]
    if len(written) > max(3, 0.05 * sum(by_somebody)):
        # That many are no quotes: two exports were pasted together. Nothing may get lost.
        odd -= set(written)
    return frozenset(ordinals[position] for position in odd)


def _minute(moment: datetime) -> int:
    return moment.toordinal() * 1440 + moment.hour * 60 + moment.minute


def _pack(header: Header, shape: int, *, by_somebody: bool) -> int:
    a, b, c = header.numbers
    value = a << 14 | c
    value = value << 7 | b
    value = value << 5 | header.hour
    value = value << 6 | header.minute
    return value << 9 | by_somebody << 8 | shape


def _numbers(packed: int) -> tuple[int, int, int]:
    return packed >> 41, packed >> 20 & 0x7F, packed >> 27 & 0x3FFF


def _unpack(packed: int, shapes: list[Shape]) -> Header:
    return Header(
        shape=shapes[packed & 0xFF],
        numbers=_numbers(packed),
        hour=packed >> 15 & 0x1F,
        minute=packed >> 9 & 0x3F,
        second=0,
        rest="",
    )
