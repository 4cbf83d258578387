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
    """Write ``report.html``, ``metrics.json``, ``categories.csv`` and ``confusion.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "metrics.json": json.dumps(metrics, indent=2, ensure_ascii=False) + "\n",
        "categories.csv": _categories_csv(metrics),
        "confusion.csv": _confusion_csv(metrics),
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
        ("macro-F1 (95%-interval)", f"{_n(metrics['macro_f1'])} ({_n(low)} tot {_n(high)})"),
        ("macro-F1, ook goed als het verdedigbaar is", _n(metrics["macro_f1_lenient"])),
        ("signalen: precision", _n(signal["precision"])),
        ("signalen: recall", _n(signal["recall"])),
        ("vals alarm per 1.000 gewone berichten", _n(metrics["false_alarms_per_1000"], 1)),
        ("spoed: recall over alles", _n(metrics["spoed_recall_end_to_end"])),
        ("urgentie: macro-F1", _n(metrics["urgency_macro_f1"])),
        ("zelf gezien of gehoord: accuracy", _n(metrics["first_hand_accuracy"])),
        ("subcategorie: accuracy", _n(metrics["subcategory_accuracy"])),
        ("calibratiefout (ECE)", _n(metrics["ece"], 3)),
        ("kosten bespaard (1 = foutloos, 0 = zwijgen)", _n(metrics["alert_score"])),
        ("minimale paren helemaal goed", _n(metrics["pairs_right"])),
        ("plaatsen: F1 (helft overlap)", _n(metrics["places"]["f1"])),
        ("plaatsen: F1 (precies)", _n(metrics["places"]["exact_f1"])),
        ("persoonsgegevens: recall", _n(metrics["personal"]["recall"])),
        ("persoonsgegevens: precision", _n(metrics["personal"]["precision"])),
    ]
    if incidents:
        shown = f"{_n(incidents['f1'])} over {incidents['messages']} berichten"
        rows.append(("incidenten: B-cubed F1", shown))
    return _section("In het kort", _table(("maat", "waarde"), rows))


def _comparison(found: Mapping[str, Any] | None) -> str:
    if not found:
        return ""
    low, high = found["gain_interval"]
    rows = [
        ("macro-F1 van dit model", _n(found["macro_f1"], 3)),
        (f"macro-F1 van {found['name']}", _n(found["other_macro_f1"], 3)),
        (
            "winst (95%-interval, paired bootstrap)",
            f"{_n(found['gain'], 3)} ({_n(low, 3)} tot {_n(high, 3)})",
        ),
        ("alleen dit model goed", str(found["only_first"])),
        ("alleen het andere goed", str(found["only_second"])),
        ("McNemar, p", _n(found["mcnemar_p"], 4)),
    ]
    return _section("Vergelijking", _table(("maat", "waarde"), rows))


def _categories(metrics: Mapping[str, Any]) -> str:
    found = metrics["categories"]
    bars = [
        charts.Bar(name=slug, value=row["f1"], low=row["f1_low"], high=row["f1_high"])
        for slug, row in found.items()
    ]
    rows = [
        (
            slug,
            _n(row["precision"]),
            _n(row["recall"]),
            _n(row["f1"]),
            f"{_n(row['f1_low'])} tot {_n(row['f1_high'])}",
            str(row["count"]),
        )
        for slug, row in found.items()
    ]
    head = ("categorie", "precision", "recall", "F1", "95%-interval", "berichten")
    picture = charts.bars(bars, label="F1 per categorie met 95%-interval")
    return _section("Per categorie", picture + _table(head, rows))


def _confusion(found: Mapping[str, Any]) -> str:
    picture = charts.matrix(found["labels"], found["rows"], label="Verwarringsmatrix")
    note = "<p>Rijen: wat het is. Kolommen: wat het model zei.</p>"
    return _section("Verwarring", note + picture)


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
        (f"{_n(r['from'], 1)} tot {_n(r['to'], 1)}", _n(r["confidence"]), _n(r["accuracy"]),
         str(r["count"]))
        for r in metrics["reliability"]
    ]  # fmt: skip
    table = _table(("zekerheid", "gemiddeld", "deel goed", "berichten"), rows)
    return _section("Zekerheid", _side_by_side(pictures) + table)


def _curves(found: Mapping[str, Any]) -> str:
    pictures = [
        f"<figure><figcaption>{escape(slug)}: AP {_n(curve['area'])}</figcaption>"
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
    return _section("Precision en recall", _side_by_side(pictures))


def _slices(found: Mapping[str, Mapping[str, Any]]) -> str:
    head = ("deel", "berichten", "accuracy", "macro-F1", "vals alarm per 1.000")
    parts = []
    for kind, rows in found.items():
        shown = [
            (name, str(row["messages"]), _n(row["accuracy"]), _n(row["macro_f1"]),
             _n(row["false_alarms_per_1000"], 1))
            for name, row in rows.items()
        ]  # fmt: skip
        parts.append(f"<h3>{escape(kind)}</h3>" + _table(head, shown))
    return _section("Delen", "".join(parts))


def _mistakes(mistakes: Sequence[Mistake]) -> str:
    if not mistakes:
        return ""
    rows = [(m.id, m.gold, m.said, _n(m.probability), m.text) for m in mistakes]
    head = ("id", "is", "model zei", "kans", "bericht")
    return _section("Fouten", _table(head, rows))


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(_row(row) for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(row: Sequence[str]) -> str:
    cells = "".join(f"<td>{escape(value)}</td>" for value in row[1:])
    return f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'


def _side_by_side(pictures: Iterable[str]) -> str:
    return f'<div class="pictures">{"".join(pictures)}</div>'


def _n(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _categories_csv(metrics: Mapping[str, Any]) -> str:
    names = ("precision", "recall", "f1", "f1_low", "f1_high", "count")
    rows = [[slug, *(row[n] for n in names)] for slug, row in metrics["categories"].items()]
    return _csv(["category", *names], rows)


def _confusion_csv(metrics: Mapping[str, Any]) -> str:
    labels = metrics["confusion"]["labels"]
    rows = [[name, *row] for name, row in zip(labels, metrics["confusion"]["rows"], strict=True)]
    return _csv(["is / said", *labels], rows)


def _csv(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return buffer.getvalue()
