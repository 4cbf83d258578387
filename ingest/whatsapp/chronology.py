# SPDX-License-Identifier: EUPL-1.2
"""Which lines break the order of time, because somebody quoted a date in a message."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

#: Minutes that messages may stand out of order: clocks differ, and summer time ends.
_SLACK = 61


def strangers(minutes: Sequence[int]) -> set[int]:
    """Return the positions of moments that do not fit between their neighbours.

    The longest run of moments that starts with the first and never goes back is the chat; what
    does not fit in it by more than an hour is a quoted date (``13-03-2024 20:00 - Borrel``). The
    first is sure, because nothing stands before it that could quote it.
    """
    if _orderly(minutes):
        return set()
    chain = _longest_chain(minutes)
    return {
        position
        for before, after in pairwise([*chain, len(minutes)])
        for position in range(before + 1, after)
        if not _between(minutes, position, before, after)
    }


def _orderly(minutes: Sequence[int]) -> bool:
    latest = minutes[0] if minutes else 0
    for minute in minutes:
        if minute < latest - _SLACK:
            return False
        latest = max(latest, minute)
    return True


def _between(minutes: Sequence[int], position: int, before: int, after: int) -> bool:
    minute = minutes[position]
    high = minutes[after] + _SLACK if after < len(minutes) else minute
    return minutes[before] - _SLACK <= minute <= high


def _longest_chain(minutes: Sequence[int]) -> list[int]:
    """Return the positions of a longest subsequence from the first on that never goes back."""
    ends: list[int] = []
    positions = array("q")
    previous = array("q", [-1]) * len(minutes)
    for position, minute in enumerate(minutes):
        if minute < minutes[0]:
            continue
        length = bisect_right(ends, minute)
        if length == len(ends):
            ends.append(minute)
            positions.append(position)
        else:
            ends[length] = minute
            positions[length] = position
        if length:
            previous[position] = positions[length - 1]
    chain: list[int] = []
    position = positions[-1] if positions else -1
    while position >= 0:
        chain.append(position)
        position = previous[position]
    return chain[::-1]
