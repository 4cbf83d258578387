# SPDX-License-Identifier: EUPL-1.2
"""The evaluation report of a model as a file; figures only, never a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.label import Category, Taxonomy
from core.proportion import interval
from dashboard import words


def report(model: str, metrics: Mapping[str, Any], taxonomy: Taxonomy) -> str:
    """Return the report in Markdown; what a model did not measure is left out."""
    parts = [
        f"# Evaluatie van {model}\n",
        f"Methode: {metrics.get('method', 'niet vermeld')}.",
        f"Berichten: {metrics.get('messages', 0)}.",
        _categories(metrics, taxonomy),
        _reliability(metrics),
        _slices(metrics),
        _confusion(metrics),
    ]
    return "\n".join(part for part in parts if part) + "\n"


def recall_interval(metrics: Mapping[str, Any], slug: str) -> tuple[float, float] | None:
    """Return the 95% interval of a category's recall, from the counts of the confusion."""
    row = _counts(metrics).get(slug)
    return interval(row[0], row[1]) if row else None


def precision_interval(metrics: Mapping[str, Any], slug: str) -> tuple[float, float] | None:
    """Return the 95% interval of a category's precision, from the counts of the confusion."""
    row = _counts(metrics).get(slug)
    return interval(row[0], row[2]) if row else None


def _counts(metrics: Mapping[str, Any]) -> dict[str, tuple[int, int, int]]:
    """Return (right, is, said) of each category."""
    found = metrics.get("confusion", {})
    labels, rows = found.get("labels", ()), found.get("rows", ())
    return {
        slug: (rows[i][i], sum(rows[i]), sum(row[i] for row in rows))
        for i, slug in enumerate(labels)
    }


def _categories(metrics: Mapping[str, Any], taxonomy: Taxonomy) -> str:
    rows = []
    for slug, row in metrics.get("categories", {}).items():
        precise, found = precision_interval(metrics, slug), recall_interval(metrics, slug)
        f1 = (row["f1_low"], row["f1_high"]) if "f1_low" in row else None
        rows.append(
            [
                taxonomy[Category(slug)].name,
                _with(row["precision"], precise),
                _with(row["recall"], found),
                _with(row["f1"], f1),
                str(row["count"]),
            ]
        )
    head = ["categorie", "precisie (95%)", "gevonden (95%)", "F1 (95%)", "berichten"]
    return _table("Per categorie", head, rows)


def _reliability(metrics: Mapping[str, Any]) -> str:
    rows = [
        [words.number(r["confidence"], 3), words.number(r["accuracy"], 3), str(r["count"])]
        for r in metrics.get("reliability", ())
    ]
    return _table("Klopt de zekerheid?", ["zekerheid", "had gelijk", "berichten"], rows)


def _slices(metrics: Mapping[str, Any]) -> str:
    rows = [
        [kind, name, words.number(row["accuracy"], 3), str(row["messages"])]
        for kind, found in metrics.get("slices", {}).items()
        if kind in ("source", "length")
        for name, row in found.items()
    ]
    return _table("Per soort bericht", ["soort", "deel", "juist", "berichten"], rows)


def _confusion(metrics: Mapping[str, Any]) -> str:
    found = metrics.get("confusion", {})
    labels = list(found.get("labels", ()))
    pairs = zip(labels, found.get("rows", ()), strict=True)
    rows = [[slug, *(str(n) for n in row)] for slug, row in pairs]
    return _table("Verwarring (regel: wat het is)", ["", *labels], rows)


def _with(value: float, ends: Sequence[float] | None) -> str:
    shown = words.number(value, 3)
    return f"{shown} ({words.number(ends[0], 3)}–{words.number(ends[1], 3)})" if ends else shown


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return f"\n## {title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)
