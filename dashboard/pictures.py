# SPDX-License-Identifier: EUPL-1.2
"""Lines and intervals as inline SVG, always with a table beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from dashboard import words
from dashboard.spoken import Spoken, heard, say
from dashboard.tongue import Tongue

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 520, 320, 46, 12, 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """What runs along the bottom or the side, between two numbers."""

    name: str
    low: float = 0.0
    high: float = 1.0
    #: Of the marks along it.
    digits: int = 2

    def share(self, value: float) -> float:
        """Return where ``value`` lies, from 0 to 1."""
        return (value - self.low) / ((self.high - self.low) or 1.0)


def line(points: Sequence[tuple[float, float]], label: str, across: Axis, up: Axis) -> Spoken:
    """Draw points, joined from left to right."""
    placed = [(_x(across, x), _y(up, y)) for x, y in points]
    dots = "".join(f'<circle class="punt" cx="{x}" cy="{y}" r="3"/>' for x, y in placed[:60])
    joined = " ".join(f"{x},{y}" for x, y in placed)
    drawn = f'<polyline class="lijn" points="{joined}"/>'
    return _frame(label, across, up, drawn + (dots if len(placed) <= 60 else ""))


def named(points: Sequence[tuple[str, float, float]], label: str, across: Axis, up: Axis) -> Spoken:
    """Draw one dot for each name; the number beside it stands in the table."""
    return Spoken(
        lambda tongue: _framed(
            heard(tongue, label), across, up, _dots(heard(tongue, points), across, up), tongue
        )
    )


def _dots(points: Sequence[tuple[str, float, float]], across: Axis, up: Axis) -> str:
    parts = []
    for number, (name, x, y) in enumerate(points, start=1):
        left, top = _x(across, x), _y(up, y)
        parts.append(
            f'<circle class="punt" cx="{left}" cy="{top}" r="5"><title>{escape(name)}</title>'
            f'</circle><text x="{left + 7}" y="{top + 4}">{number}</text>'
        )
    return "".join(parts)


def intervals(rows: Sequence[tuple[str, float, float, float]], label: str) -> Spoken:
    """Draw (name, low, value, high) between 0 and 1, one under the other."""
    return Spoken(lambda tongue: _intervals(heard(tongue, rows), heard(tongue, label), tongue))


def _intervals(
    rows: Sequence[tuple[str, float, float, float]], label: str, tongue: Tongue
) -> Markup:
    left, step, room = 205, 26, 330
    height = step * len(rows) + 26
    parts = [
        f'<svg viewBox="0 0 {left + room + 30} {height}" role="img" aria-label="{escape(label)}">'
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = round(left + room * tick, 1)
        shown = heard(tongue, words.number(tick))
        parts.append(f'<line class="raster" x1="{x}" y1="0" x2="{x}" y2="{height - 22}"/>')
        parts.append(f'<text x="{x}" y="{height - 6}" text-anchor="middle">{shown}</text>')
    for place, (name, low, value, high) in enumerate(rows):
        y = place * step + 13
        one, dot, two = (round(left + room * v, 1) for v in (low, value, high))
        parts.append(
            f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{escape(name)}</text>'
            f'<line class="lijn" x1="{one}" y1="{y}" x2="{two}" y2="{y}"/>'
            f'<circle class="punt" cx="{dot}" cy="{y}" r="5"/>'
        )
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - names are escaped above


def _frame(label: str, across: Axis, up: Axis, drawn: str) -> Spoken:
    return Spoken(lambda tongue: _framed(heard(tongue, label), across, up, drawn, tongue))


def _framed(label: str, across: Axis, up: Axis, drawn: str, tongue: Tongue) -> Markup:
    width, height = _LEFT + _WIDTH + 24, _TOP + _HEIGHT + _BOTTOM
    parts = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">']
    for step in range(5):
        x_at = across.low + (across.high - across.low) * step / 4
        y_at = up.low + (up.high - up.low) * step / 4
        x, y = _x(across, x_at), _y(up, y_at)
        x_said, y_said = heard(
            tongue, (words.number(x_at, across.digits), words.number(y_at, up.digits))
        )
        parts.append(
            f'<line class="raster" x1="{_LEFT}" y1="{y}" x2="{_LEFT + _WIDTH}" y2="{y}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{y_said}</text>'
            f'<text x="{x}" y="{_TOP + _HEIGHT + 16}" text-anchor="middle">'
            f"{x_said}</text>"
        )
    axes = say("%(across)s (opzij), %(up)s (omhoog)", across=across.name, up=up.name)
    parts.append(
        f'<text x="{_LEFT + _WIDTH / 2}" y="{height - 6}" text-anchor="middle">'
        f"{escape(heard(tongue, axes))}</text>"
    )
    return Markup("".join(parts) + drawn + "</svg>")  # noqa: S704 - names are escaped above


def _x(axis: Axis, value: float) -> float:
    return round(_LEFT + _WIDTH * axis.share(value), 1)


def _y(axis: Axis, value: float) -> float:
    return round(_TOP + _HEIGHT * (1 - axis.share(value)), 1)
