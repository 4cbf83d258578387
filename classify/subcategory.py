# SPDX-License-Identifier: EUPL-1.2
"""The finer kind inside a category: one small head for each category that has kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from classify.columns import Columns
from classify.corpus import Example
from classify.head import Head
from classify.recipe import SUBCATEGORY
from core.label import SIGNAL_CATEGORIES, Category

if TYPE_CHECKING:
    from scipy import sparse

#: Kinds with fewer messages than this are not learnt.
FEWEST = 4


def choose(heads: Mapping[Category, Head], category: Category, row: sparse.csr_array) -> str | None:
    """Return the likeliest kind inside ``category``; None where none was learnt."""
    head = heads.get(category)
    if head is None:
        return None
    return head.classes[int(head.scores(row)[0].argmax())]


def fit(
    rows: sparse.csr_array, examples: Sequence[Example], columns: Columns, seed: int
) -> dict[Category, Head]:
    """Return one head per category, learnt from the messages of that category only."""
    heads: dict[Category, Head] = {}
    for category in SIGNAL_CATEGORIES:
        chosen = _rows_of(examples, category)
        if len({examples[i].subcategory for i in chosen}) > 1:
            heads[category] = _fit(rows, examples, chosen, columns, seed)
    return heads


def _fit(
    rows: sparse.csr_array,
    examples: Sequence[Example],
    chosen: Sequence[int],
    columns: Columns,
    seed: int,
) -> Head:
    from classify.learn import fit_head

    labels = [examples[i].subcategory or "" for i in chosen]
    return fit_head(rows[np.asarray(chosen)], labels, columns, SUBCATEGORY, seed)


def _rows_of(examples: Sequence[Example], category: Category) -> list[int]:
    mine = [i for i, e in enumerate(examples) if e.category is category and e.subcategory]
    counts: dict[str | None, int] = {}
    for i in mine:
        counts[examples[i].subcategory] = counts.get(examples[i].subcategory, 0) + 1
    return [i for i in mine if counts[examples[i].subcategory] >= FEWEST]
