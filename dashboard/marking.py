# SPDX-License-Identifier: EUPL-1.2
"""Cuts a quoted text into pieces, so that a template can mark evidence and escape the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.verdict import Span

#: Signs that turn reading direction around or hide text; a quote must look like what it says.
_INVISIBLE = re.compile(
    "[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Piece:
    """A stretch of text that is marked as evidence or not."""

    text: str
    marked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Quote:
    """A citizen's words, ready to show."""

    pieces: tuple[Piece, ...]
    #: How many invisible signs were left out.
    hidden: int = 0

    @property
    def text(self) -> str:
        """The words without marks."""
        return "".join(piece.text for piece in self.pieces)


def quote(text: str, evidence: Sequence[Span] = ()) -> Quote:
    """Return ``text`` with the evidence marked; spans outside the text are left out."""
    pieces: list[Piece] = []
    hidden = position = 0
    for start, end in _merged(evidence, len(text)):
        for part, marked in ((text[position:start], False), (text[start:end], True)):
            shown, left_out = _visible(part)
            hidden += left_out
            if shown:
                pieces.append(Piece(text=shown, marked=marked))
        position = end
    shown, left_out = _visible(text[position:])
    if shown:
        pieces.append(Piece(text=shown))
    return Quote(pieces=tuple(pieces), hidden=hidden + left_out)


def plain(text: str) -> str:
    """Return ``text`` on one line, without invisible or control signs."""
    return " ".join(_visible(text)[0].split())


def _merged(spans: Sequence[Span], length: int) -> list[tuple[int, int]]:
    """Overlapping and touching spans become one; so marks never nest."""
    merged: list[tuple[int, int]] = []
    inside = (s for s in spans if 0 <= s.start < s.end <= length)
    for span in sorted(inside, key=lambda s: s.start):
        if merged and span.start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], span.end))
        else:
            merged.append((span.start, span.end))
    return merged


def _visible(text: str) -> tuple[str, int]:
    kept, hidden = _INVISIBLE.subn("", text)
    # Cs: half a surrogate pair, which no page can be encoded with.
    unwanted = ("Cc", "Cs")
    shown = "".join(c for c in kept if c in "\n\t" or unicodedata.category(c) not in unwanted)
    return shown, hidden + len(kept) - len(shown)
