# SPDX-License-Identifier: EUPL-1.2
"""Spans of which no two share a character, quick however many a long text holds."""

from __future__ import annotations

from bisect import bisect_right


class Apart:
    """Takes a span only where none was taken before."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def take(self, start: int, end: int) -> bool:
        """Take the span and return True, or return False because it overlaps one."""
        at = bisect_right(self._starts, start)
        before = at > 0 and self._ends[at - 1] > start
        behind = at < len(self._starts) and self._starts[at] < end
        if before or behind:
            return False
        self._starts.insert(at, start)
        self._ends.insert(at, end)
        return True
