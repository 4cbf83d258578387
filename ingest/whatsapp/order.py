# SPDX-License-Identifier: EUPL-1.2
"""Day, month, year: decided over all dates of an export together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from core import errors
from ingest.whatsapp.header import DateOrder, Header, Shape

Dates = list[tuple[int, int, int]]


def decide_order(dates: Dates, shape: Shape, wanted: DateOrder | None = None) -> DateOrder:
    """Return the order in which these dates exist and follow each other best.

    Where two orders do equally well it is the Dutch one, except for dates with slashes and
    AM/PM: there both the American and the British order are common, so a person must say.
    """
    if wanted is not None and not shape.year_first:
        return wanted
    scores = {order: _faults(dates, shape, order) for order in _possible(shape)}
    best = [order for order, faults in scores.items() if faults == min(scores.values())]
    if DateOrder.DMY in best and DateOrder.MDY in best and shape.separator == "/" and shape.halves:
        raise errors.BadInput(
            "Bij deze export is niet te zien wat de dag is en wat de maand. "
            "Kies zelf: date_order=dmy (dag eerst) of date_order=mdy (maand eerst)."
        )
    return best[0]


def _possible(shape: Shape) -> list[DateOrder]:
    if shape.year_first:
        return [DateOrder.YMD]
    if shape.long_year:
        return [DateOrder.DMY, DateOrder.MDY]
    return [DateOrder.DMY, DateOrder.MDY, DateOrder.YMD]


def _faults(dates: Dates, shape: Shape, order: DateOrder) -> tuple[int, int]:
    """Return how many dates do not exist, and how often time goes back."""
    days = [_day(numbers, shape, order) for numbers in dates]
    return days.count(None), _steps_back(day for day in days if day)


def _steps_back(days: Iterable[date]) -> int:
    steps, last = 0, date.min
    for day in days:
        steps += day < last
        last = day
    return steps


def _day(numbers: tuple[int, int, int], shape: Shape, order: DateOrder) -> date | None:
    moment: datetime | None = Header(shape, numbers, 0, 0, 0, "").moment(order)
    return moment.date() if moment else None
