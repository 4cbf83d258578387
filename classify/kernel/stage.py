# SPDX-License-Identifier: EUPL-1.2
"""The first stage in its compiled form: from the words of messages straight to probabilities."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate, chain
from threading import local
from typing import Any

import numpy as np

from classify.kernel.lemmas import Lemmas
from classify.kernel.machine import Machine
from classify.kernel.tables import Numbers, Tables, narrow, room, tables
from classify.model import Model
from classify.stage import Judged, Reasons
from core.label import Category

_CATEGORIES = tuple(Category)
_GEEN = _CATEGORIES.index(Category.GEEN)
#: Letters and words for which a thread has room from the start.
_USUAL = 2_000


class CompiledStage:
    """Judges with tables derived from the model; threads may share it, and run side by side."""

    def __init__(self, model: Model, machine: Machine) -> None:
        self._machine = machine
        self._width, self._room = model.columns.width, room(model.columns)
        heads = model.category, model.urgency, model.first_hand
        self._scores = sum(len(head.intercept) for head in heads)
        self._threads = local()
        self._tables = tables(model, self._fill)
        self._table = _addresses(*self._tables.arrays)
        self._lemmas = Lemmas(model.columns)
        self._borders = [int(border) for border in self._tables.borders]
        towards = self._tables.mix[:, self._tables.order]
        self._directions = {
            category: np.ascontiguousarray(towards[:, i] - towards[:, _GEEN])
            for i, category in enumerate(_CATEGORIES)
        }
        self._kinds = {
            category: (head.classes, narrow(head.weights), head.intercept)
            for category, head in model.subcategory.items()
        }
        self._nothing = ((), np.empty((0, 0), dtype=np.float32), np.empty(0))

    def judge(self, documents: Sequence[Sequence[str]], offsets: Sequence[float]) -> Judged:
        """Return what there is to say of each list of words."""
        words = list(chain.from_iterable(documents))
        ends, added = array("q", accumulate(map(len, documents))), array("d", offsets)
        text, sizes, lemmas = self._letters(words)
        longest = max((sum(map(len, d)) + 3 * len(d) for d in documents), default=0)
        logits = np.empty((len(documents), self._borders[-1]))
        chances = np.empty_like(logits)
        asked = _asked(text, sizes, lemmas, ends, added, logits, chances)
        asked.append(_GEEN)
        self._enter(self._machine.judge, text, asked, longest)

        def reasons(index: int, category: Category) -> Reasons:
            return self._reasons(documents[index], category)

        _, one, two, end = self._borders
        return Judged(
            category=logits[:, :one],
            urgency=logits[:, one:two],
            first_hand=logits[:, two:end],
            chances=chances[:, :one],
            speeds=chances[:, one:two],
            hands=chances[:, two:end],
            reasons=reasons,
        )

    def _reasons(self, words: Sequence[str], category: Category) -> Reasons:
        classes, weights, bias = self._kinds.get(category, self._nothing)
        spoken, scores = np.empty(len(words)), np.empty(len(classes))
        text, sizes, lemmas = self._letters(words)
        direction = self._directions[category]
        asked = _asked(text, sizes, lemmas, direction, bias, spoken, scores)
        asked.append(weights.ctypes.data)
        self._enter(self._machine.explain, text, asked, len(text) // 4 + 3 * len(words))
        kind = classes[int(scores.argmax())] if classes else None
        return Reasons(weights=spoken.tolist(), kind=kind)

    def _letters(self, words: Sequence[str]) -> tuple[bytes, array[int], array[int]]:
        """Return the code points of all words with spaces between, their sizes, their lemmas."""
        text = " ".join(words).encode("utf-32-le", "surrogatepass")
        return text, array("q", map(len, words)), self._lemmas.of(words)

    def _fill(self, made: Tables, words: int) -> int:
        asked, table = array("q", [words, 0]), _addresses(*made.arrays)
        places = (numbers.buffer_info()[0] for numbers in (asked, self._own(0), table))
        self._machine.fill(b"", *places)
        return asked[1]

    def _enter(self, entry: Any, text: bytes, asked: array[int], longest: int) -> None:
        """Run compiled code on arrays that the caller holds on to."""
        own = self._own(longest)
        entry(text, asked.buffer_info()[0], own.buffer_info()[0], self._table.buffer_info()[0])

    def _own(self, longest: int) -> array[int]:
        """Return where this thread may write, with room for a message of ``longest`` letters."""
        threads = self._threads
        if getattr(threads, "longest", -1) < longest:
            threads.longest = max(longest, _USUAL)
            threads.arrays = self._scratch(threads.longest)
            threads.own = _addresses(*threads.arrays)
        own: array[int] = threads.own
        return own

    def _scratch(self, longest: int) -> tuple[Numbers, ...]:
        """Return where one thread may write, as ``entries`` expects it; counts are zero."""
        most = self._room * longest + self._width
        return (
            np.zeros(self._width, dtype=np.int32),  # counts
            np.empty(64, dtype=np.uint32),  # a padded word
            np.empty(longest, dtype=np.int32),  # known words
            np.empty(most, dtype=np.int32),  # hits
            np.empty(most, dtype=np.int32),  # owners
            np.empty(most, dtype=np.int32),  # touched
            np.empty(most),  # amounts
            np.empty(self._width),  # values of columns
            np.empty(self._scores),  # scores of the heads
        )


def _addresses(*arrays: Numbers) -> array[int]:
    """Return address and length of each array."""
    pairs = ((a.ctypes.data, a.size) for a in arrays)
    return array("q", chain.from_iterable(pairs))


def _asked(text: bytes, *arrays: Any) -> array[int]:
    """Return how many letters there are, then address and length of each array."""
    asked = array("q", [len(text) // 4])
    for one in arrays:
        asked.extend(one.buffer_info() if isinstance(one, array) else (one.ctypes.data, one.size))
    return asked
