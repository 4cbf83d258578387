# SPDX-License-Identifier: EUPL-1.2
"""The blocks of features side by side: one matrix for all heads of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classify.cues import CUES
from classify.grams import Cues, Floats, Grams, Ints, learn_grams

if TYPE_CHECKING:
    from scipy import sparse

_FIELDS = ("kind", "low", "high", "weight")
_NONE: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One kind of features and how heavy it counts; ``kind`` word, char, lemma or cue."""

    kind: str
    low: int = 1
    high: int = 1
    weight: float = 1.0


#: What the search in docs/reference/model-search.md ended with.
BLOCKS = (
    Block(kind="word", low=1, high=2),
    Block(kind="char", low=2, high=5, weight=1.3),
    Block(kind="lemma", weight=0.7),
    Block(kind="cue", weight=0.2),
)
#: A gram that fewer author batches wrote is not kept: no text of one writer in a model.
MIN_BATCHES = 2


class Columns:
    """Fitted blocks; turns lists of words into rows."""

    def __init__(self, blocks: Sequence[Block], fitted: Sequence[Grams | Cues]) -> None:
        self.blocks = tuple(blocks)
        self.fitted = tuple(fitted)
        widths = [len(CUES) if isinstance(part, Cues) else len(part.known) for part in fitted]
        self.starts = tuple(int(start) for start in np.cumsum([0, *widths]))

    @property
    def width(self) -> int:
        """Return how many columns there are."""
        return self.starts[-1]

    def rows(self, documents: Sequence[Sequence[str]]) -> sparse.csr_array:
        """Return one row per list of words."""
        from scipy import sparse

        parts = [
            part.rows(documents) * block.weight
            for block, part in zip(self.blocks, self.fitted, strict=True)
        ]
        return sparse.csr_array(sparse.hstack(parts, format="csr"))

    def grams(self, kind: str) -> tuple[str, ...]:
        """Return the grams of one kind that are known."""
        parts = [p for p in self.fitted if isinstance(p, Grams) and p.kind == kind]
        return tuple(gram for part in parts for gram in part.known)

    def of_words(self, words: Sequence[str]) -> tuple[Ints, Ints, Floats]:
        """Return for each gram in the text its column, the word it is in, and which share of it."""
        columns: list[Ints] = []
        owners: list[int] = []
        shares: list[float] = []
        for start, part in zip(self.starts, self.fitted, strict=False):
            if isinstance(part, Cues):
                continue
            for index, found in enumerate(part.columns_each(words)):
                columns.append(found + start)
                owners += [index] * len(found)
                shares += [1.0] * len(found)
            for column, index in part.pairs(words):
                columns.append(np.array([column + start] * 2, dtype=np.int64))
                owners += [index, index + 1]
                shares += [0.5, 0.5]
        return np.concatenate([_NONE, *columns]), np.array(owners, dtype=np.int64), np.array(shares)


def fit_columns(
    documents: Sequence[Sequence[str]],
    batches: Sequence[str],
    blocks: Sequence[Block] = BLOCKS,
    min_batches: int = MIN_BATCHES,
    banned: frozenset[str] = frozenset(),
) -> Columns:
    """Learn the columns of all blocks from the words of many messages."""
    fitted = [_learn(block, documents, batches, min_batches, banned) for block in blocks]
    return Columns(blocks, fitted)


def pack_columns(columns: Columns) -> list[dict[str, Any]]:
    """Return the fitted blocks as plain lists and arrays, for the artefact."""
    packed: list[dict[str, Any]] = []
    for block, part in zip(columns.blocks, columns.fitted, strict=True):
        row: dict[str, Any] = {name: getattr(block, name) for name in _FIELDS}
        if isinstance(part, Grams):
            row |= {"grams": "\n".join(part.known), "idf": part.idf}
        packed.append(row)
    return packed


def unpack_columns(packed: Sequence[dict[str, Any]]) -> Columns:
    """Return what ``pack_columns`` packed."""
    blocks = [Block(**{name: row[name] for name in _FIELDS}) for row in packed]
    fitted = [_unpack(block, row) for block, row in zip(blocks, packed, strict=True)]
    return Columns(blocks, fitted)


def _learn(
    block: Block,
    documents: Sequence[Sequence[str]],
    batches: Sequence[str],
    min_batches: int,
    banned: frozenset[str],
) -> Grams | Cues:
    if block.kind == "cue":
        return Cues()
    return learn_grams(
        documents,
        batches,
        kind=block.kind,
        low=block.low,
        high=block.high,
        min_groups=min_batches,
        banned=banned,
    )


def _unpack(block: Block, row: dict[str, Any]) -> Grams | Cues:
    if block.kind == "cue":
        return Cues()
    known = row["grams"].split("\n") if row["grams"] else []
    return Grams(kind=block.kind, low=block.low, high=block.high, known=known, idf=row["idf"])
