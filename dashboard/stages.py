# SPDX-License-Identifier: EUPL-1.2
"""What a model's second stage adds, and how both stages did on the frozen test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.label import Category, Taxonomy
from dashboard import words
from dashboard.spoken import say


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """One measure of the first stage and of both stages."""

    name: str
    first: str
    both: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Both:
    """Both stages on writers that neither learnt from."""

    messages: int
    writers: int
    rows: tuple[Beside, ...]
    #: Category, F1 of the first stage, F1 of both.
    scores: tuple[tuple[str, float, float], ...]
    #: Gain in F1 on the same messages, with its interval; empty when it was not compared.
    gain: str = ""
    #: F1 of the first stage on those same messages, and of both.
    same: tuple[str, str] = ("", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of the frozen test."""

    name: str
    messages: int
    f1: float
    low: float
    high: float
    precision: float
    recall: float
    spoed: float


#: Key (a dot goes into a table) → Dutch name and number of decimals.
_ROWS = {
    "messages": (say("Berichten in de toets"), 0),
    "macro_f1": (say("F1, gemiddeld over categorieën"), 3),
    "signal.recall": (say("Signalen die gevonden worden"), 3),
    "signal.precision": (say("Gevonden signalen die kloppen"), 3),
    "false_alarms_per_1000": (say("Onterechte signalen per 1000 gewone berichten"), 0),
    "spoed_recall_end_to_end": (say("Spoed die als spoed op het scherm komt"), 3),
    "ece": (say("Gemiddelde fout in de zekerheid (ECE)"), 3),
    "places.f1": (say("Plaatsen die kloppen (F1)"), 3),
    "personal.recall": (say("Persoonsgegevens die gevonden worden"), 3),
}
_PARTS = {
    "gewoon": say("Gewone meldingen"),
    "moeilijk": say("Moeilijke meldingen"),
    "openbaar": say("Openbare berichten"),
    "paren": say("Paren die bijna gelijk zijn"),
    "chats": say("Gesprekken"),
    "all": say("Alles samen"),
}


def both_stages(metrics: Mapping[str, Any], taxonomy: Taxonomy) -> Both | None:
    """Return what the second stage adds; None when the model has none."""
    found = metrics.get("second_stage")
    if not isinstance(found, Mapping):
        return None
    compared = found.get("against_first") or {}
    gain, same = "", ("", "")
    if compared:
        low, high = (words.number(end, 3) for end in compared["gain_interval"])
        gain = say(
            "%(compared)s (95%% tussen %(low)s en %(high)s)",
            compared=words.number(compared["gain"], 3),
            low=low,
            high=high,
        )
        same = (words.number(compared["other_macro_f1"], 3), words.number(compared["macro_f1"], 3))
    return Both(
        messages=int(found.get("messages", 0)),
        writers=len(found.get("writers", ())),
        rows=tuple(_rows(metrics, found)),
        scores=tuple(_scores(metrics, found, taxonomy)),
        gain=gain,
        same=same,
    )


def frozen_parts(metrics: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts of the frozen test; none when the model was not shown to it."""
    parts = (metrics.get("test") or {}).get("parts", {})
    return tuple(
        Part(
            name=_PARTS.get(slug, slug),
            messages=int(row["messages"]),
            f1=float(row["macro_f1"]),
            low=float(row["macro_f1_interval"][0]),
            high=float(row["macro_f1_interval"][1]),
            precision=float(row["signal"]["precision"]),
            recall=float(row["signal"]["recall"]),
            spoed=float(row["spoed_recall_end_to_end"]),
        )
        for slug, row in parts.items()
    )


def _rows(first: Mapping[str, Any], both: Mapping[str, Any]) -> Iterator[Beside]:
    for key, (name, digits) in _ROWS.items():
        values = [_value(metrics, key) for metrics in (first, both)]
        if None not in values:
            one, two = (words.number(value or 0.0, digits) for value in values)
            yield Beside(name=name, first=one, both=two)


def _value(metrics: Mapping[str, Any], key: str) -> float | None:
    table, _, field = key.rpartition(".")
    found = (metrics.get(table, {}) if table else metrics).get(field)
    return float(found) if isinstance(found, int | float) else None


def _scores(
    first: Mapping[str, Any], both: Mapping[str, Any], taxonomy: Taxonomy
) -> Iterator[tuple[str, float, float]]:
    ones, twos = first.get("categories", {}), both.get("categories", {})
    for category in Category:
        slug = category.value
        if slug in ones and slug in twos:
            yield taxonomy[category].name, float(ones[slug]["f1"]), float(twos[slug]["f1"])
