# SPDX-License-Identifier: EUPL-1.2
"""What each chat speaks of, in memory only: incidents as the linker follows them.

No text is kept: numbers, salted word hashes and the places that were named. After a restart
the rules of ``core.link`` do alone what this would have helped them with.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta

from classify.linker import Linker
from classify.telling import Heard, Telling
from classify.thread import Thread
from core.clues import Clues
from core.message import Admitted, Change, Origin
from core.verdict import Verdict

#: An incident that a chat has not spoken of for so long is begun anew.
AGE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and what the course of the chat adds to it."""

    verdict: Verdict
    #: The incident as the chat tells it; None: of none, or nobody followed the chat.
    thread: Thread | None = None
    #: Incidents of the chat of which it does not speak.
    others: tuple[Thread, ...] = ()

    def point(self, clues: Clues) -> Clues:
        """Return the clues with what the chat says about the incident."""
        mine = None if self.thread is None else self.thread.stored
        elsewhere = frozenset(t.stored for t in self.others if t.stored is not None) - {mine}
        return replace(clues, thread=mine, elsewhere=elsewhere)

    def joined(self, incident: str) -> None:
        """Remember under which stored incident the chat's own went."""
        if self.thread is not None:
            self.thread.stored = incident


class Threads:
    """Bounded in number of chats, incidents and age; gone when the process ends."""

    def __init__(self, linker: Linker | None, *, chats: int = 20_000) -> None:
        """``linker`` puts a message under an incident; without one nothing is followed."""
        self._linker = linker
        self._chats = chats
        self._told: OrderedDict[str, Telling] = OrderedDict()

    def draft(self) -> Following:
        """Return a view that a transaction writes in; only ``keep`` makes it real."""
        return Following(self)

    def forget(self, group: str) -> None:
        """Forget a group at once, as a withdrawal demands."""
        self._told.pop(group, None)

    def _keep(self, group: str, told: Telling) -> None:
        self._told[group] = told
        self._told.move_to_end(group)
        while len(self._told) > self._chats:
            self._told.popitem(last=False)


class Following:
    """What one transaction heard; thrown away when it fails."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._told: dict[str, Telling] = {}

    def hear(self, message: Admitted, verdict: Verdict) -> Judged:
        """Return the verdict as it leans on what the chat was speaking of.

        Only chats are followed: a public stream or a report form is no conversation.
        """
        linker = self._threads._linker
        if linker is None or message.origin is not Origin.CHAT or message.change is Change.EDIT:
            return Judged(verdict)
        told = self._telling(message.group)
        told.drop_older(message.sent_at - AGE)
        heard = told.hear(linker, message.text, verdict, message.pseudonym, message.sent_at)
        return _judged(heard)

    def keep(self, *, allowed: frozenset[str]) -> None:
        """Remember what was heard of the ``allowed`` groups, after the commit."""
        for group, told in self._told.items():
            if group in allowed:
                self._threads._keep(group, told)

    def _telling(self, group: str) -> Telling:
        if group not in self._told:
            known = self._threads._told.get(group)
            self._told[group] = Telling() if known is None else known.copy()
        return self._told[group]


def _judged(heard: Heard) -> Judged:
    others = tuple(thread for thread in heard.known if thread is not heard.thread)
    return Judged(heard.verdict, heard.thread, others)
