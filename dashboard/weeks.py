# SPDX-License-Identifier: EUPL-1.2
"""How a model does week by week, against what its release promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.agreement import cohen_kappa
from core.clock import AMSTERDAM
from core.label import Category
from core.proportion import interval
from core.signal import Act
from store.quality import DayCount, Judged, ShadowKey

#: A figure over fewer than this would point at single people.
FEWEST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """One week; a figure over too few is None."""

    #: Its Monday.
    start: date
    read: int
    #: Share of what was read that became a signal.
    flagged: float | None
    judged: int
    #: Share of what people judged that was a signal, of whatever category.
    precision: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alongside:
    """How often a model that runs along says the same."""

    model: str
    shadow: str
    messages: int
    same: float
    kappa: float | None
    #: Both said signal or both said none.
    same_signal: float
    #: (what the one said, what the other said, how many), most first; small ones left out.
    apart: tuple[tuple[Category, Category, int], ...]


def weeks(days: Sequence[DayCount], judged: Sequence[Judged]) -> list[Week]:
    """Return the weeks in which anything happened, latest first."""
    read: Counter[date] = Counter()
    flagged: Counter[date] = Counter()
    for day in days:
        monday = _monday(date.fromisoformat(day.day))
        read[monday] += day.read
        flagged[monday] += day.flagged
    right: Counter[date] = Counter()
    all: Counter[date] = Counter()
    for one in judged:
        if one.act is Act.REROUTE:
            continue  # It says where a signal belongs, not whether it is one.
        monday = _monday(one.at.astimezone(AMSTERDAM).date())
        all[monday] += 1
        # Another category still is a signal: the release counts it the same way.
        right[monday] += one.act is not Act.REJECT
    mondays = sorted({*read, *all}, reverse=True)
    return [_week(m, read[m], flagged[m], right[m], all[m]) for m in mondays]


def since(now: datetime, back: int) -> date:
    """Return the Monday ``back`` weeks ago, so that the first week is whole."""
    return _monday(now.astimezone(AMSTERDAM).date()) - timedelta(weeks=back)


def alongside(counts: Mapping[ShadowKey, int]) -> list[Alongside]:
    """Return the agreement of each pair of models."""
    found: dict[tuple[str, str], Counter[tuple[Category, Category]]] = {}
    for key, n in counts.items():
        pair = found.setdefault((key.model, key.shadow), Counter())
        pair[key.said, key.shadow_said] += n
    return [_alongside(*models, said) for models, said in sorted(found.items())]


def _week(monday: date, read: int, flagged: int, right: int, judged: int) -> Week:
    shown = judged >= FEWEST
    # A few signals among many messages still are a few signals.
    some = read >= FEWEST and (flagged == 0 or flagged >= FEWEST)
    return Week(
        start=monday,
        read=read,
        flagged=flagged / read if some else None,
        judged=judged,
        precision=right / judged if shown else None,
        interval=interval(right, judged) if shown else None,
    )


def _alongside(model: str, shadow: str, said: Counter[tuple[Category, Category]]) -> Alongside:
    total = said.total()
    pairs = [(str(one), str(other)) for (one, other), n in said.items() for _ in range(n)]
    same = sum(n for (one, other), n in said.items() if one is other)
    geen = Category.GEEN
    signal = sum(n for (one, other), n in said.items() if (one is geen) == (other is geen))
    apart = [(one, other, n) for (one, other), n in said.most_common() if one is not other]
    return Alongside(
        model=model,
        shadow=shadow,
        messages=total,
        same=same / total,
        kappa=cohen_kappa(pairs),
        same_signal=signal / total,
        apart=tuple(row for row in apart if row[2] >= FEWEST)[:10],
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
