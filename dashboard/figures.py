# SPDX-License-Identifier: EUPL-1.2
"""What a model says of itself on disk: its card and its figures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from core.label import Category, Taxonomy
from core.message import Origin
from dashboard import words
from dashboard.services import ResearchInfo
from dashboard.spoken import say
from dashboard.stages import Both, Part, both_stages, frozen_parts


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassScore:
    """How good the model is at one category."""

    name: str
    precision: float
    recall: float
    f1: float
    #: Messages of this category in the test.
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """How good the model is on part of the messages."""

    kind: str
    name: str
    messages: int
    accuracy: float
    macro_f1: float
    #: Of 1,000 ordinary messages how many are called a signal; of 1,000 signals how many are not.
    false_alarms: float
    missed: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Everything the research page shows; what a model did not measure is left out."""

    #: ``name/version``.
    name: str
    #: How it was measured, in the trainer's words.
    method: str = ""
    card: Markup | None = None
    #: (name, value) of single numbers.
    totals: tuple[tuple[str, str], ...] = ()
    scores: tuple[ClassScore, ...] = ()
    slices: tuple[Slice, ...] = ()
    #: (mean certainty, share right, number).
    reliability: tuple[tuple[float, float, int], ...] = ()
    labels: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    #: None: this model has one stage.
    both: Both | None = None
    #: Parts of the test that nothing was learnt from.
    frozen: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Worth:
    """Of 100 such signals so many were right in the test."""

    right: int
    #: "Such": as certain as this one (True), or of the same category (False).
    by_certainty: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """What a verdict is worth, measured on signals only."""

    #: ``name/version``.
    model: str
    #: (from, to, share that was right) of signals by their certainty; empty: not measured.
    steps: tuple[tuple[float, float, float], ...] = ()
    #: Share of the signals of a category that were right.
    precision: Mapping[str, float] = field(default_factory=dict)

    def of(self, model: str, category: Category, probability: float) -> Worth | None:
        """Return what such a verdict was worth; None when it was not measured."""
        if model != self.model:
            return None
        for low, high, right in self.steps:
            if low <= probability < high or probability == high == 1.0:
                return Worth(right=round(right * 100), by_certainty=True)
        share = self.precision.get(category.value)
        return None if share is None else Worth(right=round(share * 100), by_certainty=False)


#: A share of fewer messages than this says nothing.
ENOUGH = 30

#: Key (a dot goes into a table) → Dutch name and number of decimals.
_TOTALS = {
    "messages": (say("Berichten in de toets"), 0),
    "macro_f1": (say("F1, gemiddeld over categorieën"), 3),
    "accuracy": (say("Juiste categorie"), 3),
    "signal.recall": (say("Signalen die gevonden worden"), 3),
    "signal.precision": (say("Gevonden signalen die kloppen"), 3),
    "false_alarms_per_1000": (say("Onterechte signalen per 1000 gewone berichten"), 0),
    "spoed_recall": (say("Spoed die als spoed wordt gezien"), 3),
    "ece": (say("Gemiddelde fout in de zekerheid (ECE)"), 3),
}
_SLICES = {
    "source": say("Soort bron"),
    "length": say("Aantal woorden"),
    "speech": say("Manier van schrijven"),
}


_LOWER = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6"}


def figures(research: ResearchInfo, taxonomy: Taxonomy) -> Figures | None:
    """Return the active model's figures; None when there is no model."""
    folder = research.folder
    if folder is None or not folder.is_dir():
        return None
    metrics = _metrics(folder)
    labels, matrix = _confusion(metrics, taxonomy)
    return Figures(
        name=f"{folder.parent.name}/{folder.name}",
        method=str(metrics.get("method", "")),
        card=_card(folder),
        totals=tuple(_totals(metrics)),
        scores=tuple(_scores(metrics, taxonomy)),
        slices=tuple(_slices(metrics)),
        reliability=tuple(_points(metrics)),
        labels=labels,
        confusion=matrix,
        both=both_stages(metrics, taxonomy),
        frozen=frozen_parts(metrics),
    )


