# SPDX-License-Identifier: EUPL-1.2
"""The numbers for whoever watches the server: municipality and source, never a group or a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from buurtsignaal import __version__
from buurtsignaal.exposition import Family, Sample, histogram, written
from buurtsignaal.vitals import BOUNDS, Durations, Flow, Vitals
from ingest.pulse import Pulse
from store.work import Work

_FLOWS: tuple[tuple[str, str, Callable[[Flow], int]], ...] = (
    ("messages_judged_total", "Messages with consent that were judged.", lambda f: f.outcome.read),
    (
        "messages_dropped_total",
        "Messages that were dropped unread: no consent.",
        lambda f: f.outcome.dropped,
    ),
    ("messages_repeated_total", "Messages that came again.", lambda f: f.outcome.duplicates),
    ("signals_total", "Messages that became a signal.", lambda f: f.signals),
    (
        "batches_unstored_total",
        "Batches that were not stored; the source gives them again.",
        lambda f: f.unstored,
    ),
)


def page(
    work: Work, tenants: Iterable[str], vitals: Vitals, commits: Durations, now: datetime
) -> str:
    """Return all numbers in Prometheus' text format."""
    families = [
        Family("buurtsignaal_info", "gauge", "The version.", [Sample(1, {"version": __version__})]),
        *_flows(vitals),
        *_sources(vitals, now),
        *_outbox(work, sorted(tenants), now),
        Family(
            "buurtsignaal_commit_seconds",
            "histogram",
            "Seconds that judging and storing a group of batches took.",
            histogram(BOUNDS, *commits.read()),
        ),
    ]
    return written(families)


def _flows(vitals: Vitals) -> list[Family]:
    flows = sorted(vitals.flows.items())
    families = [
        Family(
            f"buurtsignaal_{name}",
            "counter",
            text,
            [Sample(count(flow), _named(key)) for key, flow in flows],
        )
        for name, text, count in _FLOWS
    ]
    lags = [Sample(flow.lag, _named(key)) for key, flow in flows if flow.lag is not None]
    text = "Seconds between writing and storing of the newest message of the last batch."
    return [*families, Family("buurtsignaal_source_lag_seconds", "gauge", text, lags)]


def _sources(vitals: Vitals, now: datetime) -> list[Family]:
    pulses = sorted(vitals.pulses.items())

    def family(name: str, kind: str, text: str, value: Callable[[Pulse], float | None]) -> Family:
        found = ((value(pulse), _named(key)) for key, pulse in pulses)
        samples = [Sample(number, labels) for number, labels in found if number is not None]
        return Family(f"buurtsignaal_source_{name}", kind, text, samples)

    def ok_at(pulse: Pulse) -> float | None:
        return None if pulse.quiet is None else now.timestamp() - pulse.quiet

    def down(pulse: Pulse) -> float | None:
        places, failing = pulse.places
        return failing if places else None

    return [
        family("failing", "gauge", "1 while a source does not answer.", lambda p: p.in_a_row > 0),
        family("places_failing", "gauge", "Places, feeds for one, that do not answer.", down),
        family("failures_total", "counter", "How often it did not answer.", lambda p: p.failures),
        family("last_ok_timestamp_seconds", "gauge", "When it answered last.", ok_at),
        family("back_off_seconds", "gauge", "Seconds until it is tried again.", lambda p: p.pause),
    ]


def _outbox(work: Work, tenants: list[str], now: datetime) -> list[Family]:
    waiting, dead, oldest = [], [], []
    for tenant in tenants:
        counts, labels = work.outbox.counts(tenant), {"tenant": tenant}
        first = work.outbox.oldest_waiting(tenant)
        waiting.append(Sample(counts.get("pending", 0) + counts.get("leased", 0), labels))
        dead.append(Sample(counts.get("dead", 0), labels))
        age = 0.0 if first is None else max(0.0, (now - first).total_seconds())
        oldest.append(Sample(age, labels))
    return [
        Family("buurtsignaal_outbox_waiting", "gauge", "What must still leave.", waiting),
        Family("buurtsignaal_outbox_dead", "gauge", "What a person must look at.", dead),
        Family("buurtsignaal_outbox_oldest_seconds", "gauge", "Age of what waits longest.", oldest),
    ]


def _named(key: tuple[str, str]) -> dict[str, str]:
    return {"tenant": key[0], "source": key[1]}
