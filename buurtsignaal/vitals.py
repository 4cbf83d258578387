# SPDX-License-Identifier: EUPL-1.2
"""How a running house is doing: its sources, its line and its outbox. In memory; no text, no name.

The way in to the line goes through ``submit``, so that nothing can come in unseen.
"""

from __future__ import annotations

import bisect
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.clock import Clock
from core.message import Batch, Command, Message
from core.outcome import Outcome
from dashboard.services import ConnectorSeen
from ingest.connector import Connector, Submit
from ingest.pulse import Pulse

#: Upper bounds of the histogram of commits, in seconds.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass(slots=True)
class Flow:
    """What one source of one municipality brought since the start."""

    outcome: Outcome = field(default_factory=Outcome)
    signals: int = 0
    #: Batches that were not stored: the line was full or broke.
    unstored: int = 0
    stored_at: datetime | None = None
    #: Seconds between the newest message of the last batch and its commit.
    lag: float | None = None


class Durations:
    """A histogram of how long commits take; counted by the line, read by whoever watches."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._counts = [0] * (len(BOUNDS) + 1)
        self._total = 0.0

    def timed(
        self, handle: Callable[[Sequence[Batch]], list[Outcome]]
    ) -> Callable[[Sequence[Batch]], list[Outcome]]:
        """Return ``handle`` with a stopwatch beside it."""

        def handled(batches: Sequence[Batch]) -> list[Outcome]:
            began = self._now()
            outcomes = handle(batches)
            self._add(self._now() - began)
            return outcomes

        return handled

    def read(self) -> tuple[list[int], float]:
        """Return the counts per bound (the last one has none), and the sum in seconds."""
        with self._lock:
            return list(self._counts), self._total

    def _add(self, seconds: float) -> None:
        with self._lock:
            self._counts[bisect.bisect_left(BOUNDS, seconds)] += 1
            self._total += seconds


class Vitals:
    """Stands between the sources and the line, and remembers numbers only."""

    def __init__(self, submit: Submit, clock: Clock) -> None:
        self._submit = submit
        self._clock = clock
        self._pulses: dict[tuple[str, str], Pulse] = {}
        self._flows: dict[tuple[str, str], Flow] = {}

    def watch(self, tenant: str, connector: Connector) -> None:
        """Watch a connector from now on; one that has no pulse is pushed to and gets one."""
        pulse = getattr(connector, "pulse", None)
        key = (tenant, connector.name)
        self._pulses[key] = pulse if isinstance(pulse, Pulse) else Pulse()
        self._flows[key] = Flow()

    def stumbled(self, tenant: str, source: str) -> None:
        """A connector ended by an error and will be started again."""
        self._pulses[tenant, source].failed()

    async def submit(self, batch: Batch) -> Outcome:
        """Hand a batch to the line; return its outcome after the commit."""
        key = (batch.tenant, batch.source)
        flow = self._flows.setdefault(key, Flow())
        try:
            outcome = await self._submit(batch)
        except Exception:
            flow.unstored += 1
            raise
        self._note(flow, batch, outcome)
        if (pulse := self._pulses.get(key)) is not None:
            pulse.ok()
        return outcome

    @property
    def flows(self) -> dict[tuple[str, str], Flow]:
        """What came in, by municipality and source."""
        return dict(self._flows)

    @property
    def pulses(self) -> dict[tuple[str, str], Pulse]:
        """How each live source is doing, by municipality and source."""
        return dict(self._pulses)

    def seen(self, tenant: str) -> list[ConnectorSeen]:
        """Return what people are told of the live sources of a municipality."""
        return [
            self._told(source, pulse, self._flows[whose, source])
            for (whose, source), pulse in sorted(self._pulses.items())
            if whose == tenant
        ]

    def _told(self, source: str, pulse: Pulse, flow: Flow) -> ConnectorSeen:
        now = self._clock.now()
        places, down = pulse.places
        silent = pulse.silent
        return ConnectorSeen(
            source=source,
            stream="",
            at=flow.stored_at,
            ok_at=None if pulse.quiet is None else now - timedelta(seconds=pulse.quiet),
            lag=None if flow.lag is None else timedelta(seconds=flow.lag),
            failures=pulse.failures + flow.unstored,
            failing=pulse.in_a_row > 0,
            places=places,
            down=down,
            silent_since=None if silent is None else now - timedelta(seconds=silent),
            again_at=now + timedelta(seconds=pulse.pause) if pulse.pause else None,
        )

    def _note(self, flow: Flow, batch: Batch, outcome: Outcome) -> None:
        now = self._clock.now()
        # The ids of signals are for the connector; here a number will do.
        flow.signals += len(outcome.signals)
        flow.outcome = Outcome(
            read=flow.outcome.read + outcome.read,
            dropped=flow.outcome.dropped + outcome.dropped,
            duplicates=flow.outcome.duplicates + outcome.duplicates,
        )
        flow.stored_at = now
        written = [_written(item) for item in batch.items if isinstance(item, Message | Command)]
        if written:
            flow.lag = max(0.0, (now - max(written)).total_seconds())


def _written(item: Message | Command) -> datetime:
    return item.sent_at if isinstance(item, Message) else item.at
