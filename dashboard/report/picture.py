# SPDX-License-Identifier: EUPL-1.2
"""A drawing of what happens to a report and who sees it, made here and styled by our sheet."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH, _MARGIN, _GAP = 320, 8, 22
_TITLE_CHARACTERS, _TEXT_CHARACTERS = 25, 31
_LINE = 19
_PAD = 14
_ROUND = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that happens, and who is in it."""

    title: str
    text: str


def draw(title: str, steps: Sequence[Step]) -> Markup:
    """Return the drawing as SVG, narrow enough for any phone; its words are in it as text."""
    parts, top = [], _MARGIN
    for number, step in enumerate(steps, start=1):
        box, height = _box(number, step, top)
        parts.append(box)
        if number < len(steps):
            parts.append(_arrow(top + height))
        top += height + _GAP
    said = " ".join(f"{n}. {s.title}. {s.text}" for n, s in enumerate(steps, start=1))
    return Markup(
        '<svg class="stappen" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="stappen-titel stappen-tekst" focusable="false">'
        '<title id="stappen-titel">{title}</title><desc id="stappen-tekst">{said}</desc>'
        "{parts}</svg>"
    ).format(
        width=_WIDTH,
        height=top - _GAP + _MARGIN,
        title=title,
        said=said,
        parts=Markup("").join(parts),
    )


def _box(number: int, step: Step, top: int) -> tuple[Markup, int]:
    titles = textwrap.wrap(step.title, _TITLE_CHARACTERS)
    texts = textwrap.wrap(step.text, _TEXT_CHARACTERS)
    height = 2 * _PAD + _LINE * (len(titles) + len(texts)) - 4
    left = _MARGIN + 2 * _ROUND + 18
    first = top + _PAD + 11
    lines = [_text(line, left, first + n * _LINE, "stap-kop") for n, line in enumerate(titles)]
    below = first + len(titles) * _LINE
    lines += [_text(line, left, below + n * _LINE, "stap-tekst") for n, line in enumerate(texts)]
    middle = top + height // 2
    box = Markup(
        '<rect class="stap-vlak" x="{x}" y="{y}" width="{w}" height="{h}" rx="10"/>'
        '<circle class="stap-rond" cx="{cx}" cy="{cy}" r="{r}"/>'
        '<text class="stap-nummer" x="{cx}" y="{ty}" text-anchor="middle">{number}</text>{lines}'
    ).format(
        x=_MARGIN,
        y=top,
        w=_WIDTH - 2 * _MARGIN,
        h=height,
        cx=_MARGIN + 10 + _ROUND,
        cy=middle,
        ty=middle + 6,
        r=_ROUND,
        number=number,
        lines=Markup("").join(lines),
    )
    return box, height


def _text(line: str, x: int, y: int, kind: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, x, y, escape(line))


def _arrow(top: int) -> Markup:
    middle, end = _WIDTH // 2, top + _GAP - 4
    return Markup('<path class="stap-pijl" d="M{m} {a}V{b}m-6 -6l6 6l6 -6"/>').format(
        m=middle, a=top + 4, b=end
    )
