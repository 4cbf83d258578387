# SPDX-License-Identifier: EUPL-1.2
"""Grams of messages as rows of tf-idf; needs no scikit-learn, so that judging starts fast.

Everything that depends on one word only is remembered per word, which makes one message cheap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import simplemma
from numpy.typing import NDArray

from classify.cues import CUES, cues

if TYPE_CHECKING:
    from scipy import sparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: Words remembered at most, so that a flood of new words cannot fill the memory.
REMEMBERED = 100_000
#: Characters of a word that are looked at; longer "words" are noise.
LONGEST = 40


class Grams:
    """Words and word pairs, pieces of words, or lemmas, that were seen in training."""

    def __init__(
        self, *, kind: str, low: int, high: int, known: Sequence[str], idf: Floats,
        sublinear: bool = True,
    ) -> None:  # fmt: skip
        self.kind = kind
        self.low = low
        self.high = high
        self.known = tuple(known)
        self.idf = idf
        self.sublinear = sublinear
        self._memory: dict[str, Ints] = {}

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        return {gram: column for column, gram in enumerate(self.known)}

    def rows(self, documents: Sequence[Sequence[str]]) -> sparse.csr_array:
        """Return one row of tf-idf per list of words."""
        columns = [self.columns(words) for words in documents]
        return _tfidf(columns, self.idf, sublinear=self.sublinear)

    def columns(self, words: Sequence[str]) -> Ints:
        """Return the column of every known gram, as often as it occurs."""
        pairs = np.array([column for column, _ in self.pairs(words)], dtype=np.int64)
        return np.concatenate([*self.columns_each(words), pairs])

    def columns_each(self, words: Sequence[str]) -> list[Ints]:
        """Return per word the columns of the grams inside it."""
        if len(self._memory) > REMEMBERED:
            self._memory = {}
        memory, found = self._memory, []
        for word in words:
            part = memory.get(word)
            found.append(self._remember(word) if part is None else part)
        return found

    def pairs(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Return column and first word of each known pair of neighbours."""
        if self.kind != "word" or self.high < 2:
            return []
        get = self._vocabulary.get
        columns = [get(f"{a} {b}", -1) for a, b in pairwise(words)]
        return [(column, index) for index, column in enumerate(columns) if column >= 0]

    def _remember(self, word: str) -> Ints:
        grams = grams_of_word(word, self.kind, self.low, self.high)
        columns = (self._vocabulary.get(gram, -1) for gram in grams)
        found = np.array([column for column in columns if column >= 0], dtype=np.int64)
        self._memory[word] = found
        return found


class Cues:
    """The cues of ``classify.cues`` as columns; learns nothing."""

    kind = "cue"

    def __init__(self, weight: float = 1.0) -> None:
        self.weight = weight

    def rows(self, documents: Sequence[Sequence[str]]) -> sparse.csr_array:
        """Return one row of cues per list of words."""
        from scipy import sparse

        table = np.array([cues(words) for words in documents], dtype=np.float64)
        return sparse.csr_array(table.reshape(len(documents), len(CUES)) * self.weight)


def learn_grams(
    documents: Sequence[Sequence[str]],
    groups: Sequence[str],
    *,
    kind: str,
    low: int,
    high: int,
    min_groups: int,
    sublinear: bool = True,
    banned: frozenset[str] = frozenset(),
) -> Grams:
    """Return the grams that occur in at least ``min_groups`` groups (author batches).

    A word or lemma in ``banned`` is none, even where it is the lemma of an innocent word.
    """
    seen: dict[str, set[str]] = {}
    frequency: Counter[str] = Counter()
    for words, group in zip(documents, groups, strict=True):
        grams = set(_grams(words, kind, low, high))
        frequency.update(grams)
        for gram in grams:
            seen.setdefault(gram, set()).add(group)
    barred = frozenset() if kind == "char" else banned
    known = sorted(g for g, where in seen.items() if len(where) >= min_groups and g not in barred)
    counts = np.array([frequency[gram] for gram in known], dtype=np.float64)
    idf = np.log((1 + len(documents)) / (1 + counts)) + 1.0
    return Grams(kind=kind, low=low, high=high, known=known, idf=idf, sublinear=sublinear)


def grams_of_word(word: str, kind: str, low: int, high: int) -> list[str]:
    """Return the grams of one word."""
    return _OF_WORD[kind](word[:LONGEST], low, high)


def _grams(words: Sequence[str], kind: str, low: int, high: int) -> Iterable[str]:
    for word in words:
        yield from grams_of_word(word, kind, low, high)
    if kind == "word" and high >= 2:
        yield from (f"{a} {b}" for a, b in pairwise(words))


def _word(word: str, low: int, high: int) -> list[str]:  # noqa: ARG001
    return [word]


def _lemma(word: str, low: int, high: int) -> list[str]:  # noqa: ARG001
    return [simplemma.lemmatize(word, lang="nl")] if word.isalpha() else []


def _pieces(word: str, low: int, high: int) -> list[str]:
    padded = f"_{word}_"
    return [
        padded[start : start + size]
        for size in range(low, high + 1)
        for start in range(len(padded) - size + 1)
    ]


_OF_WORD: dict[str, Callable[[str, int, int], list[str]]] = {
    "word": _word,
    "char": _pieces,
    "lemma": _lemma,
}


def _tfidf(columns: Sequence[Ints], idf: Floats, *, sublinear: bool) -> sparse.csr_array:
    """Return unit rows; each row is computed apart, so a batch equals its members."""
    from scipy import sparse

    width = len(idf)
    sizes = np.array([len(c) for c in columns], dtype=np.int64)
    if not len(columns) or not sizes.sum():
        return sparse.csr_array((len(columns), width), dtype=np.float64)
    keys = np.concatenate(columns) + np.repeat(np.arange(len(columns)) * width, sizes)
    unique, counts = np.unique(keys, return_counts=True)
    rows, ids = np.divmod(unique, width)
    values = (1.0 + np.log(counts) if sublinear else counts.astype(np.float64)) * idf[ids]
    squares = np.bincount(rows, weights=values * values, minlength=len(columns))
    values /= np.sqrt(squares)[rows]
    pointers = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=len(columns)))))
    # liblinear accepts 32-bit indices only.
    indices, starts = ids.astype(np.int32), pointers.astype(np.int32)
    return sparse.csr_array((values, indices, starts), shape=(len(columns), width))
