# SPDX-License-Identifier: EUPL-1.2
"""An evaluation as files: a page to look at, JSON for programs, CSV for spreadsheets.

No message text is in any of them, unless the caller asks for the mistakes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from classify.measure import charts
from classify.measure.error_page import errors_section
from classify.measure.markup import number, section, side_by_side, table
from classify.measure.style import STYLE
from core.label import Category

_GEEN = Category.GEEN.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """A message that was judged otherwise than labelled; only with the reader's permission."""

    id: str
    text: str
    gold: str
    said: str
    probability: float


def write_report(
    metrics: Mapping[str, Any], folder: Path, *, mistakes: Sequence[Mistake] = ()
) -> None:
    """Write ``report.html``, ``metrics.json``, and CSV of categories, confusion and errors."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "metrics.json": json.dumps(metrics, indent=2, ensure_ascii=False) + "\n",
        "categories.csv": _categories_csv(metrics),
        "confusion.csv": _confusion_csv(metrics),
        "errors.csv": _errors_csv(metrics),
        "report.html": page(metrics, mistakes),
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")


def page(metrics: Mapping[str, Any], mistakes: Sequence[Mistake] = ()) -> str:
    """Return the report as one HTML page without scripts or other files."""
    parts = [
        _totals(metrics),
        _comparison(metrics.get("comparison")),
        _categories(metrics),
        _confusion(metrics["confusion"]),
        _certainty(metrics),
        _curves(metrics["curves"]["precision_recall"]),
        _slices(metrics["slices"]),
        errors_section(metrics.get("errors")),
        _mistakes(mistakes),
    ]
    title = f"Evaluatie van {escape(str(metrics.get('model', 'model')))}"
    return (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main><h1>{title}</h1>"
        f"<p>{metrics['messages']} berichten. Er staat geen tekst van berichten in dit verslag"
        f"{', behalve bij de fouten onderaan' if mistakes else ''}.</p>"
        f"{''.join(parts)}</main></body></html>\n"
    )


def _totals(metrics: Mapping[str, Any]) -> str:
    low, high = metrics["macro_f1_interval"]
    signal, incidents = metrics["signal"], metrics.get("incidents")
    rows = [
        (
            "macro-F1 (95%-interval)",
            f"{number(metrics['macro_f1'])} ({number(low)} tot {number(high)})",
        ),
        ("macro-F1, ook goed als het verdedigbaar is", number(metrics["macro_f1_lenient"])),
        ("signalen: precision", number(signal["precision"])),
        ("signalen: recall", number(signal["recall"])),
        ("vals alarm per 1.000 gewone berichten", number(metrics["false_alarms_per_1000"], 1)),
        ("spoed: recall over alles", number(metrics["spoed_recall_end_to_end"])),
        ("urgentie: macro-F1", number(metrics["urgency_macro_f1"])),
        ("zelf gezien of gehoord: accuracy", number(metrics["first_hand_accuracy"])),
        ("subcategorie: accuracy", number(metrics["subcategory_accuracy"])),
        ("calibratiefout (ECE)", number(metrics["ece"], 3)),
        ("kosten bespaard (1 = foutloos, 0 = zwijgen)", number(metrics["alert_score"])),
        ("minimale paren helemaal goed", number(metrics["pairs_right"])),
        ("plaatsen: F1 (helft overlap)", number(metrics["places"]["f1"])),
        ("plaatsen: F1 (precies)", number(metrics["places"]["exact_f1"])),
        ("persoonsgegevens: recall", number(metrics["personal"]["recall"])),
        ("persoonsgegevens: precision", number(metrics["personal"]["precision"])),
    ]
    if incidents:
        shown = f"{number(incidents['f1'])} over {incidents['messages']} berichten"
        rows.append(("incidenten: B-cubed F1", shown))
    return section("In het kort", table(("maat", "waarde"), rows))


def _comparison(found: Mapping[str, Any] | None) -> str:
    if not found:
        return ""
    low, high = found["gain_interval"]
    rows = [
        ("macro-F1 van dit model", number(found["macro_f1"], 3)),
        (f"macro-F1 van {found['name']}", number(found["other_macro_f1"], 3)),
        (
            "winst (95%-interval, paired bootstrap)",
            f"{number(found['gain'], 3)} ({number(low, 3)} tot {number(high, 3)})",
        ),
        ("alleen dit model goed", str(found["only_first"])),
        ("alleen het andere goed", str(found["only_second"])),
        ("McNemar, p", number(found["mcnemar_p"], 4)),
    ]
    return section("Vergelijking", table(("maat", "waarde"), rows))


def _categories(metrics: Mapping[str, Any]) -> str:
    found = metrics["categories"]
    bars = [
        charts.Bar(name=slug, value=row["f1"], low=row["f1_low"], high=row["f1_high"])
        for slug, row in found.items()
    ]
    rows = [
        (
            slug,
            number(row["precision"]),
            number(row["recall"]),
            number(row["f1"]),
            f"{number(row['f1_low'])} tot {number(row['f1_high'])}",
            str(row["count"]),
        )
        for slug, row in found.items()
    ]
    head = ("categorie", "precision", "recall", "F1", "95%-interval", "berichten")
    picture = charts.bars(bars, label="F1 per categorie met 95%-interval")
    return section("Per categorie", picture + table(head, rows))


def _confusion(found: Mapping[str, Any]) -> str:
    picture = charts.matrix(found["labels"], found["rows"], label="Verwarringsmatrix")
    note = "<p>Rijen: wat het is. Kolommen: wat het model zei.</p>"
    return section("Verwarring", note + picture)


def _certainty(metrics: Mapping[str, Any]) -> str:
    reliability = [(row["confidence"], row["accuracy"]) for row in metrics["reliability"]]
    risk = metrics["curves"]["risk_coverage"]
    pictures = [
        charts.line(
            reliability,
            label="Hoe vaak het model gelijk had bij elke zekerheid",
            across="zekerheid",
            up="deel goed",
            diagonal=True,
            dots=True,
        ),
        charts.line(
            list(zip(risk["x"], risk["y"], strict=True)),
            label="Deel fouten onder de zekerste berichten",
            across="deel van de berichten, zekerste eerst",
            up="deel fout",
        ),
    ]
    rows = [
        (
            f"{number(r['from'], 1)} tot {number(r['to'], 1)}",
            number(r["confidence"]),
            number(r["accuracy"]),
            str(r["count"]),
        )
        for r in metrics["reliability"]
    ]
    shown = table(("zekerheid", "gemiddeld", "deel goed", "berichten"), rows)
    return section("Zekerheid", side_by_side(pictures) + shown)


def _curves(found: Mapping[str, Any]) -> str:
    pictures = [
        f"<figure><figcaption>{escape(slug)}: AP {number(curve['area'])}</figcaption>"
        + charts.line(
            list(zip(curve["x"], curve["y"], strict=True)),
            label=f"Precision en recall van {slug}",
            across="recall",
            up="precision",
        )
        + "</figure>"
        for slug, curve in found.items()
        if curve["x"]
    ]
    return section("Precision en recall", side_by_side(pictures))


def _slices(found: Mapping[str, Mapping[str, Any]]) -> str:
    head = ("deel", "berichten", "accuracy", "macro-F1", "vals alarm per 1.000", "gemist per 1.000")
    parts = []
    for kind, rows in found.items():
        shown = [
            (name, str(row["messages"]), number(row["accuracy"]), number(row["macro_f1"]),
             number(row["false_alarms_per_1000"], 1), number(row["missed_per_1000"], 1))
            for name, row in rows.items()
        ]  # fmt: skip
        parts.append(f"<h3>{escape(kind)}</h3>" + table(head, shown))
    return section("Delen", "".join(parts))


def _mistakes(mistakes: Sequence[Mistake]) -> str:
    if not mistakes:
        return ""
    rows = [(m.id, m.gold, m.said, number(m.probability), m.text) for m in mistakes]
    head = ("id", "is", "model zei", "kans", "bericht")
    return section("Fouten", table(head, rows))


def _categories_csv(metrics: Mapping[str, Any]) -> str:
    names = ("precision", "recall", "f1", "f1_low", "f1_high", "count")
    rows = [[slug, *(row[n] for n in names)] for slug, row in metrics["categories"].items()]
    return _csv(["category", *names], rows)


def _confusion_csv(metrics: Mapping[str, Any]) -> str:
    labels = metrics["confusion"]["labels"]
    rows = [[name, *row] for name, row in zip(labels, metrics["confusion"]["rows"], strict=True)]
    return _csv(["is / said", *labels], rows)


def _errors_csv(metrics: Mapping[str, Any]) -> str:
    names = ("is", "said", "count", "share", "probability", "defensible")
    pairs = metrics.get("errors", {}).get("pairs", ())
    return _csv(names, [[row[name] for name in names] for row in pairs])


def _csv(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return buffer.getvalue()
