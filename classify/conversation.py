# SPDX-License-Identifier: EUPL-1.2
"""Chats read line by line: what was said before, and which incident a message speaks of."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from classify.corpus import CONTEXT
from classify.lines import Line
from classify.linker import Linker
from classify.telling import Telling
from core.verdict import Classifier, Question, Verdict

#: Chats remembered at once; the one that was silent longest is forgotten first.
CHATS = 20_000


class Follower:
    """Puts the messages of chats under incidents, in the order in which they come."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._chats: OrderedDict[str, Telling] = OrderedDict()

    def follow(
        self, chat: str, text: str, verdict: Verdict, sender: str | None, at: datetime | None
    ) -> tuple[Verdict, str | None]:
        """Return the incident that a message opens, speaks of or ends; None: of none.

        The verdict that comes back leans on what the incident is about.
        """
        told = _recall(self._chats, chat, Telling)
        heard = told.hear(self._linker, text, verdict, sender, at)
        return heard.verdict, None if heard.thread is None else f"{chat}#{heard.thread.id}"


class Conversations:
    """Judges lines in their order; a line may use only earlier lines of its chat.

    Memory is bounded by ``CHATS`` and by the length of one batch.
    """

    def __init__(self, classifier: Classifier, linker: Linker) -> None:
        self._classifier = classifier
        self._follower = Follower(linker)
        self._texts: OrderedDict[str, deque[str]] = OrderedDict()

    def judge(self, lines: Sequence[Line]) -> list[tuple[Verdict, str | None]]:
        """Return verdict and incident of each line, in order."""
        verdicts = self._classifier.judge([self._hear(line) for line in lines])
        return [self._follow(line, verdict) for line, verdict in zip(lines, verdicts, strict=True)]

    def _hear(self, line: Line) -> Question:
        """Return what is asked of the classifier, and remember the text."""
        if line.chat is None:
            return Question(text=line.text, origin=line.origin)
        texts = _recall(self._texts, line.chat, lambda: deque[str](maxlen=CONTEXT))
        question = Question(text=line.text, context=tuple(texts), origin=line.origin)
        texts.append(line.text)
        return question

    def _follow(self, line: Line, verdict: Verdict) -> tuple[Verdict, str | None]:
        if line.chat is None:
            return verdict, None
        return self._follower.follow(line.chat, line.text, verdict, line.sender, line.sent_at)


_T = TypeVar("_T")


def _recall(chats: OrderedDict[str, _T], name: str, new: Callable[[], _T]) -> _T:
    """Return what is known of a chat; forget the chat that was silent longest."""
    known = chats.get(name)
    if known is None:
        known = chats[name] = new()
    chats.move_to_end(name)
    while len(chats) > CHATS:
        chats.popitem(last=False)
    return known
