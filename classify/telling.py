# SPDX-License-Identifier: EUPL-1.2
"""One chat as it tells its incidents: each message is put under one of them, or opens one."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

from classify.leaning import lean_on
from classify.linker import Linker
from classify.thread import START, STEP, Thread, remark
from core.verdict import Verdict

#: Incidents that a chat remembers.
THREADS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What became of one message."""

    #: Leans on what the incident is about.
    verdict: Verdict
    #: The incident that it opens, speaks of or ends; None: of none.
    thread: Thread | None
    #: The incidents known before it; it speaks of none of them but ``thread``.
    known: tuple[Thread, ...] = ()


@dataclass(slots=True)
class Telling:
    """The incidents of one chat so far."""

    threads: list[Thread] = field(default_factory=list)
    at: datetime = START
    lines: int = 0
    opened: int = 0

    def hear(
        self, linker: Linker, text: str, verdict: Verdict, sender: str | None, at: datetime | None
    ) -> Heard:
        """Take in the next message of the chat; a new incident gets a number as its id."""
        self.at = at or self.at + STEP
        said = remark(text, verdict, index=self.lines, at=self.at, sender=sender)
        self.lines += 1
        known = tuple(self.threads)
        thread = linker.find(said, known)
        leaning = verdict if thread is None else lean_on(thread, verdict)
        if thread is None and verdict.is_signal:
            thread = self._open()
        if thread is None:
            return Heard(verdict=verdict, thread=None, known=known)
        thread.add(said)
        return Heard(verdict=leaning, thread=thread, known=known)

    def drop_older(self, than: datetime) -> None:
        """Forget incidents of which nobody spoke since ``than``."""
        self.threads = [t for t in self.threads if t.last is not None and t.last.at >= than]

    def copy(self) -> Telling:
        """Return a copy that shares nothing that changes."""
        return deepcopy(self)

    def _open(self) -> Thread:
        self.opened += 1
        thread = Thread(str(self.opened))
        self.threads = [*self.threads, thread][-THREADS:]
        return thread
