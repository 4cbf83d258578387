# SPDX-License-Identifier: EUPL-1.2
"""How often each caller calls; in memory only."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

#: Callers that are remembered.
_CALLERS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Where a caller stands."""

    limit: int
    #: Calls that it may still make in this span.
    remaining: int
    #: Whole seconds until the next span.
    seconds: int
    #: This call was one too many.
    spent: bool

    @property
    def headers(self) -> dict[str, str]:
        """As the caller reads it."""
        found = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.seconds),
        }
        return found | ({"Retry-After": str(self.seconds)} if self.spent else {})


@dataclass(slots=True)
class Meter:
    """Counts calls in spans that begin with a caller's first call."""

    limit: int
    span: timedelta
    _callers: OrderedDict[str, tuple[datetime, int]] = field(default_factory=OrderedDict)

    def spend(self, caller: str, now: datetime) -> Left:
        """Count a call."""
        began, calls = self._callers.pop(caller, (now, 0))
        if not timedelta(0) <= now - began < self.span:
            began, calls = now, 0
        calls += 1
        self._callers[caller] = (began, calls)
        while len(self._callers) > _CALLERS:
            self._callers.popitem(last=False)
        return Left(
            limit=self.limit,
            remaining=max(0, self.limit - calls),
            seconds=max(1, ceil((began + self.span - now).total_seconds())),
            spent=calls > self.limit,
        )
