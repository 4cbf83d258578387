# SPDX-License-Identifier: EUPL-1.2
"""Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: a value with what tells it apart."""

    value: float
    labels: Mapping[str, str]
    #: Behind the name of the family: ``_bucket``, ``_sum``, ``_count``.
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Samples that belong together, under one name."""

    name: str
    #: counter | gauge | histogram
    kind: str
    help: str
    samples: Sequence[Sample]


def written(families: Sequence[Family]) -> str:
    """Return the page; families without a sample are left out."""
    return "".join(_family(family) for family in families if family.samples)


def histogram(bounds: Sequence[float], counts: Sequence[int], total: float) -> list[Sample]:
    """Return the samples of a histogram; ``counts`` has one more than ``bounds``."""
    samples, so_far = [], 0
    for bound, count in zip([*bounds, float("inf")], counts, strict=True):
        so_far += count
        samples.append(Sample(so_far, {"le": _number(bound)}, "_bucket"))
    return [*samples, Sample(total, {}, "_sum"), Sample(so_far, {}, "_count")]


def _family(family: Family) -> str:
    lines = [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} {family.kind}"]
    lines += [
        f"{family.name}{sample.suffix}{_labels(sample.labels)} {_number(sample.value)}"
        for sample in family.samples
    ]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))
