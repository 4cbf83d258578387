# SPDX-License-Identifier: EUPL-1.2
"""Where and when signals are written, in counts that point at nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.clock import AMSTERDAM
from core.label import Category
from dashboard.spoken import say
from store.tallies import Moment

#: Fewer than this are not shown; see ``shown``.
SMALL = 5
DAYS = (
    say("maandag"),
    say("dinsdag"),
    say("woensdag"),
    say("donderdag"),
    say("vrijdag"),
    say("zaterdag"),
    say("zondag"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """A number as people may see it."""

    #: A multiple of five; None: fewer than five, but not zero.
    n: int | None

    @property
    def text(self) -> str:
        """As a table shows it."""
        return "< 5" if self.n is None else str(self.n)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A neighbourhood or place, with how often it was named."""

    #: Neighbourhood key, or the place's name.
    key: str
    count: Count
    #: The category that is named most, when it is often enough and may be seen.
    most: Category | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """Counts of one selection, hour by weekday."""

    total: Count
    #: Seven rows of 24.
    cells: tuple[tuple[Count, ...], ...]
    hours: tuple[Count, ...]
    days: tuple[Count, ...]
    areas: tuple[Spot, ...]
    places: tuple[Spot, ...]
    #: How many places are named too seldom to show.
    hidden: int


def shown(n: int) -> Count:
    """Return a count that points at nobody: none below five, and rounded to fives above.

    Rounding keeps a hidden number from being found by subtracting what is shown from a total.
    """
    if 0 < n < SMALL:
        return Count(n=None)
    return Count(n=5 * ((n + 2) // 5))


def picture(moments: Sequence[Moment]) -> Picture:
    """Count the moments, by Dutch hour and weekday and by place."""
    when: Counter[tuple[int, int]] = Counter()
    for moment in moments:
        local = moment.sent_at.astimezone(AMSTERDAM)
        when[local.weekday(), local.hour] += 1
    areas = _spots((m.area, m.category) for m in moments if m.area)
    places = _spots((place, m.category) for m in moments for place in m.places)
    often = [spot for spot in places if spot.count.n]
    return Picture(
        total=shown(len(moments)),
        cells=tuple(tuple(shown(when[d, h]) for h in range(24)) for d in range(7)),
        hours=tuple(shown(sum(when[d, h] for d in range(7))) for h in range(24)),
        days=tuple(shown(sum(when[d, h] for h in range(24))) for d in range(7)),
        areas=tuple(areas),
        places=tuple(often),
        hidden=len(places) - len(often),
    )


def _spots(named: Iterable[tuple[str, Category | None]]) -> list[Spot]:
    counts: dict[str, Counter[Category | None]] = {}
    for key, category in named:
        counts.setdefault(key, Counter())[category] += 1
    order = sorted(counts.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    return [Spot(key=k, count=shown(c.total()), most=_most(c)) for k, c in order]


def _most(counts: Counter[Category | None]) -> Category | None:
    named = [(category, n) for category, n in counts.most_common() if category is not None]
    return named[0][0] if named and named[0][1] >= SMALL else None
