# SPDX-License-Identifier: EUPL-1.2
"""The spans of a message that carried the decision, from the model's own weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classify.columns import Columns
from classify.head import Floats
from classify.normalise import Word
from core.verdict import Evidence, Span

if TYPE_CHECKING:
    from scipy import sparse


@dataclass(frozen=True, kw_only=True, slots=True)
class Width:
    """How much is named."""

    #: Spans at most.
    most: int
    #: Share of the strongest word that a word needs.
    enough: float


#: What is named first, and what when that turns out to carry too little.
NARROW, WIDER = Width(most=4, enough=0.3), Width(most=6, enough=0.1)
#: Signs that never explain anything to a person.
_SILENT = frozenset({"?", "!", "...", "xwie"})


def evidence(
    words: Sequence[Word], weights: Sequence[float] | Floats, width: Width = NARROW
) -> tuple[Evidence, ...]:
    """Return what spoke for the category; at least one span when there is a word at all.

    ``weights`` hold for each word how much it spoke for the category, against ``geen``.
    """
    if not words:
        return ()
    weights = [
        0.0 if word.form in _SILENT else float(weight)
        for word, weight in zip(words, weights, strict=True)
    ]
    strongest = max(weights)
    if strongest <= 0:
        best = int(np.argmax(weights))
        return (_span(words, best, best, max(weights[best], 1e-6)),)
    chosen = [i for i, weight in enumerate(weights) if weight >= width.enough * strongest]
    spans = [_span(words, a, b, sum(weights[a : b + 1])) for a, b in _runs(chosen)]
    spans.sort(key=lambda span: (-span.weight, span.start))
    return tuple(sorted(spans[: width.most], key=lambda span: span.start))


def word_weights(
    words: Sequence[str], row: sparse.csr_array, columns: Columns, direction: Floats
) -> list[float]:
    """Return how much each word speaks for the category; a pair counts half for each.

    ``direction`` holds per column how much it speaks for the category, against ``geen``.
    """
    grams, owners, shares = columns.of_words(words)
    # Every gram of the text has its place in the row, whose columns are in order.
    places = np.searchsorted(row.indices, grams)
    often = np.bincount(places, weights=shares, minlength=len(row.indices))
    spoken = row.data * direction[row.indices] / np.maximum(often, 1e-9)
    carried = np.bincount(owners, weights=spoken[places] * shares, minlength=len(words))
    return [float(weight) for weight in carried]


def left_out(text: str, spans: Sequence[Span]) -> str:
    """Return the text without these spans, to see what they changed."""
    parts: list[str] = []
    position = 0
    for span in sorted(spans, key=lambda s: s.start):
        parts.append(text[position : span.start])
        position = max(position, span.end)
    return "".join([*parts, text[position:]])


def _runs(indices: Sequence[int]) -> list[tuple[int, int]]:
    """Join neighbours: two strong words side by side are one span."""
    runs: list[tuple[int, int]] = []
    for index in indices:
        if runs and index == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _span(words: Sequence[Word], first: int, last: int, weight: float) -> Evidence:
    return Evidence(start=words[first].start, end=words[last].end, weight=round(float(weight), 6))
