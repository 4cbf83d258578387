# SPDX-License-Identifier: EUPL-1.2
"""The spans of a message that carried the decision, from the model's own weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from classify.columns import Columns
from classify.head import Floats
from classify.normalise import Word
from core.verdict import Evidence

if TYPE_CHECKING:
    from scipy import sparse

#: Spans shown at most.
MOST = 4
#: Share of the strongest word that a word needs to be shown.
ENOUGH = 0.3
#: Signs that never explain anything to a person.
_SILENT = frozenset({"?", "!", "...", "xwie"})


def evidence(words: Sequence[Word], spoken: Sequence[float]) -> tuple[Evidence, ...]:
    """Return what spoke for the category; at least one span when there is a word at all.

    ``spoken`` holds per word how much it speaks for the category, against ``geen``.
    """
    if not words:
        return ()
    weights = [
        0.0 if word.form in _SILENT else weight for word, weight in zip(words, spoken, strict=True)
    ]
    strongest = max(weights)
    if strongest <= 0:
        best = int(np.argmax(weights))
        return (_span(words, best, best, max(weights[best], 1e-6)),)
    chosen = [i for i, weight in enumerate(weights) if weight >= ENOUGH * strongest]
    spans = [_span(words, a, b, sum(weights[a : b + 1])) for a, b in _runs(chosen)]
    spans.sort(key=lambda span: (-span.weight, span.start))
    return tuple(sorted(spans[:MOST], key=lambda span: span.start))


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
    weights = np.bincount(owners, weights=spoken[places] * shares, minlength=len(words))
    return [float(weight) for weight in weights]


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
