# SPDX-License-Identifier: EUPL-1.2
"""The last messages of each chat, in memory only: context for the classifier."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain


@dataclass(frozen=True, slots=True, repr=False)
class _Line:
    at: datetime
    text: str


class Windows:
    """Bounded in number of chats, messages, characters and age; gone when the process ends."""

    def __init__(
        self,
        *,
        messages: int = 6,
        age: timedelta = timedelta(minutes=60),
        chats: int = 20_000,
        characters: int = 1_000,
    ) -> None:
        self._messages = messages
        self._age = age
        self._chats = chats
        self._characters = characters
        self._lines: OrderedDict[str, deque[_Line]] = OrderedDict()

    def draft(self) -> Draft:
        """Return a view that a transaction writes in; only ``keep`` makes it real."""
        return Draft(self)

    def forget(self, group: str) -> None:
        """Forget a group at once, as a withdrawal demands."""
        self._lines.pop(group, None)

    def _recent(self, lines: Iterable[_Line], at: datetime) -> tuple[str, ...]:
        texts = [line.text for line in lines if at - self._age <= line.at <= at]
        return tuple(texts[-self._messages :])

    def _add(self, group: str, lines: Iterable[_Line]) -> None:
        kept = self._lines.setdefault(group, deque(maxlen=self._messages))
        kept.extend(lines)
        self._lines.move_to_end(group)
        while len(self._lines) > self._chats:
            self._lines.popitem(last=False)


class Draft:
    """What one transaction read and heard; thrown away when it fails."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._new: dict[str, list[_Line]] = {}

    def before(self, group: str, at: datetime, *, since: datetime | None = None) -> tuple[str, ...]:
        """Return the texts that came before ``at`` in this group, oldest first.

        What was written before ``since``, the start of today's consent, is left out.
        """
        known = self._windows._lines.get(group, ())
        lines = chain(known, self._new.get(group, ()))
        return self._windows._recent((x for x in lines if since is None or x.at >= since), at)

    def add(self, group: str, at: datetime, text: str) -> None:
        """Hear one message."""
        line = _Line(at, text[: self._windows._characters])
        self._new.setdefault(group, []).append(line)

    def keep(self, *, allowed: frozenset[str]) -> None:
        """Remember what was heard of the ``allowed`` groups, after the commit."""
        for group, lines in self._new.items():
            if group in allowed:
                self._windows._add(group, lines)
