# SPDX-License-Identifier: EUPL-1.2
"""The part of the evaluation report that says where the mistakes are, in Dutch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from classify.measure import charts
from classify.measure.markup import number, section, side_by_side, table

_KINDS = {
    "batch": "stem",
    "style": "stijl",
    "region": "streek",
    "source": "soort bron",
    "hard": "moeilijk",
}


def errors_section(found: Mapping[str, Any] | None) -> str:
    """Return the section; nothing when the errors were not looked at."""
    if not found:
        return ""
    if not found["wrong"]:
        return section("Waar de fouten zitten", "<p>Er zijn geen fouten gemaakt.</p>")
    parts = [_summary(found), _pairs(found["pairs"]), _worst(found["worst"]), _steps(found)]
    return section("Waar de fouten zitten", "".join(parts))


def _summary(found: Mapping[str, Any]) -> str:
    kinds = found["kinds"]
    rows = [
        ("fouten", f"{found['wrong']} van {found['messages']}"),
        ("gemist: het was een signaal, het model zei geen", str(kinds["missed"])),
        ("vals alarm: het was geen signaal", str(kinds["false_alarm"])),
        ("wel een signaal, andere categorie", str(kinds["other_category"])),
        ("fout met een kans van 0,9 of meer", str(found["sure_but_wrong"])),
        ("fout, maar het model vroeg om een blik", str(found["sent_to_review"])),
    ]
    return table(("maat", "aantal"), rows)


def _pairs(rows: Sequence[Mapping[str, Any]]) -> str:
    head = ("is", "model zei", "aantal", "deel van de categorie", "gemiddelde kans", "verdedigbaar")
    shown = [
        (
            row["is"],
            row["said"],
            str(row["count"]),
            number(row["share"]),
            number(row["probability"]),
            str(row["defensible"]),
        )
        for row in rows
    ]
    return "<h3>Wat het vaakst verward wordt</h3>" + table(head, shown)


def _worst(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    head = ("deel", "soort", "berichten", "fout", "deel fout")
    shown = [
        (
            row["name"],
            _KINDS[row["kind"]],
            str(row["messages"]),
            str(row["wrong"]),
            number(row["share"]),
        )
        for row in rows
    ]
    note = "<p>Delen met te weinig berichten staan er niet bij.</p>"
    return "<h3>Delen met de meeste fouten</h3>" + note + table(head, shown)


def _steps(found: Mapping[str, Any]) -> str:
    names = {"length": "aantal woorden", "certainty": "kans volgens het model"}
    pictures, tables = [], []
    for key, name in names.items():
        rows = found[key]
        bars = [
            charts.Bar(name=row["name"], value=row["share"], low=row["share"], high=row["share"])
            for row in rows
        ]
        pictures.append(
            f"<figure><figcaption>Deel fout naar {name}</figcaption>"
            + charts.bars(bars, label=f"Deel fout naar {name}")
            + "</figure>"
        )
        shown = [
            (row["name"], str(row["messages"]), str(row["wrong"]), number(row["share"]))
            for row in rows
        ]
        tables.append(table((name, "berichten", "fout", "deel fout"), shown))
    return "<h3>Naar lengte en kans</h3>" + side_by_side(pictures) + "".join(tables)
