# SPDX-License-Identifier: EUPL-1.2
"""Pictures as inline SVG, made here: no script, printable, and always with a table beside them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

_SIDE, _LEFT, _TOP, _BOTTOM = 300, 46, 12, 40


def reliability(points: Sequence[tuple[float, float, int]]) -> Markup:
    """Draw how often the model was right (up) against how sure it said it was (right).

    ``points`` are (mean certainty, share that was right, number of messages).
    """
    width, height = _LEFT + _SIDE + 16, _TOP + _SIDE + _BOTTOM
    parts = [_open(width, height, "Hoe vaak het model gelijk had bij elke zekerheid")]
    for step in range(6):
        share = step / 5
        x, y = _x(share), _y(share)
        text = f"{step * 20}%"
        parts.append(f'<line class="raster" x1="{_LEFT}" y1="{y}" x2="{_x(1)}" y2="{y}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{text}</text>')
        parts.append(f'<text x="{x}" y="{_y(0) + 16}" text-anchor="middle">{text}</text>')
    parts.append(f'<line class="ideaal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>')
    drawn = [(_x(sure), _y(right), n) for sure, right, n in points if n]
    line = " ".join(f"{x},{y}" for x, y, _ in drawn)
    parts.append(f'<polyline class="lijn" points="{line}"/>')
    most = max((n for *_, n in drawn), default=1)
    for x, y, n in drawn:
        radius = round(3 + 5 * (n / most) ** 0.5, 1)
        parts.append(f'<circle class="punt" cx="{x}" cy="{y}" r="{radius}"/>')
    parts.append(
        f'<text x="{_x(0.5)}" y="{height - 6}" text-anchor="middle">zekerheid van het model</text>'
    )
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - numbers and our own words only


def bars(values: Sequence[tuple[str, float]]) -> Markup:
    """Draw a horizontal bar between 0 and 1 for each name."""
    left, row, room = 205, 26, 330
    height = row * len(values) + 26
    parts = [_open(left + room + 60, height, "F1 per categorie")]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + round(room * tick, 1)
        parts.append(f'<line class="raster" x1="{x}" y1="0" x2="{x}" y2="{height - 22}"/>')
        label = f"{tick:.2f}".replace(".", ",")
        parts.append(f'<text x="{x}" y="{height - 6}" text-anchor="middle">{label}</text>')
    for index, (name, value) in enumerate(values):
        y = index * row
        length = round(room * min(1.0, max(0.0, value)), 1)
        shown = f"{value:.2f}".replace(".", ",")
        parts.append(
            f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="staaf" x="{left}" y="{y + 5}" width="{length}" height="16" rx="2"/>'
            f'<text x="{left + length + 6}" y="{y + 17}">{shown}</text>'
        )
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - names are escaped above


def _open(width: int, height: int, label: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'


def _x(share: float) -> float:
    return round(_LEFT + _SIDE * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 1)