@cache
def calibration(folder: Path | None) -> Calibration | None:
    """Return how often the model in ``folder`` was right about signals; read only once."""
    if folder is None:
        return None
    metrics = _metrics(folder)
    # ``reliability`` speaks of all messages, most of which are no signal: it says nothing of one
    # that was flagged.
    rows = metrics.get("signal_reliability", ())
    steps = ((float(r["from"]), float(r["to"]), float(r["accuracy"]), r["count"]) for r in rows)
    categories = metrics.get("categories", {}).items()
    return Calibration(
        model=f"{folder.parent.name}/{folder.name}",
        steps=tuple((low, high, right) for low, high, right, n in steps if n >= ENOUGH),
        precision={c: float(r["precision"]) for c, r in categories if r["count"] >= ENOUGH},
    )


def read(folder: Path) -> Mapping[str, Any]:
    """Return the figures of the model in ``folder`` as they were measured; empty without."""
    return _metrics(folder)


def side_by_side(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (name, one value, other value) of single numbers; a dash where one lacks."""
    one, other = dict(_totals(first)), dict(_totals(second))
    return [(name, one.get(name, "–"), other.get(name, "–")) for name in {**one, **other}]


def _metrics(folder: Path) -> Mapping[str, Any]:
    try:
        loaded = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _card(folder: Path) -> Markup | None:
    try:
        text = (folder / "card.md").read_text(encoding="utf-8")
    except OSError:
        return None
    # No HTML passes from the card, and no link that is not http(s) or within the page.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for token in tokens:
        if token.tag in _LOWER:  # The page has a heading of its own above the card.
            token.tag = _LOWER[token.tag]
        # Alignment of a table comes as inline style, which no page of ours allows.
        token.attrs.pop("style", None)
    markup = markdown.renderer.render(tokens, markdown.options, {})
    return Markup(markup)  # noqa: S704 - escaped by the renderer, see above


def _totals(metrics: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, (name, digits) in _TOTALS.items():
        table, _, field = key.rpartition(".")
        value = (metrics.get(table, {}) if table else metrics).get(field)
        if not isinstance(value, int | float):
            continue
        shown = words.number(value, digits)
        if ends := metrics.get(f"{key}_interval"):
            low, high = (words.number(end, digits) for end in ends)
            shown += say(" (95%% tussen %(low)s en %(high)s)", low=low, high=high)
        yield name, shown


def _scores(metrics: Mapping[str, Any], taxonomy: Taxonomy) -> Iterator[ClassScore]:
    for slug, row in metrics.get("categories", {}).items():
        yield ClassScore(
            name=_name(slug, taxonomy),
            precision=float(row["precision"]),
            recall=float(row["recall"]),
            f1=float(row["f1"]),
            count=int(row["count"]),
        )


def _slices(metrics: Mapping[str, Any]) -> Iterator[Slice]:
    for key, kind in _SLICES.items():
        rows = metrics.get("slices", {}).get(key, {})
        for name, row in sorted(rows.items(), key=_first_number):
            yield Slice(
                kind=kind,
                name=words.ORIGIN[Origin(name)]
                if key == "source"
                else words.SPEECH.get(name, name),
                messages=int(row["messages"]),
                accuracy=float(row["accuracy"]),
                macro_f1=float(row["macro_f1"]),
                false_alarms=float(row["false_alarms_per_1000"]),
                missed=row.get("missed_per_1000"),
            )


def _first_number(item: tuple[str, Any]) -> tuple[int, str]:
    found = re.match(r"\d+", item[0])
    return int(found[0]) if found else 0, item[0]


def _points(metrics: Mapping[str, Any]) -> Iterator[tuple[float, float, int]]:
    for row in metrics.get("reliability", ()):
        yield float(row["confidence"]), float(row["accuracy"]), int(row["count"])


def _confusion(
    metrics: Mapping[str, Any], taxonomy: Taxonomy
) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    found = metrics.get("confusion", {})
    labels = tuple(_name(slug, taxonomy) for slug in found.get("labels", ()))
    return labels, tuple(tuple(int(n) for n in row) for row in found.get("rows", ()))


def _name(slug: str, taxonomy: Taxonomy) -> str:
    try:
        return taxonomy[Category(slug)].name
    except (ValueError, KeyError):
        return slug
