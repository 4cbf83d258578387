# SPDX-License-Identifier: EUPL-1.2
"""Which column the lemma of a word has; a dictionary's work, so done once for each word."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from classify.columns import Columns
from classify.grams import REMEMBERED, grams_of_word


class Lemmas:
    """Knows the columns of lemmas; remembers words, as most come back."""

    def __init__(self, columns: Columns) -> None:
        grams = columns.grams("lemma")
        kinds = [block.kind for block in columns.blocks]
        start = columns.starts[kinds.index("lemma")] if "lemma" in kinds else 0
        self._columns = {lemma: start + number for number, lemma in enumerate(grams)}
        self._memory: dict[str, int] = {}

    def of(self, words: Sequence[str]) -> array[int]:
        """Return the column of each word's lemma, -1 where it has none."""
        memory = self._memory
        if len(memory) > REMEMBERED:
            memory = self._memory = {}
        try:
            return array("i", map(memory.__getitem__, words))
        except KeyError:
            for word in words:
                if word not in memory:
                    memory[word] = self._column(word)
            return array("i", map(memory.__getitem__, words))

    def _column(self, word: str) -> int:
        lemmas = grams_of_word(word, "lemma", 1, 1) if self._columns else []
        return self._columns.get(lemmas[0], -1) if lemmas else -1
