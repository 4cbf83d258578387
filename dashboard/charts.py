# SPDX-License-Identifier: EUPL-1.2
"""Pictures as inline SVG, made here: no script, printable, and always with a table beside them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from dashboard import words
from dashboard.spoken import Spoken, heard, say
from dashboard.tongue import Tongue

_SIDE, _LEFT, _TOP, _BOTTOM = 300, 46, 12, 40


def reliability(points: Sequence[tuple[float, float, int]]) -> Spoken:
    """Draw how often the model was right (up) against how sure it said it was (right).

    ``points`` are (mean certainty, share that was right, number of messages).
    """
    return Spoken(lambda tongue: _reliability(points, tongue))


def _reliability(points: Sequence[tuple[float, float, int]], tongue: Tongue) -> Markup:
    width, height = _LEFT + _SIDE + 16, _TOP + _SIDE + _BOTTOM
    parts = [
        _open(width, height, heard(tongue, say("Hoe vaak het model gelijk had bij elke zekerheid")))
    ]
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
    axis = heard(tongue, say("zekerheid van het model"))
    parts.append(f'<text x="{_x(0.5)}" y="{height - 6}" text-anchor="middle">{axis}</text>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - numbers and our own words only


def bars(values: Sequence[tuple[str, float]]) -> Spoken:
    """Draw a horizontal bar between 0 and 1 for each name."""
    return Spoken(lambda tongue: _bars(heard(tongue, values), tongue))


def _bars(values: Sequence[tuple[str, float]], tongue: Tongue) -> Markup:
    left, row, room = 205, 26, 330
    height = row * len(values) + 26
    parts = [_open(left + room + 60, height, heard(tongue, say("F1 per categorie")))]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + round(room * tick, 1)
        parts.append(f'<line class="raster" x1="{x}" y1="0" x2="{x}" y2="{height - 22}"/>')
        label = heard(tongue, words.number(tick))
        parts.append(f'<text x="{x}" y="{height - 6}" text-anchor="middle">{label}</text>')
    for index, (name, value) in enumerate(values):
        y = index * row
        length = round(room * min(1.0, max(0.0, value)), 1)
        shown = heard(tongue, words.number(value))
        parts.append(
            f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="staaf" x="{left}" y="{y + 5}" width="{length}" height="16" rx="2"/>'
            f'<text x="{left + length + 6}" y="{y + 17}">{shown}</text>'
        )
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - names are escaped above


def pairs(values: Sequence[tuple[str, float, float]]) -> Spoken:
    """Draw two bars between 0 and 1 for each name: the first stage, and both stages."""
    return Spoken(lambda tongue: _pairs(heard(tongue, values), tongue))


def _pairs(values: Sequence[tuple[str, float, float]], tongue: Tongue) -> Markup:
    left, row, room = 205, 40, 330
    height = row * len(values) + 50
    parts = [
        _open(
            left + room + 60,
            height,
            heard(tongue, say("F1 per categorie, eerste stap en beide stappen")),
        )
    ]
    parts += _ruler(left, room, height, tongue)
    for index, (name, first, both) in enumerate(values):
        y = 24 + index * row
        parts.append(f'<text x="{left - 8}" y="{y + 22}" text-anchor="end">{escape(name)}</text>')
        for value, top, kind in ((first, y + 3, "staaf staaf--eerst"), (both, y + 18, "staaf")):
            length = _length(value, room)
            shown = heard(tongue, words.number(value))
            parts.append(
                f'<rect class="{kind}" x="{left}" y="{top}" width="{length}" height="13" rx="2"/>'
                f'<text x="{left + length + 6}" y="{top + 11}">{shown}</text>'
            )
    first_name, both_name = heard(tongue, (say("eerste stap"), say("beide stappen")))
    parts.append(
        f'<rect class="staaf staaf--eerst" x="{left}" y="2" width="13" height="13" rx="2"/>'
        f'<text x="{left + 19}" y="13">{first_name}</text>'
        f'<rect class="staaf" x="{left + 120}" y="2" width="13" height="13" rx="2"/>'
        f'<text x="{left + 139}" y="13">{both_name}</text>'
    )
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - names are escaped above


def ranges(values: Sequence[tuple[str, float, float, float]]) -> Spoken:
    """Draw a bar for each name with a line from its low to its high end: value, low, high."""
    return Spoken(lambda tongue: _ranges(heard(tongue, values), tongue))


def _ranges(values: Sequence[tuple[str, float, float, float]], tongue: Tongue) -> Markup:
    left, row, room = 205, 30, 330
    height = row * len(values) + 26
    parts = [
        _open(
            left + room + 60,
            height,
            heard(tongue, say("F1 per deel van de laatste toets, met marge")),
        )
    ]
    parts += _ruler(left, room, height, tongue)
    for index, (name, value, low, high) in enumerate(values):
        y = index * row
        start, end = (round(left + _length(share, room), 1) for share in (low, high))
        shown = heard(tongue, words.number(value))
        parts.append(
            f'<text x="{left - 8}" y="{y + 19}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="staaf" x="{left}" y="{y + 6}" width="{_length(value, room)}" '
            f'height="18" rx="2"/>'
            f'<line class="marge" x1="{start}" y1="{y + 15}" x2="{end}" y2="{y + 15}"/>'
            f'<text x="{left + room + 10}" y="{y + 19}">{shown}</text>'
        )
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - names are escaped above


def shares(label: str, values: Sequence[tuple[str, float, str]]) -> Spoken:
    """Draw a bar between 0 and 1 for each option, with its name above and its text behind it."""
    return Spoken(lambda tongue: _shares(heard(tongue, label), heard(tongue, values)))


def _shares(label: str, values: Sequence[tuple[str, float, str]]) -> Markup:
    row, room = 44, 300
    parts = [_open(room + 130, row * len(values), label)]
    for index, (name, share, shown) in enumerate(values):
        y, length = index * row, _length(share, room)
        parts.append(
            f'<text x="0" y="{y + 14}">{escape(name)}</text>'
            f'<rect class="staaf" x="0" y="{y + 20}" width="{length}" height="16" rx="2"/>'
            f'<text x="{length + 6}" y="{y + 33}">{escape(shown)}</text>'
        )
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - names and texts are escaped above


def _ruler(left: int, room: int, height: int, tongue: Tongue) -> list[str]:
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + round(room * tick, 1)
        label = heard(tongue, words.number(tick))
        parts.append(f'<line class="raster" x1="{x}" y1="20" x2="{x}" y2="{height - 22}"/>')
        parts.append(f'<text x="{x}" y="{height - 6}" text-anchor="middle">{label}</text>')
    return parts


def _length(value: float, room: int) -> float:
    return round(room * min(1.0, max(0.0, value)), 1)


def _open(width: int, height: int, label: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'


def _x(share: float) -> float:
    return round(_LEFT + _SIDE * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 1)
