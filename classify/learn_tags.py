# SPDX-License-Identifier: EUPL-1.2
"""Learns the tagger of places and names from labelled messages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classify.corpus import Example
from classify.head import Floats
from classify.lexicon import Lexicon
from classify.personal import PersonalFinder
from classify.places import PlaceFinder
from classify.tag_features import AROUND, EDGE, View, WordViewer, ruled, together, tokens
from classify.tagger import SIZE, TAGS, Tagger, rule_spans
from core.verdict import PersonalKind, Span

Ints = NDArray[np.int64]
#: What fewer writers use than this, or who use it less often, is not learnt: no one's own words.
WRITERS, TIMES = 2, 3
EPOCHS, BATCH, RATE, DECAY = 3, 8_192, 0.05, 2e-6
#: Slopes are scaled by this, and their squares begin at this, so that the first steps are small.
SCALE, BEGIN = np.float32(100.0), np.float32(0.01)


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A message as the tagger sees it."""

    writer: str
    views: tuple[View, ...]
    pairs: tuple[tuple[str, ...], ...]
    tags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lessons:
    """Messages as the tagger sees them, to learn from any part of them."""

    rows: tuple[_Lesson, ...]

    def only(self, rows: Sequence[int]) -> Lessons:
        """Return the lessons of these messages."""
        return Lessons(tuple(self.rows[i] for i in rows))


def lessons(examples: Iterable[Example], lexicon: Lexicon) -> Lessons:
    """Look at every message once."""
    viewer, places, people = WordViewer(lexicon), PlaceFinder(), PersonalFinder(lexicon)
    seen: dict[str, View] = {}
    rows: list[_Lesson] = []
    for example in examples:
        words = tokens(example.text)
        for word in words:
            if word.text not in seen:
                seen[word.text] = viewer.view(word.text)
        views = tuple(seen[word.text] for word in words)
        rules = ruled(words, rule_spans(places.find(example.text), people.find(example.text)))
        pairs = tuple(together(views, rules, words, at) for at in range(len(words)))
        tags = tuple(TAGS.index(tag) for tag in ruled(words, _gold(example)))
        rows.append(_Lesson(example.writer, views, pairs, tags))
    return Lessons(tuple(rows))


def learn_tagger(material: Lessons, seed: int = 1) -> Tagger:
    """Return a tagger: a softmax over tags, learnt with the labelled tag before each word."""
    traits = _common((row.writer, view.traits) for row in material.rows for view in row.views)
    pairs = _common((row.writer, pair) for row in material.rows for pair in row.pairs)
    traits = (EDGE, *(t for t in traits if t != EDGE))
    columns = _Columns({t: i for i, t in enumerate(traits)}, {p: i for i, p in enumerate(pairs)})
    table = columns.table(material)
    weights = _softmax(table, seed, columns.width)
    size = len(traits)
    near, after, joint, start = np.split(
        weights, np.cumsum([len(AROUND) * size, SIZE * size, len(pairs)])
    )
    return Tagger(
        traits=traits,
        pairs=pairs,
        near=near.reshape(len(AROUND), size, SIZE),
        joint=joint,
        after=after.reshape(SIZE, size, SIZE),
        start=start,
    )


def _gold(example: Example) -> list[tuple[Span, str]]:
    names = (span for span in example.personal if span.kind is PersonalKind.NAME)
    return [*((span, "LOC") for span in example.locations), *((span, "NAME") for span in names)]


class _Columns:
    """Where each thing that is seen has its weights."""

    def __init__(self, traits: dict[str, int], pairs: dict[str, int]) -> None:
        self._traits, self._pairs = traits, pairs
        self._size = len(traits)
        self._joint = (len(AROUND) + SIZE) * self._size
        self._start = self._joint + len(pairs)
        self.width = self._start + SIZE
        self._known: dict[int, Ints] = {}

    def table(self, material: Lessons) -> tuple[Ints, Ints, Ints]:
        """Return columns of all tokens in a row, where each token begins, and the tags."""
        parts: list[Ints] = []
        ends = [0]
        for row in material.rows:
            for part in self._message(row):
                parts.append(part)
                ends.append(ends[-1] + len(part))
        tags = np.array([tag for row in material.rows for tag in row.tags], dtype=np.int64)
        return np.concatenate(parts), np.array(ends, dtype=np.int64), tags

    def _message(self, row: _Lesson) -> Iterable[Ints]:
        size, edge = self._size, np.zeros(1, dtype=np.int64)
        words = [self._word(view) for view in row.views]
        for at, pairs in enumerate(row.pairs):
            before = row.tags[at - 1] if at else 0
            near = [
                number * size + (words[at + d] if 0 <= at + d < len(words) else edge)
                for number, d in enumerate(AROUND)
            ]
            joint = [self._joint + self._pairs[p] for p in pairs if p in self._pairs]
            after = (len(AROUND) + before) * size + words[at]
            rest = np.array([*joint, self._start + before], dtype=np.int64)
            yield np.concatenate([*near, after, rest]).astype(np.int32)

    def _word(self, view: View) -> Ints:
        known = self._known.get(id(view))
        if known is None:
            found = [self._traits[t] for t in view.traits if t in self._traits]
            known = self._known[id(view)] = np.array(found, dtype=np.int64)
        return known


def _common(seen: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    """Return what occurs often enough, with enough writers."""
    times: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for writer, group in seen:
        times[writer][group] += 1
    total: Counter[str] = Counter()
    writers: Counter[str] = Counter()
    for groups in times.values():
        own: Counter[str] = Counter()
        for group, count in groups.items():
            for one in group:
                own[one] += count
        total.update(own)
        writers.update(own.keys())
    return tuple(sorted(t for t, n in total.items() if n >= TIMES and writers[t] >= WRITERS))


def _softmax(table: tuple[Ints, Ints, Ints], seed: int, width: int) -> Floats:
    """Return weights by Adagrad over batches of tokens, averaged over the last two epochs."""
    from scipy import sparse

    columns, ends, tags = table
    ones = np.ones(len(columns), dtype=np.float32)
    rows = sparse.csr_array((ones, columns, ends), shape=(len(tags), width))
    chance = np.random.default_rng(seed)
    weights = np.zeros((width, SIZE), dtype=np.float32)
    squares = np.full((width, SIZE), BEGIN, dtype=np.float32)
    mean, steps = np.zeros_like(weights), 0
    for epoch in range(EPOCHS):
        order = chance.permutation(len(tags))
        for first in range(0, len(order), BATCH):
            picked = np.sort(order[first : first + BATCH])
            batch = rows[picked]
            scores = batch @ weights
            scores = np.exp(scores - scores.max(axis=1, keepdims=True))
            scores /= scores.sum(axis=1, keepdims=True)
            scores[np.arange(len(picked)), tags[picked]] -= 1.0
            slope = SCALE * ((batch.T @ scores) / np.float32(len(picked)) + DECAY * weights)
            squares += slope * slope
            weights -= np.float32(RATE) * slope / np.sqrt(squares)
        if epoch >= EPOCHS - 2:
            mean, steps = mean + weights, steps + 1
    return np.asarray(mean / steps, dtype=np.float64)
