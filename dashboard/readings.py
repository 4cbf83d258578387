# SPDX-License-Identifier: EUPL-1.2
"""What was read of a group, in counts by which nobody can be recognised.

Days and kinds are two sums of the same messages. A count below five is hidden, and it stays
hidden for who adds up, subtracts and compares: then the other table gets less precise as well.
Today is left out. Who may look again after each message would see whose message it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashboard import words
from dashboard.spoken import say
from store.counters import CounterRow

#: A count below this is not told.
FEW = 5
#: Where a new step of rough counts begins.
_STEPS = (FEW, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000)
#: What is told per kind; of messages that were read and are no signal no kind is known.
KINDS = ("dropped", "forwarded")


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """All that a reader of the page learns: the count is not below ``low`` nor above ``high``."""

    low: int
    high: int

    @property
    def hidden(self) -> bool:
        """Whether it stands for a few, so that it must not become known."""
        return (self.low, self.high) == (1, FEW - 1)

    def __str__(self) -> str:
        """Return it in Dutch."""
        return str(self.text)

    @property
    def text(self) -> str:
        """As the page shows it."""
        if self.hidden:
            return say("minder dan %(few)s", few=FEW)
        low, high = words.number(self.low, 0), words.number(self.high, 0)
        return (
            low if self.low == self.high else say("%(low)s tot en met %(high)s", low=low, high=high)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What happened to a group's messages on one day."""

    day: str
    read: Count
    dropped: Count
    forwarded: Count


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A reason or a category over all days; the count is None where it would tell too much."""

    what: str
    count: Count | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Both tables of a group."""

    #: Latest first.
    days: tuple[Day, ...]
    #: By kind of count: ``dropped`` and ``forwarded``.
    kinds: Mapping[str, tuple[Kind, ...]]


def exact(n: int) -> Count:
    """Return a count as it is, or hidden."""
    return Count(low=1, high=FEW - 1) if 0 < n < FEW else Count(low=n, high=n)


def rough(n: int) -> Count:
    """Return the step that a count is in."""
    if n < FEW:
        return exact(n)
    low = max(step for step in _STEPS if step <= n)
    high = min((step for step in _STEPS if step > n), default=10 * n)
    return Count(low=low, high=high - 1)


def keeps_silent(one: Sequence[Count], other: Sequence[Count]) -> bool:
    """Whether each hidden count can still be anything, for who knows that both sums are equal."""
    return _silent(one, other) and _silent(other, one)


def reading(counts: Iterable[CounterRow], today: str) -> Reading:
    """Return what the page may tell of a group's counts before ``today``."""
    past = [row for row in counts if row.day < today]
    sums = _sums((row.kind, row.day, row.n) for row in past)
    days = sorted({row.day for row in past if row.kind in ("read", *KINDS)}, reverse=True)
    return Reading(
        days=tuple(
            Day(
                day=day,
                read=exact(sums["read"].get(day, 0)),
                dropped=exact(sums["dropped"].get(day, 0)),
                forwarded=exact(sums["forwarded"].get(day, 0)),
            )
            for day in days
        ),
        kinds={kind: _kinds(past, kind, sums[kind]) for kind in KINDS},
    )


def _kinds(past: Sequence[CounterRow], kind: str, per_day: Mapping[str, int]) -> tuple[Kind, ...]:
    sums = _sums((row.kind, row.what, row.n) for row in past)[kind]
    # In the order of their names: their order by size would tell who is the smallest.
    shown = {what: rough(n) for what, n in sorted(sums.items()) if n}
    told = keeps_silent([exact(n) for n in per_day.values()], list(shown.values()))
    return tuple(Kind(what=what, count=count if told else None) for what, count in shown.items())


def _silent(mine: Sequence[Count], others: Sequence[Count]) -> bool:
    # What is left for one hidden count, when all else is as large or as small as it can be.
    least = sum(c.low for c in others) - sum(c.high for c in mine) + FEW - 1
    most = sum(c.high for c in others) - sum(c.low for c in mine) + 1
    return not any(c.hidden for c in mine) or (least <= 1 and most >= FEW - 1)


def _sums(rows: Iterable[tuple[str, str, int]]) -> Mapping[str, dict[str, int]]:
    sums: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for kind, name, n in rows:
        sums[kind][name] = sums[kind].get(name, 0) + n
    return sums
