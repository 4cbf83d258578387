# SPDX-License-Identifier: EUPL-1.2
"""Pictures for the evaluation report: inline SVG without scripts, each with a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_SIDE, _LEFT, _TOP, _BOTTOM, _RIGHT = 260, 44, 10, 40, 12
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One named value between 0 and 1 with its interval."""

    name: str
    value: float
    low: float
    high: float


def line(
    points: Sequence[tuple[float, float]],
    *,
    label: str,
    across: str,
    up: str,
    diagonal: bool = False,
    dots: bool = False,
) -> str:
    """Draw one line in the unit square; ``diagonal`` adds where a perfect answer would lie."""
    width, height = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _BOTTOM
    parts = [_open(width, height, label), *_grid()]
    if diagonal:
        parts.append(f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>')
    drawn = [(_x(x), _y(y)) for x, y in points]
    path = " ".join(f"{x},{y}" for x, y in drawn)
    parts.append(f'<polyline class="line" points="{path}"/>')
    if dots:
        parts += [f'<circle class="dot" cx="{x}" cy="{y}" r="4"/>' for x, y in drawn]
    parts.append(
        f'<text x="{_x(0.5)}" y="{height - 6}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(11 {_y(0.5)}) rotate(-90)" text-anchor="middle">'
        f"{escape(up)}</text>"
    )
    return "".join(parts) + "</svg>"


def bars(rows: Sequence[Bar], *, label: str) -> str:
    """Draw a horizontal bar for each row, with a whisker from ``low`` to ``high``."""
    left, room, step = 180, 320, 24
    height = step * len(rows) + 24
    parts = [_open(left + room + 52, height, label)]
    for tick in _TICKS:
        x = left + room * tick
        parts.append(f'<line class="grid" x1="{x}" y1="0" x2="{x}" y2="{height - 20}"/>')
        parts.append(f'<text x="{x}" y="{height - 5}" text-anchor="middle">{_number(tick)}</text>')
    for index, row in enumerate(rows):
        y = index * step + 4
        low, high = left + room * row.low, left + room * row.high
        parts.append(
            f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{escape(row.name)}</text>'
            f'<rect class="bar" x="{left}" y="{y}" width="{room * row.value:.1f}" height="16"/>'
            f'<line class="whisker" x1="{low:.1f}" y1="{y + 8}" x2="{high:.1f}" y2="{y + 8}"/>'
            f'<text x="{left + room + 8}" y="{y + 12}">{_number(row.value)}</text>'
        )
    return "".join(parts) + "</svg>"


def matrix(names: Sequence[str], rows: Sequence[Sequence[int]], *, label: str) -> str:
    """Draw counts as a heat map: truth in rows, answers in columns; darker is more of the row."""
    left, top, cell = 150, 126, 34
    size = len(names)
    parts = [_open(left + cell * size + 8, top + cell * size + 8, label)]
    for index, name in enumerate(names):
        middle = cell * index + cell / 2
        parts.append(
            f'<text x="{left - 6}" y="{top + middle + 4}" text-anchor="end">{escape(name)}</text>'
            f'<text transform="translate({left + middle + 4} {top - 6}) rotate(-55)">'
            f"{escape(name)}</text>"
        )
    for r, row in enumerate(rows):
        whole = max(1, sum(row))
        for c, count in enumerate(row):
            x, y = left + cell * c, top + cell * r
            share = count / whole
            kind = "hit" if r == c else "miss"
            parts.append(
                f'<rect class="{kind}" x="{x}" y="{y}" width="{cell - 2}" height="{cell - 2}" '
                f'fill-opacity="{0.06 + 0.94 * share:.2f}"/>'
            )
            if count:
                dark = " on-dark" if share > 0.5 else ""
                parts.append(
                    f'<text class="count{dark}" x="{x + cell / 2 - 1}" y="{y + cell / 2 + 3}" '
                    f'text-anchor="middle">{count}</text>'
                )
    return "".join(parts) + "</svg>"


def _grid() -> list[str]:
    parts = []
    for tick in _TICKS:
        x, y = _x(tick), _y(tick)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{_x(1)}" y2="{y}"/>')
        parts.append(f'<line class="grid" x1="{x}" y1="{_y(0)}" x2="{x}" y2="{_y(1)}"/>')
        parts.append(f'<text x="{_LEFT - 5}" y="{y + 4}" text-anchor="end">{_number(tick)}</text>')
        parts.append(f'<text x="{x}" y="{_y(0) + 15}" text-anchor="middle">{_number(tick)}</text>')
    return parts


def _open(width: float, height: float, label: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _x(share: float) -> float:
    return round(_LEFT + _SIDE * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 1)
