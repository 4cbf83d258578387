# SPDX-License-Identifier: EUPL-1.2
"""How well a colour can be read on another, as WCAG 2 counts it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

#: WCAG 2.2, success criterion 1.4.3: the least for text.
LEAST = 4.5

_SHEET = Path(__file__).parent / "static" / "css" / "kleuren.css"
_TOKEN = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
#: What text in the colour of links stands on somewhere.
_GROUNDS = ("grond", "vlak", "vlak-2", "vlak-link")


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` as WCAG 2 defines it, 0 to 1."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: str) -> str:
    """Return black or white, whichever is read best on ``colour``: at least 4.58 to 1."""
    white, black = "#ffffff", "#000000"
    return white if ratio(white, colour) >= ratio(black, colour) else black


def worst(colour: str, *, dark: bool) -> tuple[str, float]:
    """Return the ground of our pages on which ``colour`` is read worst, and the contrast there."""
    colours = grounds()["dark" if dark else "light"]
    ground = min(colours, key=lambda each: ratio(colour, each))
    return ground, ratio(colour, ground)


@cache
def grounds() -> Mapping[str, tuple[str, ...]]:
    """Return the colours that links stand on, of both themes, as the style sheet has them."""
    light, _, rest = _SHEET.read_text(encoding="utf-8").partition("@media (prefers-color-scheme")
    return {name: _of(text) for name, text in (("light", light), ("dark", rest))}


def _of(text: str) -> tuple[str, ...]:
    tokens = dict(_TOKEN.findall(text))
    return tuple(_long(tokens[name]) for name in _GROUNDS)


def _long(colour: str) -> str:
    short = colour[1:]
    return colour if len(short) == 6 else "#" + "".join(2 * letter for letter in short)
