# SPDX-License-Identifier: EUPL-1.2
"""An incident as one chat tells it, and what a next message has in common with it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from classify.context import leans
from core import place, reach
from core.label import SIGNAL_CATEGORIES, Category
from core.place import Fit
from core.verdict import Verdict, mask
from core.words import words

Floats = NDArray[np.float64]
_T = TypeVar("_T")

#: Most word hashes, places and senders that a thread remembers of each.
MOST = 300

#: When a chat without times began, and how much later each next line was written.
START, STEP = datetime(2000, 1, 1, tzinfo=UTC), timedelta(minutes=1)
#: Probability of a signal that is sure, and likeness under which two kinds are different.
_SURE, _UNLIKE = 0.8, 0.25
#: Word hashes here never leave the process, so the salt is no secret.
_SALT = b"one conversation"
_ABOUT = re.compile(
    r"\b(?:112|politie|agenten?|wijkagent|brandweer|ambulance|gebeld|bellen|bel|gemeld|melding|"
    r"aangifte|camera\w*|beelden|signalement|kenteken|gezien|gehoord|waar precies|welke kant|"
    r"hoe laat|opgelost|gevonden|terecht|loos|vals alarm|opgepakt|aangehouden|weg|nog steeds|"
    r"jeetje|heftig|schrik\w*|wat erg|sterkte|voorzichtig|pas op|bedankt|dank)\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:hij|zij|ze|hem|hen|die|daar|dat|dezelfde|hetzelfde|zelfde|ook|erbij)\b", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """One message of a chat, as far as linking looks at it; holds no text."""

    #: Position in the chat.
    index: int
    at: datetime
    sender: str | None
    #: Probabilities of the signal categories, and of ``geen``.
    chances: Floats
    geen: float
    signal: bool
    closes: bool
    words: frozenset[int]
    places: frozenset[str]
    #: Log odds that it speaks of an incident, as the encoder sees it; 0 where it did not look.
    related: float
    #: How much it needs earlier messages to mean something, 0 to 1.
    leans: float
    asks: bool
    #: Speaks of police, cameras, being over … as people do about an incident.
    about: bool
    #: Points back: "die", "daar", "ook".
    back: bool
    size: int


def remark(text: str, verdict: Verdict, *, index: int, at: datetime, sender: str | None) -> Remark:
    """Return what linking needs of a judged message."""
    return Remark(
        index=index,
        at=at,
        sender=sender,
        chances=np.array([verdict.probabilities[c] for c in SIGNAL_CATEGORIES]),
        geen=verdict.probabilities[Category.GEEN],
        signal=verdict.is_signal,
        closes=verdict.closes,
        words=words(mask(text, verdict.personal).text, _SALT),
        places=place.spots(verdict.places),
        related=verdict.related or 0.0,
        leans=leans(text),
        asks="?" in text,
        about=_ABOUT.search(text) is not None,
        back=_BACK.search(text) is not None,
        size=len(text.split()),
    )


@dataclass(slots=True)
class Thread:
    """All remarks about one incident so far, added up."""

    id: str
    #: The incident in the store that it went to, where there is one.
    stored: str | None = None
    chances: Floats = field(default_factory=lambda: np.zeros(len(SIGNAL_CATEGORIES)))
    words: set[int] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    senders: set[str | None] = field(default_factory=set)
    remarks: int = 0
    #: Probability of a signal of its surest remark.
    surest: float = 0.0
    closed: bool = False
    last: Remark | None = None

    def add(self, said: Remark) -> None:
        """Add a remark."""
        sure = 1.0 - said.geen
        self.chances = self.chances + said.chances * sure
        _grow(self.words, said.words)
        _grow(self.places, said.places)
        _grow(self.senders, {said.sender})
        self.remarks += 1
        self.surest = max(self.surest, sure)
        self.closed = self.closed or said.closes
        self.last = said


#: What ``compare`` returns, in order.
FEATURES = (
    "geen",
    "kind",
    "kind of a signal",
    "other kind of signal",
    "other kind, surely",
    "remark right after",
    "remark soon after",
    "messages ago",
    "minutes ago",
    "right after",
    "soon after",
    "newest thread",
    "signal to the newest",
    "signal by messages ago",
    "more threads",
    "known sender",
    "same sender",
    "shared words",
    "several shared words",
    "same place",
    "other place",
    "closes",
    "related",
    "related soon after",
    "leans",
    "leans soon after",
    "asks",
    "size",
    "about incidents",
    "about incidents soon after",
    "points back",
    "surest of thread",
    "remarks of thread",
    "thread closed",
)


def compare(said: Remark, thread: Thread, threads: Sequence[Thread]) -> Floats:
    """Return one number per name in ``FEATURES``; ``thread`` is one of ``threads``."""
    last = thread.last
    if last is None:
        raise ValueError("a thread without remarks has nothing to compare")
    ago = said.index - last.index
    minutes = max(0.0, (said.at - last.at).total_seconds() / 60)
    newest = all(t.last is None or t.last.index <= last.index for t in threads)
    signal, soon = 1.0 - said.geen, ago <= 3
    alike = _alike(said.chances, thread.chances)
    shared = len(said.words & thread.words)
    fit = place.compare(said.places, (), frozenset(thread.places), (), near=0.0)
    return np.array(
        [
            said.geen,
            alike,
            alike * signal,
            signal * (1.0 - alike) * thread.surest,
            signal > 0.8 and thread.surest > 0.8 and alike < 0.2,
            said.geen * (ago <= 1),
            said.geen * soon,
            math.log1p(ago),
            math.log1p(minutes),
            ago <= 1,
            soon,
            newest,
            signal * newest,
            signal * math.log1p(ago),
            len(threads) > 1,
            said.sender is not None and said.sender in thread.senders,
            said.sender is not None and said.sender == last.sender,
            shared / max(1, min(len(said.words), 12)),
            shared >= 2,
            fit in {Fit.SAME, Fit.NAMED},
            fit is Fit.CONTRADICTS,
            said.closes,
            said.related,
            said.related * soon,
            said.leans,
            said.leans * soon,
            said.asks,
            math.log1p(said.size),
            said.about,
            said.about and ago <= 2,
            said.back,
            thread.surest,
            min(thread.remarks, 6) / 6,
            thread.closed,
        ],
        dtype=np.float64,
    )


def other_event(said: Remark, thread: Thread) -> bool:
    """Whether both are surely signals, and of kinds under which one event is never told."""
    if said.geen > 1 - _SURE or thread.surest < _SURE:
        return False
    mine, theirs = (SIGNAL_CATEGORIES[int(c.argmax())] for c in (said.chances, thread.chances))
    apart = _alike(said.chances, thread.chances) < _UNLIKE
    return apart and not reach.related(mine, theirs)


def _grow(known: set[_T], new: Set[_T]) -> None:
    """Add what is new while there is room: one endless incident must not eat the memory."""
    unknown, room = new - known, MOST - len(known)
    known.update(unknown if len(unknown) <= room else sorted(unknown, key=str)[:room])


def _alike(one: Floats, other: Floats) -> float:
    """Return the Bhattacharyya coefficient of two distributions over kinds of signal, 0 to 1."""
    whole = one.sum() * other.sum()
    return float(np.sqrt(one * other).sum() / math.sqrt(whole)) if whole > 0 else 0.0
