# SPDX-License-Identifier: EUPL-1.2
"""Hours by weekdays as inline SVG: the darker a square, the more signals; numbers stand in it."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.hotspots import DAYS, Picture
from dashboard.spoken import Spoken, heard, say
from dashboard.tongue import Tongue

_LABEL = say("Aantal signalen per uur en weekdag; de tabel eronder zegt hetzelfde")
_LEFT, _TOP, _CELL, _ROW = 92, 22, 34, 34


def heatmap(picture: Picture) -> Spoken:
    """Draw the picture's cells; the table beside it says the same."""
    return Spoken(lambda tongue: _heatmap(picture, tongue))


def _heatmap(picture: Picture, tongue: Tongue) -> Markup:
    width, height = _LEFT + 24 * _CELL, _TOP + 7 * _ROW
    most = max((c.n or 0 for row in picture.cells for c in row), default=0)
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{heard(tongue, _LABEL)}">'
    ]
    for hour in range(24):
        x = _LEFT + hour * _CELL + _CELL / 2
        parts.append(f'<text x="{x}" y="14" text-anchor="middle">{hour}</text>')
    for day, (name, row) in enumerate(zip(heard(tongue, DAYS), picture.cells, strict=True)):
        y = _TOP + day * _ROW
        parts.append(f'<text x="0" y="{y + 21}">{name}</text>')
        for hour, count in enumerate(row):
            parts.append(_cell(_LEFT + hour * _CELL, y, count.n, most))
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - numbers and our own words only


def _cell(x: int, y: int, n: int | None, most: int) -> str:
    box = f'x="{x + 1}" y="{y + 1}" width="{_CELL - 2}" height="{_ROW - 2}" rx="4"'
    middle = f'x="{x + _CELL / 2}" y="{y + 21}" text-anchor="middle"'
    if n is None:
        return f'<rect class="cel--klein" {box}/><text {middle}>&lt;5</text>'
    if n == 0:
        return f'<rect class="cel--leeg" {box}/>'
    share = n / most
    kind = "celtekst" if share > 0.55 else "celtekst celtekst--licht"
    opacity = round(0.15 + 0.85 * share if share > 0.55 else 0.12 + 0.3 * share, 2)
    square = f'<rect class="cel" {box} fill-opacity="{opacity}"/>'
    return f'{square}<text class="{kind}" {middle}>{n}</text>'
