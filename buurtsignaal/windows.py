# SPDX-License-Identifier: EUPL-1.2
"""The last messages of each chat, in memory only: context for the classifier."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, repr=False)
class _Line:
    at: datetime
    text: str


class Windows:
    """Bounded in number of chats, messages and age; forgotten when the process ends."""

    def __init__(
        self,
        *,
        messages: int = 6,
        age: timedelta = timedelta(minutes=60),
        chats: int = 20_000,
        characters: int = 2_000,
    ) -> None:
        self._messages = messages
        self._age = age
        self._chats = chats
        self._characters = characters
        self._lines: OrderedDict[str, deque[_Line]] = OrderedDict()

    def before(self, group: str, at: datetime) -> tuple[str, ...]:
        """Return the texts that came before ``at`` in this group, oldest first."""
        lines = self._lines.get(group, ())
        return tuple(line.text for line in lines if at - self._age <= line.at <= at)

    def add(self, group: str, at: datetime, text: str) -> None:
        """Remember one message; the oldest ones make room."""
        lines = self._lines.setdefault(group, deque(maxlen=self._messages))
        lines.append(_Line(at, text[: self._characters]))
        self._lines.move_to_end(group)
        if len(self._lines) > self._chats:
            self._lines.popitem(last=False)

    def forget(self, group: str) -> None:
        """Forget a group at once, as a withdrawal demands."""
        self._lines.pop(group, None)

    def snapshot(self, group: str) -> deque[_Line]:
        """Return a copy that ``restore`` puts back when a transaction failed."""
        return self._lines.get(group, deque(maxlen=self._messages)).copy()

    def restore(self, group: str, lines: deque[_Line]) -> None:
        """Put back what ``snapshot`` gave."""
        self._lines[group] = lines
