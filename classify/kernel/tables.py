# SPDX-License-Identifier: EUPL-1.2
"""What the compiled code looks things up in, derived from a model when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.columns import Columns
from classify.cues import counted, signs
from classify.grams import Cues, Grams
from classify.head import Floats, Head
from classify.model import Model
from core.label import Category

Numbers = NDArray[Any]

#: Kinds of features in the order that the compiled code wants, and their numbers there.
KINDS = {"word": 0, "char": 1, "lemma": 2, "cue": 3}


@dataclass(frozen=True, kw_only=True)
class Tables:
    """All that the compiled code reads, in the order in which ``entries`` expects it."""

    #: Per block: kind, low, high, first gram and end in this table, whether counts are
    #: logarithmic, first column and number of columns in the model.
    plan: Numbers
    #: Weight of each block.
    scales: Numbers
    idf: Numbers
    #: An open hash table: upper half of a 64-bit fingerprint, then the gram + 1; 0 is free.
    slots: Numbers
    #: The letters of all grams in one row, and where those of each begin.
    letters: Numbers
    starts: Numbers
    #: Cues of each word that is one: below 0 (as ``-1 - cue``) those that are there or not.
    cue_starts: Numbers
    cue_of: Numbers
    #: The heads side by side: columns by scores, scores by classes.
    weights: Numbers
    bias: Numbers
    mix: Numbers
    shift: Numbers
    #: Where the classes of each head begin, and the end; and in which order they are told.
    borders: Numbers
    order: Numbers
    #: The pieces inside each known word: most words are known, and need no search then.
    inner_starts: Numbers
    inner: Numbers

    @property
    def arrays(self) -> tuple[Numbers, ...]:
        """Return all of them."""
        return tuple(getattr(self, field.name) for field in fields(self))


def fits(model: Model) -> bool:
    """Whether the compiled code can judge by this model.

    Each kind of features once at most, words first and cues last, and weights that lose nothing in
    single precision, as those of every model that was saved.
    """
    kinds = [block.kind for block in model.columns.blocks]
    order = [kind for kind in KINDS if kind in kinds]
    heads = (*_heads(model), *model.subcategory.values())
    return kinds == order and all((narrow(head.weights) == head.weights).all() for head in heads)


def tables(model: Model, fill: Callable[[Tables, int], int]) -> Tables:
    """Return what is derived from ``model``.

    ``fill`` fills slots and inner pieces, for so many grams that can be words, and says how many
    pieces there are.
    """
    columns, heads = model.columns, _heads(model)
    grams = [gram for part in columns.fitted if isinstance(part, Grams) for gram in part.known]
    cue_words = sorted({*counted(), *signs()})
    known = [*grams, *cue_words]
    letters = "".join(known).encode("utf-32-le", "surrogatepass")
    cue_of = [_cues_of(word) for word in cue_words]
    words = _words(columns)
    starts = np.fromiter(accumulate(map(len, known), initial=0), np.int32, len(known) + 1)
    made = Tables(
        plan=_plan(columns, len(cue_words)),
        scales=_scales(columns),
        idf=np.concatenate([[0.0] * 0, *(p.idf for p in columns.fitted if isinstance(p, Grams))]),
        slots=np.zeros(1 << (2 * len(known)).bit_length(), dtype=np.uint64),
        letters=np.frombuffer(letters, dtype=np.uint32),
        starts=starts,
        cue_starts=np.cumsum([0, *map(len, cue_of)], dtype=np.int64),
        cue_of=np.array([cue for cues in cue_of for cue in cues], dtype=np.int64),
        weights=narrow(np.hstack([head.weights for head in heads])),
        bias=np.concatenate([head.intercept for head in heads]),
        mix=_side_by_side([head.mix for head in heads]),
        shift=np.concatenate([head.shift for head in heads]),
        borders=np.cumsum([0, *(len(head.classes) for head in heads)], dtype=np.int64),
        order=_order(heads),
        inner_starts=np.zeros(words + 1, dtype=np.int32),
        inner=np.empty(room(columns) * (int(starts[words]) + 2 * words), dtype=np.int32),
    )
    pieces = fill(made, words)
    return replace(made, inner=made.inner[:pieces].copy())


def narrow(weights: Floats) -> Numbers:
    """Return weights in single precision."""
    return np.ascontiguousarray(weights, dtype=np.float32)


def room(columns: Columns) -> int:
    """Return how many hits one letter can give, at most."""
    return sum(block.high - block.low + 2 for block in columns.blocks)


def _words(columns: Columns) -> int:
    """Return how many grams are words or pairs of them; these come first."""
    kinds = [block.kind for block in columns.blocks]
    return len(columns.grams("word")) if {"word", "char"} <= set(kinds) else 0


def _heads(model: Model) -> tuple[Head, Head, Head]:
    return model.category, model.urgency, model.first_hand


def _order(heads: Sequence[Head]) -> Numbers:
    """Return the categories in the order of ``Category``, and what follows as it is."""
    classes = [head.classes for head in heads]
    own = [classes[0].index(category.value) for category in Category]
    return np.array([*own, *range(len(own), sum(map(len, classes)))], dtype=np.int64)


def _side_by_side(parts: Sequence[Floats]) -> Floats:
    """Return one matrix with ``parts`` on its diagonal."""
    whole = np.zeros(np.sum([part.shape for part in parts], axis=0))
    row = column = 0
    for part in parts:
        height, width = part.shape
        whole[row : row + height, column : column + width] = part
        row, column = row + height, column + width
    return whole


def _plan(columns: Columns, cue_words: int) -> Numbers:
    rows = []
    for block, part, start, end in zip(
        columns.blocks, columns.fitted, columns.starts, columns.starts[1:], strict=False
    ):
        last = start + cue_words if isinstance(part, Cues) else end
        sublinear = isinstance(part, Grams) and part.sublinear
        kind = KINDS[block.kind]
        rows.append([kind, block.low, block.high, start, last, sublinear, start, end - start])
    return np.array(rows, dtype=np.int64)


def _scales(columns: Columns) -> Floats:
    scales = [
        block.weight * (part.weight if isinstance(part, Cues) else 1.0)
        for block, part in zip(columns.blocks, columns.fitted, strict=True)
    ]
    return np.array(scales, dtype=np.float64)


def _cues_of(word: str) -> list[int]:
    sign = signs().get(word)
    return [*counted().get(word, ()), *([] if sign is None else [-1 - sign])]
