# SPDX-License-Identifier: EUPL-1.2
"""A second model that judges the same admitted messages; only counts of agreement are kept.

It runs in a thread of its own, after the commit, so that it delays nobody. Messages wait in
memory only; when more wait than ``most``, the rest is left out and nobody notices but the counts.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import AMSTERDAM, Clock
from core.label import Category
from core.verdict import Classifier, Question
from store.database import Store
from store.quality import ShadowKey

log = logging.getLogger(__name__)

#: Messages that are judged together, and that wait at most.
_PORTION, _MOST = 64, 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One message that the line judged; lives in memory only."""

    tenant: str
    #: Our group id, so that it can be forgotten.
    group: str
    question: Question
    said: Category
    #: ``name/version`` of the model that said so.
    model: str


class Shadow:
    """Judges along; what it says reaches no screen, no receiver and no disk."""

    def __init__(
        self, classifier: Classifier, store: Store, clock: Clock, *, most: int = _MOST
    ) -> None:
        self._classifier = classifier
        self._store = store
        self._clock = clock
        self._waiting: deque[Seen] = deque()
        self._most = most
        self._there = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)
        self._thread.start()

    def take(self, seen: Sequence[Seen]) -> None:
        """Have these messages judged some time soon; returns at once."""
        with self._there:
            room = 0 if self._closed else self._most - len(self._waiting)
            self._waiting.extend(seen[: max(0, room)])
            self._there.notify()

    def forget(self, group: str) -> None:
        """Leave out what waits of a group."""
        with self._there:
            kept = [seen for seen in self._waiting if seen.group != group]
            self._waiting.clear()
            self._waiting.extend(kept)

    def close(self) -> None:
        """Finish what is being judged and end; what still waits is forgotten."""
        with self._there:
            self._closed = True
            self._waiting.clear()
            self._there.notify()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while portion := self._portion():
            try:
                self._count(portion)
            except Exception as error:  # noqa: BLE001 - who runs along must not stop anything
                log.error("the shadow model failed: %s", type(error).__name__)  # noqa: TRY400

    def _portion(self) -> list[Seen]:
        """Wait for messages; an empty list means that it is over."""
        with self._there:
            self._there.wait_for(lambda: self._waiting or self._closed)
            return [self._waiting.popleft() for _ in range(min(_PORTION, len(self._waiting)))]

    def _count(self, portion: Sequence[Seen]) -> None:
        verdicts = self._classifier.judge([seen.question for seen in portion])
        day = self._clock.now().astimezone(AMSTERDAM).date().isoformat()
        counts = Counter(
            ShadowKey(
                tenant=seen.tenant,
                day=day,
                model=seen.model,
                shadow=self._classifier.name,
                said=seen.said,
                shadow_said=verdict.category,
            )
            for seen, verdict in zip(portion, verdicts, strict=True)
        )
        self._store.attempt(lambda work: work.quality.shadow(counts))
